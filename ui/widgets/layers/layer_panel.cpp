#include "ui/widgets/layers/layer_panel.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/models/run_text.h"
#include "ui/models/trunk_text.h"
#include "ui/widgets/layers/layer_tree_view.h"
#include "ui/widgets/layers/price_tag.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

PresetCombo::PresetCombo(QWidget* parent) : SettingCombo(parent) {
    // Qt 6.8 tells of the current entry as highlighted before the list was ever opened.
    connect(this, &QComboBox::highlighted, this, [this](int row) {
        if (m_open) Q_EMIT pointedAt(row);
    });
}

void PresetCombo::showPopup() {
    m_open = true;
    SettingCombo::showPopup();
}

void PresetCombo::hidePopup() {
    m_open = false;
    SettingCombo::hidePopup();
    Q_EMIT popupHidden();
}

LayerPanel::LayerPanel(Session& session, QWidget* parent)
    : QFrame(parent),
      m_session(session),
      m_title(makeLabel(tr("Layers"), "panelTitle", this)),
      m_presetLabel(makeLabel(tr("Preset"), "body", this)),
      m_preset(new PresetCombo(this)),
      m_tree(new LayerTreeView(session.layers(), this)),
      m_price(new PriceTag(session, this)),
      m_header(new QWidget(this)),
      m_owner(makeLabel({}, "caption", this)) {
    setProperty("panel", true);
    auto* header = new QHBoxLayout(m_header);
    header->addWidget(m_title);
    header->addStretch(1);
    header->addWidget(m_presetLabel);
    header->addWidget(m_preset);
    QToolButton* collapse = makeIconButton(QStringLiteral("chevron-left"), tr("Fold the panel away"), m_header);
    header->addWidget(collapse);
    connect(collapse, &QToolButton::clicked, this, &LayerPanel::collapseRequested);
    m_presetLabel->setBuddy(m_preset);
    m_preset->setAccessibleName(tr("Layer preset"));
    m_preset->setToolTip(tr("Which layers train. Point at one to see it in the tree first."));

    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->setSpacing(0);
    rows->addWidget(m_header);
    rows->addWidget(makeTrunkLine());
    rows->addWidget(m_owner);
    rows->addWidget(m_tree, 1);
    rows->addWidget(makeKeepLine());
    rows->addWidget(makeRule(Qt::Horizontal, this));
    rows->addWidget(makeStatisticsLine());
    rows->addWidget(m_price);
    setTabOrder(m_preset, m_tree);

    connect(m_preset, &PresetCombo::pointedAt, this, [this](int row) {
        const auto presets = m_session.layerPresets();
        if (row < 0 || row >= static_cast<int>(presets.size())) return;
        const LayerPreset& preset = presets[static_cast<std::size_t>(row)];
        m_session.layers().preview(preset.mask);
        m_price->setPreview(preset.title, preset.mask);
    });
    connect(m_preset, &PresetCombo::popupHidden, this, [this] {
        m_session.layers().preview({});
        m_price->setPreview({}, {});
    });
    connect(m_preset, &QComboBox::activated, this, [this](int row) {
        const auto presets = m_session.layerPresets();
        if (row >= 0 && row < static_cast<int>(presets.size()))
            m_session.requestMask(presets[static_cast<std::size_t>(row)].mask);
        showPreset();
    });
    connect(&session.layers(), &QAbstractItemModel::modelReset, this, &LayerPanel::fillPresets);
    connect(&session, &Session::priceChanged, this, &LayerPanel::showPreset);
    for (const auto signal : {&Session::priceChanged, &Session::actionsChanged})
        connect(&session, signal, this, &LayerPanel::showKeep);
    connect(&session, &Session::actionsChanged, this, [this] {
        const bool editable = m_session.actions().editLive;
        m_preset->setEnabled(editable);
        m_tree->setEditable(editable);
    });
    for (const auto signal : {&Session::shownRunChanged, &Session::actionsChanged})
        connect(&session, signal, this, &LayerPanel::showOwner);
    for (const auto signal : {&Session::shownRunChanged, &Session::actionsChanged})
        connect(&session, signal, this, &LayerPanel::showTrunk);
    connect(&session.layers(), &QAbstractItemModel::modelReset, this, &LayerPanel::showTrunk);
    connect(&Theme::instance(), &Theme::changed, this, &LayerPanel::applyTheme);
    m_owner->setWordWrap(true);
    showOwner();
    showTrunk();
    fillPresets();
    applyTheme();
}

QWidget* LayerPanel::makeTrunkLine() {
    m_trunkLine = new QWidget(this);
    auto* line = new QHBoxLayout(m_trunkLine);
    m_trunk = makeLabel({}, "tableStrong", m_trunkLine);
    m_origin = new ElidedLabel(m_trunkLine);
    m_origin->setElideMode(Qt::ElideRight);
    m_origin->setProperty("type", "caption");
    auto* change = new QToolButton(m_trunkLine);
    change->setText(tr("Change"));
    change->setProperty("link", true);
    change->setFocusPolicy(Qt::StrongFocus);
    change->setToolTip(tr("Choose another network on the Trunk page"));
    line->addWidget(m_trunk);
    line->addWidget(m_origin, 1);
    line->addWidget(change);
    connect(change, &QToolButton::clicked, this, &LayerPanel::trunkRequested);
    return m_trunkLine;
}

QWidget* LayerPanel::makeStatisticsLine() {
    m_statisticsLine = new QWidget(this);
    auto* line = new QHBoxLayout(m_statisticsLine);
    m_statisticsIcon = new QLabel(m_statisticsLine);
    m_statisticsText = makeLabel({}, "caption", m_statisticsLine);
    m_statisticsText->setWordWrap(true);
    m_statistics = new QCheckBox(m_statisticsLine);
    m_statistics->setObjectName(QStringLiteral("updateStatistics"));
    m_statistics->setProperty("switch", true);
    m_statistics->setAccessibleName(tr("Update batch statistics while thawed"));
    m_statistics->setToolTip(tr(
        "Update while thawed: batch norms that train move their running means and variances with each batch. Few pictures want "
        "them kept."));
    line->addWidget(m_statisticsIcon);
    line->addWidget(m_statisticsText, 1);
    line->addWidget(m_statistics);
    connect(m_statistics, &QCheckBox::clicked, &m_session, &Session::setUpdateStatistics);
    return m_statisticsLine;
}

void LayerPanel::showTrunk() {
    const core::RunConfig& config = m_session.shownConfig();
    const bool updates = config.updateStatistics;
    m_session.layers().setUpdatesStatistics(updates);
    m_statisticsLine->setVisible(m_session.layers().hasStatistics());
    m_statistics->setChecked(updates);
    m_statistics->setEnabled(m_session.actions().editSettings);
    m_statisticsText->setText(updates ? tr("Batch statistics: updated where thawed, kept where frozen")
                                      : tr("Batch statistics: kept everywhere, also where thawed"));
    m_statisticsIcon->setPixmap(Theme::instance().pixmap(updates ? QStringLiteral("drop") : QStringLiteral("snowflake"),
                                                         updates ? Tone::Warm : Tone::Ice, 16, devicePixelRatioF()));
    // Prices come with every batch; the trunk does not.
    const QString shown = QStringLiteral("%1|%2|%3|%4")
                              .arg(QString::fromStdString(config.model), pathText(config.weights))
                              .arg(config.inputSize)
                              .arg(static_cast<int>(config.initialization));
    if (shown == m_trunkShown) return;
    m_trunkShown = shown;
    m_trunk->setText(trunkTitleOf(config));
    m_origin->setText(trunkOriginText(config));
}

/// Says that the plan will freeze what was thawed by hand, and lets it stay thawed.
QWidget* LayerPanel::makeKeepLine() {
    m_keepLine = new QWidget(this);
    m_keepText = makeLabel({}, "table", m_keepLine);
    m_keepText->setWordWrap(true);
    m_keep = new QPushButton(m_keepLine);
    m_keep->setObjectName(QStringLiteral("keepThawed"));
    m_keep->setProperty("small", true);
    auto* line = new QHBoxLayout(m_keepLine);
    line->addWidget(m_keepText, 1);
    line->addWidget(m_keep);
    connect(m_keep, &QPushButton::clicked, this, [this] {
        const FrozenLater later = m_session.frozenLater();
        m_session.keepThawed(later.kept != later.layers);
    });
    m_keepLine->hide();
    return m_keepLine;
}

void LayerPanel::showKeep() {
    const FrozenLater later = m_session.frozenLater();
    m_keepLine->setVisible(!later.layers.empty());
    if (later.layers.empty()) return;
    const QString what = m_session.layers().nameOf(later.layers), epoch = QLocale().toString(later.epoch);
    const bool kept = later.kept == later.layers;
    m_keepText->setText(kept ? tr("%1: stays thawed after epoch %2, too.").arg(what, epoch)
                             : tr("%1: thawed until epoch %2, then the plan freezes it.").arg(what, epoch));
    m_keep->setText(kept ? tr("Follow the plan") : tr("Keep it thawed"));
    m_keep->setToolTip(kept ? tr("Let the plan freeze it when its next phase begins")
                            : tr("Let it train on when the plan's next phase begins"));
}

void LayerPanel::setCompact(bool compact) { m_tree->setCompact(compact); }

void LayerPanel::applyTheme() {
    const Theme& theme = Theme::instance();
    m_header->setFixedHeight(theme.px(48));
    m_header->layout()->setContentsMargins(theme.px(15), 0, theme.px(6), 0);
    m_header->layout()->setSpacing(theme.px(7));
    m_trunkLine->setFixedHeight(theme.px(28));
    m_trunkLine->layout()->setContentsMargins(theme.px(15), 0, theme.px(8), theme.px(4));
    m_trunkLine->layout()->setSpacing(theme.px(7));
    m_statisticsLine->layout()->setContentsMargins(theme.px(15), theme.px(2), theme.px(9), theme.px(2));
    m_statisticsLine->layout()->setSpacing(theme.px(7));
    showTrunk();
    m_keepLine->layout()->setContentsMargins(theme.px(15), theme.px(7), theme.px(13), theme.px(7));
    m_keepLine->layout()->setSpacing(theme.px(10));
    m_owner->setContentsMargins(theme.px(15), 0, theme.px(15), theme.px(8));
    arrangeHeader();
}

void LayerPanel::showOwner() {
    const auto& run = m_session.training().run();
    const bool next = run && !m_session.showsRun();
    m_owner->setVisible(next);
    if (!next) return;
    QString last = QString::fromStdString(run->runId);
    for (const core::RunSummary& listed : m_session.runs())
        if (listed.runId == run->runId) last = runName(listed);
    m_owner->setText(tr("These are the ticks of the next run. %1 keeps its own.").arg(last));
}

/// The choice is read in full; the word before it goes where there is no room for both.
void LayerPanel::arrangeHeader() {
    const QMargins margins = m_header->layout()->contentsMargins();
    const int spacing = m_header->layout()->spacing();
    m_title->ensurePolished();
    m_presetLabel->ensurePolished();
    const int room =
        width() - 2 - margins.left() - margins.right() - m_title->sizeHint().width() - Theme::instance().px(30) - 3 * spacing;
    const int wanted = m_preset->widthForAll();
    m_preset->setFixedWidth(std::max(m_preset->minimumSizeHint().width(), std::min(wanted, room)));
    m_presetLabel->setVisible(wanted + spacing + m_presetLabel->sizeHint().width() <= room);
}

void LayerPanel::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    arrangeHeader();
}

void LayerPanel::fillPresets() {
    m_preset->clear();
    for (const LayerPreset& preset : m_session.layerPresets()) m_preset->addItem(preset.title);
    arrangeHeader();
    showPreset();
}

void LayerPanel::showPreset() {
    const core::LayerMask mask = m_session.layers().pendingMask();
    const auto presets = m_session.layerPresets();
    int row = -1;
    for (std::size_t i = 0; i < presets.size(); ++i)
        if (presets[i].mask == mask) row = static_cast<int>(i);
    if (m_preset->currentIndex() != row) m_preset->setCurrentIndex(row);
    m_preset->setPlaceholderText(QString::fromStdString(core::describeMask(m_session.layers().modelInfo(), mask)));
}

}  // namespace thaw::ui
