#include "ui/models/layer_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace thaw::ui {
namespace {

constexpr int kColours = 3;  // of a picture
constexpr QChar kTimes(0x00D7);

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

std::int64_t size(const std::vector<std::int64_t>& shape) {
    std::int64_t product = 1;
    for (const std::int64_t side : shape) product *= side;
    return product;
}

}  // namespace

QString shortLayerName(const core::LayerInfo& layer) {
    QString name = QString::fromStdString(layer.name);
    const QString prefix = QString::fromStdString(layer.block) + QLatin1Char('_');
    if (name.startsWith(prefix)) name.remove(0, prefix.size());
    return name.replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString fullLayerName(const core::LayerInfo& layer) {
    const QString block = QString::fromStdString(layer.block), name = shortLayerName(layer);
    if (block.startsWith(QLatin1String("block"))) return say("Block %1 %2").arg(block.mid(5), name);
    return block == QLatin1String("head") ? say("Head %1").arg(name) : name;
}

QString classMapLayerText(const core::LayerInfo& layer) {
    return QStringLiteral("%1, %2%3%4").arg(fullLayerName(layer)).arg(layer.outputShape[1]).arg(kTimes).arg(layer.outputShape[2]);
}

QString layerShapeText(const std::vector<std::int64_t>& shape) {
    if (shape.size() == 3) return QStringLiteral("%1 @ %2%3%4").arg(shape[0]).arg(shape[1]).arg(kTimes).arg(shape[2]);
    return shape.empty() ? QString() : QString::number(shape[0]);
}

QString layerDescription(const core::ModelInfo& model, int index) {
    const QLocale locale;
    const core::LayerInfo& layer = model.layers[static_cast<std::size_t>(index)];
    const std::vector<std::int64_t> before =
        index > 0 ? model.layers[static_cast<std::size_t>(index) - 1].outputShape : std::vector<std::int64_t>{};
    const bool last = index + 1 == static_cast<int>(model.layers.size());
    const auto number = [&](std::int64_t value) { return locale.toString(static_cast<qlonglong>(value)); };
    const auto percent = [&](double share) { return locale.toString(100 * share, 'g', 3) + QStringLiteral("\u2009%"); };
    const QString parameters = say("%1 parameters.").arg(number(layer.parameterCount));
    const std::int64_t out = layer.outputShape.empty() ? 0 : layer.outputShape[0];
    switch (layer.kind) {
        case core::LayerKind::Conv2d: {
            const std::int64_t in = before.empty() ? kColours : before[0];
            const auto side =
                std::llround(std::sqrt(static_cast<double>(layer.parameterCount - out) / static_cast<double>(in * out)));
            return say("Conv %1×%1, %2 in, %3 out, ReLU.  %4").arg(side).arg(number(in), number(out), parameters);
        }
        case core::LayerKind::MaxPool2d:
            return say("Max pooling, %1 to %2.  No parameters: of every square it keeps the largest number.")
                .arg(layerShapeText(before), layerShapeText(layer.outputShape));
        case core::LayerKind::Flatten:
            return say("Flatten, %1 to %2 in one row.  No parameters: the numbers stay what they are.")
                .arg(layerShapeText(before), number(out));
        case core::LayerKind::Dense:
            return last ? say("Dense, %1 in, %2 out, one a class.  %3").arg(number(size(before)), number(out), parameters)
                        : say("Dense, %1 in, %2 out, ReLU.  %3").arg(number(size(before)), number(out), parameters);
        case core::LayerKind::Dropout:
            return say("Dropout %1, %2 units.  No parameters: it switches %3 of them off by chance, and only while training.")
                .arg(locale.toString(layer.dropout, 'g', 3), number(out), percent(layer.dropout));
    }
    return {};
}

}  // namespace thaw::ui
