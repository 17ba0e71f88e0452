#include "ui/widgets/trunk/trunk_detail.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/session.h"
#include "ui/models/plain_text.h"
#include "ui/models/trunk_list_model.h"
#include "ui/models/trunk_text.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/trunk/stage_view.h"
#include "ui/widgets/trunk/weights_box.h"

namespace thaw::ui {
namespace {

constexpr int kStagesTall = 88;  // design pixels
constexpr int kAnyClasses = 10;

QString words(const std::string& value) { return QString::fromStdString(value); }

/// The model with its usual head, as it would be chosen.
core::ModelInfo usualModel(const core::ModelCard& card) {
    core::RunConfig config;
    core::chooseModel(config, card.name);
    return core::describeModel(config, kAnyClasses);
}

QString batchNormText(const core::ModelInfo& model) {
    const auto count = std::count_if(model.layers.begin(), model.layers.end(),
                                     [](const core::LayerInfo& layer) { return layer.kind == core::LayerKind::BatchNorm; });
    return count ? QLocale().toString(static_cast<int>(count)) : TrunkDetail::tr("none");
}

QString weightsText(const Trunk& trunk) {
    const QString size = trunk.card.bytes > 0 ? fileSizeText(trunk.card.bytes) : TrunkDetail::tr("size unknown");
    if (trunk.card.model.builtIn) return TrunkDetail::tr("built in, 8 bit, %1").arg(size);
    if (!trunk.file.isEmpty()) return TrunkDetail::tr("downloaded, full precision");
    if (trunk.here) return TrunkDetail::tr("a file of your own");
    if (trunk.card.download.empty())
        return trunk.card.model.modality == core::Modality::Texts ? TrunkDetail::tr("none yet: random numbers, or a file")
                                                                  : TrunkDetail::tr("none yet: a file of Keras");
    return TrunkDetail::tr("about %1 to download").arg(size);
}

QString noteText(const Trunk& trunk) {
    const core::ModelCard& model = trunk.card.model;
    if (model.builtIn) return words(model.builtInNote);
    if (!model.weightsFrom.empty()) return words(model.weightsFrom);
    if (trunk.here) return {};
    if (model.modality == core::Modality::Texts)
        return TrunkDetail::tr("Its authors' weights. They are downloaded once and stay on this machine.");
    return TrunkDetail::tr("torchvision's weights. They are downloaded once and stay on this machine.");
}

QString speedText(const Trunk& trunk) {
    if (!(trunk.speed.picturesPerSecond > 0)) return TrunkDetail::tr("not measured");
    if (trunk.card.model.modality == core::Modality::Texts)
        return TrunkDetail::tr("%1 texts/s of %2 tokens").arg(rateText(trunk.speed.picturesPerSecond)).arg(trunk.speed.inputSize);
    return TrunkDetail::tr("%1 pictures/s at %2 px").arg(rateText(trunk.speed.picturesPerSecond)).arg(trunk.speed.inputSize);
}

QString accuracyText(const Trunk& trunk) {
    if (trunk.card.model.withoutLabels) return TrunkDetail::tr("none: no classifier");
    if (trunk.card.model.publishedAccuracy <= 0) return TrunkDetail::tr("none for these weights");
    return QStringLiteral("%1, %2").arg(publishedText(trunk.card), words(trunk.card.model.publishedSource));
}

}  // namespace

TrunkDetail::TrunkDetail(Session& session, QWidget* parent) : QFrame(parent), m_session(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_scroll = new QScrollArea(this);
    scrollDownOnly(*m_scroll);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setWidget(makeContents());
    column->addWidget(m_scroll, 1);
    m_use = new QPushButton(this);
    m_use->setObjectName(QStringLiteral("useTrunk"));
    m_get = makeIconPushButton(QStringLiteral("download"), {}, this);
    m_get->setObjectName(QStringLiteral("getTrunk"));
    m_get->setToolTip(tr("Get these weights in full precision. They are checked before they are used."));
    m_other = new QPushButton(tr("With labels"), this);
    m_other->setToolTip(tr("Show the same network with weights that learned with labels"));
    auto* buttons = new QHBoxLayout;
    for (QPushButton* button : {m_use, m_get, m_other}) buttons->addWidget(button, 1);
    column->addLayout(buttons);
    connect(m_use, &QPushButton::clicked, this, &TrunkDetail::useRequested);
    connect(m_get, &QPushButton::clicked, this, &TrunkDetail::downloadRequested);
    connect(m_other, &QPushButton::clicked, this, &TrunkDetail::otherRequested);
    connect(&Theme::instance(), &Theme::changed, this, &TrunkDetail::applyTheme);
    applyTheme();
}

QWidget* TrunkDetail::makeContents() {
    auto* contents = new QWidget;
    m_rows = new QVBoxLayout(contents);
    m_title = makeLabel({}, "cardTitle", contents);
    m_mark = new Chip(contents);
    auto* head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addWidget(m_mark);
    head->addStretch(1);
    m_noteBox = new QFrame(contents);
    m_noteBox->setProperty("hint", true);
    m_note = makeLabel({}, "hintText", m_noteBox);
    m_note->setWordWrap(true);
    auto* note = new QVBoxLayout(m_noteBox);
    note->addWidget(m_note);
    m_problem = makeLabel({}, "wrong", contents);
    m_problem->setWordWrap(true);
    m_stages = new StageView(/*named=*/true, kStagesTall, contents);
    m_figures = new QVBoxLayout;
    const QString names[RowCount] = {tr("Trunk parameters"), tr("Multiply-adds"), tr("Features"), tr("Input"),  tr("Published"),
                                     tr("Speed here"),       tr("Batch norms"),   tr("Weights"),  tr("Licence")};
    for (int row = 0; row < RowCount; ++row) {
        auto* line = new QHBoxLayout;
        line->addWidget(makeLabel(names[row], "table", contents), 0, Qt::AlignTop);
        QLabel* value = m_values[static_cast<std::size_t>(row)] = makeLabel({}, "tableStrong", contents);
        value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        value->setWordWrap(true);
        line->addWidget(value, 1);
        m_figures->addLayout(line);
        if (row + 1 < RowCount) m_figures->addWidget(makeRule(Qt::Horizontal, contents, /*soft=*/true));
    }
    m_presetTitle = makeLabel(tr("Presets it brings"), "captionStrong", contents);
    m_presets = new QWidget(contents);
    new QVBoxLayout(m_presets);
    m_weights = new WeightsBox(m_session.library(), contents);
    m_rows->addLayout(head);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_noteBox, m_problem, m_stages}) m_rows->addWidget(widget);
    m_rows->addLayout(m_figures);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_presetTitle, m_presets, m_weights}) m_rows->addWidget(widget);
    m_rows->addStretch(1);
    return contents;
}

void TrunkDetail::show(const Trunk& trunk) {
    m_title->setText(words(trunk.card.model.title));
    m_mark->setVisible(!trunk.card.mark.empty());
    m_mark->setContent(trunk.card.model.withoutLabels ? Chip::Look::Marked : Chip::Look::Quiet, {}, words(trunk.card.mark));
    const QString note = noteText(trunk);
    m_noteBox->setVisible(!note.isEmpty());
    m_note->setText(note);
    const QString problem = trunk.transferProblem.isEmpty() ? trunk.speedProblem : trunk.transferProblem;
    m_problem->setVisible(!problem.isEmpty());
    m_problem->setText(problem);
    m_stages->setDrawing(StageDrawing(trunk.card.model.stages, trunk.thawed));
    m_stages->setAccessibleName(tr("Stages of %1").arg(trunkTitle(trunk.card)));
    fillRows(trunk);
    fillPresets(trunk);
    m_weights->setVisible(trunk.ofModel);
    showButtons(trunk);
}

void TrunkDetail::fillRows(const Trunk& trunk) {
    const core::ModelCard& model = trunk.card.model;
    const QLocale locale;
    const auto set = [this](Row row, const QString& text) { m_values[row]->setText(text); };
    set(Parameters, locale.toString(static_cast<qlonglong>(model.parameters)));
    const bool texts = model.modality == core::Modality::Texts;
    set(MultiplyAdds,
        (texts ? tr("%1 of %2 tokens") : tr("%1 at %2 × %2")).arg(multiplyAddsText(model.multiplyAdds)).arg(model.usualSize));
    set(Features, locale.toString(model.features));
    set(Input, inputSizesText(model));
    set(Accuracy, accuracyText(trunk));
    set(Speed, speedText(trunk));
    set(Weights, weightsText(trunk));
    set(Licence, licenceText(trunk.card));
    m_values[Accuracy]->setToolTip(publishedToolTip(trunk.card));
}

/// A preset is a button where this trunk is in use, else a name.
void TrunkDetail::fillPresets(const Trunk& trunk) {
    const QString of = trunkTitle(trunk.card) + (trunk.ofModel ? QStringLiteral("!") : QString());
    if (of == m_presetsOf) return;
    m_presetsOf = of;
    const core::ModelInfo model = usualModel(trunk.card.model);
    m_values[BatchNorms]->setText(batchNormText(model));
    for (QWidget* old : m_presets->findChildren<QPushButton*>()) delete old;
    for (const core::LayerPreset& preset : model.presets) {
        auto* button = new QPushButton(buttonText(words(preset.title)), m_presets);
        button->setProperty("small", true);
        button->setEnabled(trunk.ofModel);
        button->setToolTip(trunk.ofModel ? tr("Let these layers train") : tr("For the trunk that is in use"));
        connect(button, &QPushButton::clicked, this,
                [this, layers = preset.layers] { m_session.requestMask(m_session.layers().modelInfo().maskOf(layers)); });
        button->show();
    }
    arrangePresets();
}

/// As many beside each other as find room.
void TrunkDetail::arrangePresets() {
    const Theme& theme = Theme::instance();
    delete m_presets->layout();
    auto* lines = new QVBoxLayout(m_presets);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->setSpacing(theme.px(6));
    const int room = theme.px(286 - 16 - 8 - 14);
    QHBoxLayout* line = nullptr;
    int used = 0;
    for (QPushButton* button : m_presets->findChildren<QPushButton*>()) {
        button->ensurePolished();
        const int wide = button->sizeHint().width() + theme.px(6);
        if (!line || used + wide > room) {
            line = new QHBoxLayout;
            line->setSpacing(theme.px(6));
            line->addStretch(1);
            lines->addLayout(line);
            used = 0;
        }
        line->insertWidget(line->count() - 1, button);
        used += wide;
    }
}

void TrunkDetail::showButtons(const Trunk& trunk) {
    m_use->setText(trunk.inUse ? tr("In use") : tr("Use this trunk"));
    m_other->setVisible(trunk.card.model.withoutLabels);
    const bool offered = !trunk.here && !trunk.card.download.empty() && !trunk.inUse;
    m_get->setVisible(offered);
    m_get->setEnabled(m_session.library().download().isEmpty());
    if (!offered) return;
    setButtonWords(m_get, trunk.transfer == Trunk::Transfer::Broken ? tr("Go on")
                          : trunk.card.bytes > 0                    ? fileSizeText(trunk.card.bytes)
                                                                    : tr("Download"));
}

void TrunkDetail::setUsable(bool usable, const QString& why) {
    m_use->setEnabled(usable);
    m_use->setToolTip(why);
}

void TrunkDetail::setPresetsShown(bool shown) {
    m_presetTitle->setVisible(shown);
    m_presets->setVisible(shown);
}

void TrunkDetail::applyTheme() {
    const Theme& theme = Theme::instance();
    const int side = theme.px(16);
    m_rows->setContentsMargins(side, theme.px(10), theme.px(8), theme.px(8));
    m_rows->setSpacing(theme.px(10));
    m_noteBox->layout()->setContentsMargins(theme.px(12), theme.px(9), theme.px(12), theme.px(9));
    m_figures->setSpacing(theme.px(3));
    for (int row = 0; row < m_figures->count(); row += 2) m_figures->itemAt(row)->layout()->setSpacing(theme.px(10));
    QLayout* buttons = layout()->itemAt(1)->layout();
    buttons->setContentsMargins(side, theme.px(8), side, theme.px(10));
    buttons->setSpacing(theme.px(8));
    arrangePresets();
}

}  // namespace thaw::ui
