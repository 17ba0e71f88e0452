#include "ui/models/layer_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

namespace thaw::ui {
namespace {

constexpr QChar kTimes(0x00D7);

/// "Conv 3x3" with the sign for times.
QString withTimes(const std::string& text) {
    static const QRegularExpression between(QStringLiteral("(?<=\\d)x(?=\\d)"));
    return QString::fromStdString(text).replace(between, kTimes);
}

/// What people call the parts of a transformer's layer, by the ends of their paths.
struct PartName {
    const char *end, *name;
};
constexpr PartName kParts[] = {{"word_embeddings", QT_TRANSLATE_NOOP("thaw::ui", "words")},
                               {"position_embeddings", QT_TRANSLATE_NOOP("thaw::ui", "positions")},
                               {"token_type_embeddings", QT_TRANSLATE_NOOP("thaw::ui", "types")},
                               {"embeddings.LayerNorm", QT_TRANSLATE_NOOP("thaw::ui", "norm")},
                               {"attention.self.query", QT_TRANSLATE_NOOP("thaw::ui", "query")},
                               {"attention.self.key", QT_TRANSLATE_NOOP("thaw::ui", "key")},
                               {"attention.self.value", QT_TRANSLATE_NOOP("thaw::ui", "value")},
                               {"attention.self", QT_TRANSLATE_NOOP("thaw::ui", "attention")},
                               {"attention.output.dense", QT_TRANSLATE_NOOP("thaw::ui", "attended")},
                               {"attention.output.LayerNorm", QT_TRANSLATE_NOOP("thaw::ui", "norm 1")},
                               {"intermediate.dense", QT_TRANSLATE_NOOP("thaw::ui", "feed 1")},
                               {"output.dense", QT_TRANSLATE_NOOP("thaw::ui", "feed 2")},
                               {"output.LayerNorm", QT_TRANSLATE_NOOP("thaw::ui", "norm 2")},
                               {"q_lin", QT_TRANSLATE_NOOP("thaw::ui", "query")},
                               {"k_lin", QT_TRANSLATE_NOOP("thaw::ui", "key")},
                               {"v_lin", QT_TRANSLATE_NOOP("thaw::ui", "value")},
                               {"out_lin", QT_TRANSLATE_NOOP("thaw::ui", "attended")},
                               {"sa_layer_norm", QT_TRANSLATE_NOOP("thaw::ui", "norm 1")},
                               {"ffn.lin1", QT_TRANSLATE_NOOP("thaw::ui", "feed 1")},
                               {"ffn.lin2", QT_TRANSLATE_NOOP("thaw::ui", "feed 2")},
                               {"output_layer_norm", QT_TRANSLATE_NOOP("thaw::ui", "norm 2")},
                               {"wte", QT_TRANSLATE_NOOP("thaw::ui", "words")},
                               {"wpe", QT_TRANSLATE_NOOP("thaw::ui", "positions")},
                               {"ln_1", QT_TRANSLATE_NOOP("thaw::ui", "norm 1")},
                               {"attn.c_attn", QT_TRANSLATE_NOOP("thaw::ui", "query, key, value")},
                               {"attn.c_proj", QT_TRANSLATE_NOOP("thaw::ui", "attended")},
                               {"ln_2", QT_TRANSLATE_NOOP("thaw::ui", "norm 2")},
                               {"mlp.c_fc", QT_TRANSLATE_NOOP("thaw::ui", "feed 1")},
                               {"mlp.c_proj", QT_TRANSLATE_NOOP("thaw::ui", "feed 2")}};

/// Null: the path's own last part.
const char* partName(const core::ModelInfo& model, const std::string& path) {
    if (!model.readsTexts()) return nullptr;
    for (const PartName& part : kParts) {
        const std::string end = part.end;
        const bool fits = path.size() >= end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
        if (fits && (path.size() == end.size() || path[path.size() - end.size() - 1] == '.')) return part.name;
    }
    return nullptr;
}

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

}  // namespace

QString shortLayerName(const core::LayerInfo& layer) {
    QString name = QString::fromStdString(layer.name);
    if (layer.name == layer.torchName) return name;  // a path
    const QString prefix = QString::fromStdString(layer.block) + QLatin1Char('_');
    if (name.startsWith(prefix)) name.remove(0, prefix.size());
    return name.replace(QLatin1Char('_'), QLatin1Char(' '));
}

QString layerTitle(const core::ModelInfo& model, int index) {
    const core::LayerInfo& layer = model.layer(index);
    if (layer.name != layer.torchName || layer.group < 0) return shortLayerName(layer);
    if (const char* name = partName(model, layer.name)) return say(name);
    const std::string& group = model.groups[static_cast<std::size_t>(layer.group)].path;
    const bool inside = layer.name.size() > group.size() + 1 && layer.name.compare(0, group.size(), group) == 0 &&
                        layer.name[group.size()] == '.';
    return QString::fromStdString(inside ? layer.name.substr(group.size() + 1) : layer.name);
}

QString groupTitle(const core::LayerGroup& group) {
    const QString path = QString::fromStdString(group.path);
    if (path == QLatin1String("head")) return say("Head");
    if (path.startsWith(QLatin1String("block"))) return say("Block %1").arg(path.mid(5));
    if (path == QLatin1String("stem")) return say("Stem");
    // "encoder.layer.5", "h.3"
    static const QRegularExpression numbered(QStringLiteral("^(?:.*\\.layer|h)\\.(\\d+)$"));
    if (const auto match = numbered.match(path); match.hasMatch()) return say("Layer %1").arg(match.captured(1));
    constexpr int kLongPath = 14;
    return path.size() <= kLongPath ? path : path.mid(path.lastIndexOf(QLatin1Char('.')) + 1);
}

QString layerKindText(const core::LayerInfo& layer) {
    if (layer.kind == core::LayerKind::Dropout) return say("Drop %1").arg(QLocale().toString(layer.dropout, 'g', 3));
    return withTimes(layer.kindText);
}

QString fullLayerName(const core::LayerInfo& layer) {
    const QString block = QString::fromStdString(layer.block), name = shortLayerName(layer);
    if (block.startsWith(QLatin1String("block")) && layer.name != layer.torchName)
        return say("Block %1 %2").arg(block.mid(5), name);
    return block == QLatin1String("head") ? say("Head %1").arg(name) : name;
}

QString classMapLayerText(const core::LayerInfo& layer) {
    return QStringLiteral("%1, %2%3%4").arg(fullLayerName(layer)).arg(layer.outputShape[1]).arg(kTimes).arg(layer.outputShape[2]);
}

QString layerShapeText(const std::vector<std::int64_t>& shape) {
    if (shape.size() == 3) return QStringLiteral("%1 @ %2%3%4").arg(shape[0]).arg(shape[1]).arg(kTimes).arg(shape[2]);
    if (shape.size() == 2) return say("%1 a token").arg(shape[1]);
    return shape.empty() ? QString() : QString::number(shape[0]);
}

QString layerDescription(const core::ModelInfo& model, int index) {
    const QLocale locale;
    const core::LayerInfo& layer = model.layers[static_cast<std::size_t>(index)];
    // What the layer reads, where it stands alone in its stage.
    const std::vector<std::int64_t>& before = model.shapeBefore(layer.stage);
    const bool last = index + 1 == static_cast<int>(model.layers.size());
    const auto number = [&](std::int64_t value) { return locale.toString(static_cast<qlonglong>(value)); };
    const auto percent = [&](double share) { return locale.toString(100 * share, 'g', 3) + QStringLiteral("\u2009%"); };
    const QString parameters = say("%1 parameters.").arg(number(layer.parameterCount));
    const std::int64_t out = layer.outputShape.empty() ? 0 : layer.outputShape[0];
    switch (layer.kind) {
        case core::LayerKind::Conv2d:
            return say("%1, %2 in, %3 out%4.  %5")
                .arg(withTimes(layer.kindText), number(layer.inputs), number(out), layer.relu ? say(", ReLU") : QString(),
                     parameters);
        case core::LayerKind::MaxPool2d:
            return say("Max pooling, %1 to %2.  No parameters: of every square it keeps the largest number.")
                .arg(layerShapeText(before), layerShapeText(layer.outputShape));
        case core::LayerKind::Flatten:
            return say("Flatten, %1 to %2 in one row.  No parameters: the numbers stay what they are.")
                .arg(layerShapeText(before), number(out));
        case core::LayerKind::Dense:
            if (!last && !layer.relu)
                return say("Dense, %1 in, %2 out.  %3").arg(number(layer.inputs), number(layer.channels()), parameters);
            return last ? say("Dense, %1 in, %2 out, one a class.  %3")
                              .arg(number(layer.inputs), number(layer.channels()), parameters)
                        : say("Dense, %1 in, %2 out, ReLU.  %3").arg(number(layer.inputs), number(layer.channels()), parameters);
        case core::LayerKind::Dropout:
            return say("Dropout %1, %2 units.  No parameters: it switches %3 of them off by chance, and only while training.")
                .arg(locale.toString(layer.dropout, 'g', 3), number(out), percent(layer.dropout));
        case core::LayerKind::BatchNorm:
            return say("Batch norm of %1 channels%2.  %3 It scales and shifts each channel by running statistics: %4 numbers.")
                .arg(number(out), layer.relu ? say(", ReLU") : QString(), parameters, number(layer.bufferCount));
        case core::LayerKind::AveragePool2d:
            return say("%1, to %2.  No parameters: of every square it keeps the mean.")
                .arg(withTimes(layer.kindText), layerShapeText(layer.outputShape));
        case core::LayerKind::Sum:
            return say("Sum of the block and of what skips it, %1.  No parameters.").arg(layerShapeText(layer.outputShape));
        case core::LayerKind::Join:
            return say("The branches' channels one behind the other, %1.  No parameters.").arg(layerShapeText(layer.outputShape));
        case core::LayerKind::LayerNorm:
        case core::LayerKind::Attention:
        case core::LayerKind::Tokens:
        case core::LayerKind::Scale:
            return say("%1, %2.  %3").arg(withTimes(layer.kindText), layerShapeText(layer.outputShape), parameters);
    }
    return {};
}

}  // namespace thaw::ui
