#include "ui/widgets/trunk/trunk_page.h"

#include <QBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>

#include <algorithm>

#include "ui/bridge/session.h"
#include "ui/bridge/trunk_speeds.h"
#include "ui/models/problem_text.h"
#include "ui/models/trunk_list_model.h"
#include "ui/models/trunk_text.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/trunk/trunk_delegate.h"
#include "ui/widgets/trunk/trunk_detail.h"
#include "ui/widgets/trunk/weights_box.h"

namespace thaw::ui {
namespace {

constexpr int kDetailWidth = 286, kLeastBeside = 600;  // design pixels

QString words(const std::string& value) { return QString::fromStdString(value); }

}  // namespace

TrunkPage::TrunkPage(Session& session, TrunkSpeeds& speeds, QWidget* parent)
    : QFrame(parent), m_session(session), m_speeds(speeds) {
    setProperty("panel", true);
}

void TrunkPage::showEvent(QShowEvent* event) {
    if (!m_trunks) make();
    QFrame::showEvent(event);
}

void TrunkPage::make() {
    m_trunks = new TrunkListModel(core::listTrunks(), this);
    m_filter = new TrunkFilter(*m_trunks, this);
    auto* left = new QWidget(this);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeGallery(), 1);
    column->addWidget(makeRule(Qt::Horizontal, left, /*soft=*/true));
    column->addWidget(makeFoot());
    m_detail = new TrunkDetail(m_session, this);
    m_rule = makeRule(Qt::Vertical, this, /*soft=*/true);
    m_body = new QHBoxLayout;
    m_body->setSpacing(0);
    m_body->addWidget(left, 1);
    m_body->addWidget(m_rule);
    m_body->addWidget(m_detail);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->setSpacing(0);
    rows->addWidget(makeHead());
    rows->addWidget(makeRule(Qt::Horizontal, this, /*soft=*/true));
    rows->addLayout(m_body, 1);
    fillFilters();
    listen();
    listenToDownloads();
    connect(&Theme::instance(), &Theme::changed, this, &TrunkPage::applyTheme);
    applyTheme();
    showInUse();
    showSpeeds();
    choose(m_trunks->inUse());
    m_session.library().refreshWeights();
    m_speeds.load();
}

QWidget* TrunkPage::makeHead() {
    m_head = new QWidget(this);
    auto* line = new QHBoxLayout(m_head);
    m_title = makeLabel(tr("Choose a trunk"), "panelTitle", m_head);
    m_places = new SegmentedBar(m_head);
    m_places->setAccessibleName(tr("Which trunks"));
    for (const int place : {TrunkFilter::All, TrunkFilter::BuiltIn, TrunkFilter::Here}) m_places->addSegment(place, {});
    m_family = new SettingCombo(m_head);
    m_family->setAccessibleName(tr("Family"));
    m_family->setToolTip(toolTipWithKey(tr("Show one family of networks"), QKeySequence::Find));
    m_order = new SettingCombo(m_head);
    m_order->setAccessibleName(tr("Order"));
    m_order->setToolTip(tr("Which card comes first"));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_title, m_places, m_family, m_order}) line->addWidget(widget);
    line->addStretch(1);
    auto* find = new QShortcut(QKeySequence::Find, this);
    find->setContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QShortcut::activated, this, [this] { m_family->setFocus(Qt::ShortcutFocusReason); });
    return m_head;
}

QWidget* TrunkPage::makeGallery() {
    m_stack = new QStackedWidget(this);
    m_list = new QListView(m_stack);
    m_list->setObjectName(QStringLiteral("trunks"));
    m_list->setAccessibleName(tr("Trunks"));
    m_list->setModel(m_filter);
    auto* delegate = new TrunkDelegate(m_list);
    m_list->setItemDelegate(delegate);
    m_list->setViewMode(QListView::IconMode);
    m_list->setMovement(QListView::Static);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setUniformItemSizes(true);
    m_list->setSelectionMode(QListView::SingleSelection);
    m_list->setVerticalScrollMode(QListView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // columns must not depend on it
    m_list->setEditTriggers(QListView::NoEditTriggers);
    m_empty = new EmptyState(m_stack);
    m_empty->say(tr("No trunk fits"), {}, tr("Show all"));
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_empty);
    connect(m_list, &QListView::activated, this, &TrunkPage::use);
    connect(delegate, &TrunkDelegate::downloadRequested, this, &TrunkPage::download);
    connect(delegate, &TrunkDelegate::stopRequested, &m_session.library(), &LibraryController::cancelDownload);
    connect(m_empty, &EmptyState::actionRequested, this, [this] {
        m_places->setCurrent(TrunkFilter::All);
        m_family->setCurrentIndex(0);
        m_filter->setPlace(TrunkFilter::All);
        m_filter->setFamily({});
        showCurrent();
    });
    return m_stack;
}

QWidget* TrunkPage::makeFoot() {
    m_foot = new QWidget(this);
    auto* line = new QHBoxLayout(m_foot);
    m_legend = makeLabel({}, "caption", m_foot);
    m_legend->setWordWrap(true);
    m_measure = makeIconPushButton(QStringLiteral("clock"), {}, m_foot);
    m_measure->setObjectName(QStringLiteral("measureTrunks"));
    line->addWidget(m_legend, 1);
    line->addWidget(m_measure);
    connect(m_measure, &QPushButton::clicked, this, [this] {
        if (m_speeds.isMeasuring())
            m_speeds.stop();
        else
            m_speeds.measure(m_trunks->models());
    });
    return m_foot;
}

void TrunkPage::fillFilters() {
    m_family->addItem(tr("Any family"), QString());
    for (const QString& family : m_trunks->families()) m_family->addItem(family, family);
    const std::pair<int, QString> orders[] = {{TrunkFilter::Suggested, tr("Suggested")},
                                              {TrunkFilter::Parameters, tr("Fewest parameters")},
                                              {TrunkFilter::MultiplyAdds, tr("Fewest multiply-adds")},
                                              {TrunkFilter::Accuracy, tr("Most accurate")},
                                              {TrunkFilter::Speed, tr("Quickest here")}};
    for (const auto& [order, name] : orders) m_order->addItem(name, order);
    m_family->setCurrentIndex(0);
    m_order->setCurrentIndex(0);
    showCounts();
    connect(m_places, &SegmentedBar::currentChanged, this, [this](int place) {
        m_filter->setPlace(place);
        showCurrent();
    });
    connect(m_family, &QComboBox::activated, this, [this] {
        m_filter->setFamily(m_family->currentData().toString());
        showCurrent();
    });
    connect(m_order, &QComboBox::activated, this, [this] {
        m_filter->setOrder(m_order->currentData().toInt());
        m_list->scrollTo(m_list->currentIndex());
    });
}

void TrunkPage::showCounts() {
    m_places->setSegmentText(TrunkFilter::All, tr("All %1").arg(m_filter->count(TrunkFilter::All)));
    m_places->setSegmentText(TrunkFilter::BuiltIn, tr("Built in %1").arg(m_filter->count(TrunkFilter::BuiltIn)));
    m_places->setSegmentText(TrunkFilter::Here, tr("On this machine %1").arg(m_filter->count(TrunkFilter::Here)));
}

void TrunkPage::listen() {
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &TrunkPage::showCurrent);
    connect(m_trunks, &QAbstractItemModel::dataChanged, this, &TrunkPage::showCurrent);
    connect(m_detail, &TrunkDetail::useRequested, this, &TrunkPage::use);
    connect(m_detail, &TrunkDetail::downloadRequested, this, [this] { download(m_list->currentIndex()); });
    connect(m_detail, &TrunkDetail::otherRequested, this, [this] {
        const Trunk* shown = current();
        for (int row = 0; shown && row < m_trunks->rowCount(); ++row) {
            const core::TrunkCard& card = m_trunks->trunks()[static_cast<std::size_t>(row)].card;
            if (card.model.name == shown->card.model.name && !card.model.withoutLabels) return choose(row);
        }
    });
    connect(&m_speeds, &TrunkSpeeds::changed, this, &TrunkPage::showSpeeds);
    for (const auto signal : {&Session::priceChanged, &Session::shownRunChanged})
        connect(&m_session, signal, this, &TrunkPage::showInUse);
    connect(&m_session, &Session::configChanged, this, &TrunkPage::showInUse);
    connect(&m_session, &Session::actionsChanged, this, [this] {
        if (m_session.isActive()) m_speeds.stop();
        m_detail->weights().setLocked(!m_session.actions().editSettings);
        showSpeeds();
        showCurrent();
    });
    LibraryController& library = m_session.library();
    WeightsBox& weights = m_detail->weights();
    connect(&library, &LibraryController::localWeightsListed, this, [this](const std::vector<core::LocalWeights>& files) {
        m_trunks->setLocal(files);
        m_filter->invalidate();
        showCounts();
    });
    connect(&library, &LibraryController::weightsListed, &weights, &WeightsBox::setWeights);
    connect(&weights, &WeightsBox::chosen, &m_session,
            [this](const QString& file) { m_session.useTrunk(words(m_session.config().model), file); });
    weights.setLocked(!m_session.actions().editSettings);
}

void TrunkPage::listenToDownloads() {
    LibraryController& library = m_session.library();
    connect(&library, &LibraryController::downloadStarted, m_trunks,
            [this](const QString& id) { m_trunks->setTransfer(id, 0, 0); });
    connect(&library, &LibraryController::downloadProgress, m_trunks,
            [this](const QString& id, const core::DownloadProgress& progress) {
                m_trunks->setTransfer(id, progress.received, progress.total);
            });
    connect(&library, &LibraryController::downloadFinished, m_trunks,
            [this](const QString& id, const QString& error, const QString& hint, bool cancelled) {
                const bool broken = cancelled || !error.isEmpty();
                m_trunks->endTransfer(id, broken, broken && !cancelled ? problemText(error, hint) : QString());
            });
}

void TrunkPage::showInUse() {
    const core::RunConfig& config = m_session.config();
    std::vector<bool> thawed;
    const core::ModelInfo& model = m_session.layers().modelInfo();
    if (m_session.shownConfig().model == config.model) {
        const core::LayerMask mask = m_session.layers().pendingMask();
        for (int stage = 0; stage < model.headStage; ++stage) thawed.push_back(core::trainableIn(model, mask, stage) > 0);
    }
    const int before = m_trunks->inUse();
    const Trunk* shown = before < 0 ? nullptr : &m_trunks->trunks()[static_cast<std::size_t>(before)];
    m_detail->weights().setConfig(config);
    // A price comes with every batch; ticks do not.
    if (shown && shown->inUse && isTrunkOf(shown->card, config) && shown->thawed == thawed) return;
    m_trunks->setInUse(config, thawed);
}

void TrunkPage::showSpeeds() {
    m_trunks->setSpeeds(m_speeds.speeds(), m_speeds.problems());
    m_trunks->setMeasuring(m_speeds.now(), m_speeds.waiting());
    const bool measuring = m_speeds.isMeasuring(), locked = m_session.isActive();
    m_legend->setText(measuring ? tr("Measuring %1 of %2.").arg(m_speeds.number()).arg(m_speeds.total())
                                : tr("One bar a block, as high as its picture is large. Top-1: ImageNet, as published."));
    setButtonWords(m_measure, measuring ? tr("Stop") : tr("Measure all"));
    m_measure->setEnabled(measuring || !locked);
    m_measure->setToolTip(locked && !measuring
                              ? tr("Not while a run trains: both would be slower")
                              : tr("How many pictures a second go through each frozen trunk on this machine. About a minute."));
}

const Trunk* TrunkPage::current() const {
    const QModelIndex index = m_list->currentIndex();
    return index.isValid() ? &TrunkListModel::at(index) : nullptr;
}

void TrunkPage::choose(int row) {
    if (row < 0) row = 0;
    QModelIndex index = m_filter->mapFromSource(m_trunks->index(row));
    if (!index.isValid()) {
        Q_EMIT m_empty->actionRequested();
        index = m_filter->mapFromSource(m_trunks->index(row));
    }
    m_list->setCurrentIndex(index);
    m_list->scrollTo(index);
}

void TrunkPage::showCurrent() {
    const bool any = m_filter->rowCount() > 0;
    m_stack->setCurrentWidget(any ? static_cast<QWidget*>(m_list) : m_empty);
    if (any && !m_list->currentIndex().isValid()) m_list->setCurrentIndex(m_filter->index(0, 0));
    const Trunk* trunk = current();
    m_detail->setVisible(trunk);
    m_rule->setVisible(trunk);
    if (!trunk) return;
    m_detail->show(*trunk);
    const QString problem = problemOf(*trunk);
    const QString later = trunk->here ? tr("For the next run. Its usual head, input size and scaling come with it.")
                                      : tr("Its weights must be downloaded or imported before a run.");
    m_detail->setUsable(problem.isEmpty() && !trunk->inUse, trunk->inUse ? QString() : problem.isEmpty() ? later : problem);
}

/// Why it cannot be used now; empty where it can.
QString TrunkPage::problemOf(const Trunk& trunk) const {
    if (!m_session.actions().editSettings) return tr("Not while a run trains: it keeps the trunk that it started with.");
    if (!trunk.card.mark.empty() && !trunk.here) return tr("Download its weights first.");
    return {};
}

void TrunkPage::use() {
    const Trunk* trunk = current();
    if (!trunk || trunk->inUse || !problemOf(*trunk).isEmpty()) return;
    m_session.useTrunk(words(trunk->card.model.name), trunk->file);
}

void TrunkPage::download(const QModelIndex& index) {
    m_list->setCurrentIndex(index);
    if (const Trunk* trunk = current()) m_session.library().downloadWeights(words(trunk->card.download));
}

void TrunkPage::setCompact(bool compact) {
    m_compact = compact;
    if (m_trunks) arrange();
}

/// Below the cards where there is no room beside them.
void TrunkPage::arrange() {
    const Theme& theme = Theme::instance();
    const bool beside = width() >= theme.px(kLeastBeside);
    m_body->setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_body->setStretch(2, beside ? 0 : 1);
    m_rule->setVisible(beside);
    m_detail->setMinimumWidth(beside ? theme.px(kDetailWidth) : 0);
    m_detail->setMaximumWidth(beside ? theme.px(kDetailWidth) : QWIDGETSIZE_MAX);
    m_detail->setPresetsShown(!m_compact);
    // The title goes first; then the lists elide what is chosen.
    const int lists = m_family->widthForAll() + m_order->widthForAll();
    const int room = width() - m_places->sizeHint().width() - theme.px(2 * 16 + 3 * 10);
    m_title->setVisible(m_title->sizeHint().width() + lists <= room);
    for (SettingCombo* combo : {m_family, m_order}) combo->setFixedWidth(std::min(combo->widthForAll(), room / 2));
}

void TrunkPage::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    if (m_trunks) arrange();
}

void TrunkPage::applyTheme() {
    const Theme& theme = Theme::instance();
    const int side = theme.px(16);
    m_head->setFixedHeight(theme.px(61));
    m_head->layout()->setContentsMargins(side, 0, side, 0);
    m_head->layout()->setSpacing(theme.px(10));
    m_foot->setFixedHeight(theme.px(52));
    m_foot->layout()->setContentsMargins(side, 0, side, 0);
    m_foot->layout()->setSpacing(theme.px(12));
    m_stack->setContentsMargins(side, theme.px(10), 0, 0);
    m_list->setGridSize(TrunkDelegate::cellSize());
    arrange();
}

}  // namespace thaw::ui
