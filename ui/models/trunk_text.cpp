#include "ui/models/trunk_text.h"

#include <QCoreApplication>
#include <QLocale>

#include "core/api/weights_info.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"

namespace thaw::ui {
namespace {

constexpr QChar kEnDash(0x2013);

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }
QString words(const std::string& value) { return QString::fromStdString(value); }

QString scaled(double value, const char* unit, int decimals) {
    return QLocale().toString(value, 'f', decimals) + QStringLiteral("\u2009") + QLatin1String(unit);
}

}  // namespace

QString trunkTitle(const core::TrunkCard& trunk) {
    const QString title = words(trunk.model.title);
    return trunk.mark.empty() ? title : title + QLatin1Char(' ') + words(trunk.mark);
}

bool isTrunkOf(const core::TrunkCard& trunk, const core::RunConfig& config) {
    if (trunk.model.name != config.model) return false;
    if (trunk.mark.empty() || trunk.model.withoutLabels) return trunk.mark.empty() || config.weights.empty();
    // A file of unknown origin is neither card's; an imported download keeps its name.
    for (const auto& [name, source] : core::downloadableWeights())
        if (name == trunk.download)
            return config.weights.filename().string().rfind(std::filesystem::path(source.fileName).stem().string(), 0) == 0;
    return false;
}

QString trunkTitleOf(const core::RunConfig& config) {
    QString title = words(core::modelTitle(config.model));
    if (config.initialization == core::Initialization::Random) return title;
    for (const core::TrunkCard& trunk : core::listTrunks(config.model))
        if (isTrunkOf(trunk, config)) title = trunkTitle(trunk);
    return title;
}

QString trunkOriginText(const core::RunConfig& config) {
    QString origin = say("downloaded or imported");
    if (config.initialization == core::Initialization::Random)
        origin = say("random values");
    else if (!config.weights.empty())
        origin = pathText(config.weights.filename());
    else
        for (const core::TrunkCard& trunk : core::listTrunks(config.model))
            if (trunk.model.builtIn) origin = say("built in");
    if (core::modalityOf(config.model) == core::Modality::Texts) return say("%1 tokens, %2").arg(config.inputSize).arg(origin);
    return QStringLiteral("%1 × %1, %2").arg(config.inputSize).arg(origin);
}

QString countText(double count) { return scaled(count / 1e6, "M", 1); }

QString multiplyAddsText(double count) { return scaled(count / 1e9, "G", count < 1e8 ? 2 : 1); }

QString fileSizeText(std::int64_t bytes) {
    const double mega = static_cast<double>(bytes) / 1e6;
    return scaled(mega, "MB", mega < 99.95 ? 1 : 0);
}

QString rateText(double picturesPerSecond) {
    if (!(picturesPerSecond > 0)) return kEnDash;
    const double step = picturesPerSecond >= 1000 ? 10 : 1;
    if (picturesPerSecond < 9.95) return QLocale().toString(picturesPerSecond, 'f', 1);
    return QLocale().toString(qRound(picturesPerSecond / step) * qRound(step));
}

QString publishedText(const core::TrunkCard& trunk) {
    if (trunk.model.withoutLabels) return say("none");
    return trunk.model.publishedAccuracy > 0 ? percentText(trunk.model.publishedAccuracy) : QString(kEnDash);
}

QString publishedToolTip(const core::TrunkCard& trunk) {
    if (trunk.model.modality == core::Modality::Texts) return say("It reads texts: ImageNet's figures are of pictures.");
    if (trunk.model.withoutLabels) return say("These weights learned without labels: they have no classifier and name nothing.");
    if (trunk.model.publishedAccuracy > 0)
        return say("Top-1 on ImageNet, as published: %1.").arg(words(trunk.model.publishedSource));
    if (trunk.othersAccuracy > 0)
        return say("Nothing is published for the built-in weights. %1 belongs to others (%2), which can be downloaded.")
            .arg(percentText(trunk.othersAccuracy), words(trunk.othersSource));
    return say("No figure is published for these very weights.");
}

QString licenceText(const core::TrunkCard& trunk) {
    if (trunk.model.builtIn) return words(trunk.model.licence);
    return trunk.download.empty() ? say("not stated") : say("not stated; torchvision's code is BSD-3-Clause");
}

QString shortLicenceText(const core::TrunkCard& trunk) {
    if (!trunk.model.builtIn) return say("licence not stated");
    const QString whole = words(trunk.model.licence);
    const auto reason = whole.indexOf(QLatin1String(" ("));
    if (reason < 0) return whole;
    QString name = whole.left(reason);
    if (name.endsWith(QLatin1String(".0"))) name.chop(2);
    return say("%1 claimed").arg(name);
}

QString inputSizesText(const core::ModelCard& model) {
    if (model.leastSize == model.greatestSize) return say("%1 pixels").arg(model.leastSize);
    const QString range = say("%1 to %2").arg(model.leastSize).arg(model.greatestSize);
    if (model.modality == core::Modality::Texts) return say("%1 tokens").arg(range);
    return model.sizeStep > 1 ? say("%1, steps of %2").arg(range).arg(model.sizeStep) : range;
}

}  // namespace thaw::ui
