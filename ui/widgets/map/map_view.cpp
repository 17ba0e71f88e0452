#include "ui/widgets/map/map_view.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

#include "core/api/errors.h"
#include "ui/bridge/session.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"
#include "ui/models/split_text.h"
#include "ui/widgets/map/class_legend.h"
#include "ui/widgets/map/embedding_plot.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/message_line.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/pictures/picture_row.h"

namespace thaw::ui {
namespace {

constexpr std::int64_t kMostPoints = 10'000, kMostNeighbours = 3'000;
constexpr double kUsualPerplexity = 30;
constexpr int kLowPage = 440;                                    ///< design pixels
constexpr int kLeastForNeighbours = 8;                           ///< pictures
constexpr std::size_t kMostMaps = 40, kMostMapBytes = 64 << 20;  ///< that are kept; of what is said of their pictures
constexpr const char* kStart = "start";
const QString kPoints = QStringLiteral("points"), kGuesses = QStringLiteral("guesses");  // topics

QString text(const std::string& value) { return QString::fromStdString(value); }
QString number(std::int64_t value) { return QLocale().toString(static_cast<qlonglong>(value)); }

core::KeptCheckpoint untrained() {
    core::KeptCheckpoint start;
    start.name = kStart;
    return start;
}

core::EmbeddingRequest requestFor(core::EmbeddingMethod method, std::int64_t pictures) {
    core::EmbeddingRequest request;
    request.method = method;
    request.limit = method == core::EmbeddingMethod::Pca ? kMostPoints : kMostNeighbours;
    // Few pictures have few neighbours.
    request.perplexity =
        std::max(2.0, std::min(kUsualPerplexity, static_cast<double>((std::min(pictures, request.limit) - 1) / 3)));
    return request;
}

/// The sign of an axis says nothing: it is chosen so that the points turn over as little as possible from one checkpoint to the
/// next.
std::array<float, 2> signsLike(const core::Embedding& shown, const core::Embedding& next) {
    std::array<float, 2> signs{1, 1};
    if (shown.method != core::EmbeddingMethod::Pca || shown.indices != next.indices) return signs;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        double together = 0;
        for (std::size_t i = axis; i < next.points.size(); i += 2)
            together += static_cast<double>(shown.points[i]) * next.points[i];
        if (together < 0) signs[axis] = -1;
    }
    return signs;
}

void turn(core::Embedding& embedding, const std::array<float, 2>& signs) {
    for (std::size_t i = 0; i < embedding.points.size(); ++i) embedding.points[i] *= signs[i % 2];
}

}  // namespace

QString MapView::Request::key() const {
    return QStringLiteral("%1|%2|%3").arg(text(checkpoint), text(before)).arg(static_cast<int>(method));
}

MapView::MapView(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    m_panel = makePanel(this);
    QWidget* head = makeHead();
    m_work = new WorkStrip(m_panel);
    m_message = new MessageLine(m_panel);
    m_before = new EmbeddingPlot(m_panel);
    m_now = new EmbeddingPlot(m_panel);
    m_rule = makeRule(Qt::Vertical, m_panel, true);
    m_legend = new ClassLegend(m_panel);
    connectPlot(*m_now, *m_before);
    connectPlot(*m_before, *m_now);
    m_row = new PictureRow(this);
    m_empty = new EmptyState(m_panel);

    auto* content = new QWidget(m_panel);
    auto* plots = new QHBoxLayout(content);
    plots->setContentsMargins(0, 0, 0, 0);
    plots->setSpacing(6);
    plots->addWidget(m_before, 1);
    plots->addWidget(m_rule);
    plots->addWidget(m_now, 1);
    plots->addWidget(m_legend);
    m_about = makeLabel({}, "caption", m_panel);
    m_about->setWordWrap(true);
    auto* page = new QWidget(m_panel);
    auto* rows = new QVBoxLayout(page);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(4);
    rows->addWidget(content, 1);
    rows->addWidget(m_about);
    m_stack = new QStackedWidget(m_panel);
    m_stack->addWidget(page);
    m_stack->addWidget(m_empty);

    auto* panel = new QVBoxLayout(m_panel);
    panel->setContentsMargins(15, 11, 13, 8);
    panel->setSpacing(6);
    panel->addWidget(head);
    panel->addWidget(m_work);
    panel->addWidget(m_message);
    panel->addWidget(m_stack, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(10);
    column->addWidget(m_panel, 1);
    column->addWidget(m_row);

    connect(m_legend, &ClassLegend::changed, this, [this] {
        for (EmbeddingPlot* plot : {m_before, m_now}) plot->setHiddenClasses(m_legend->hidden());
        refresh();
    });
    connect(m_work, &WorkStrip::cancelRequested, this, &MapView::cancel);
    connect(m_message, &MessageLine::actionRequested, this, [this] {
        m_cancelled = false;
        follow();
    });
    connect(m_empty, &EmptyState::actionRequested, this, [this] {
        m_cancelled = false;
        follow();
    });
    connect(&m_row->grid(), &PictureGrid::currentPictureChanged, this, [this](int id) {
        for (EmbeddingPlot* plot : {m_before, m_now}) plot->setHighlight(id);
    });
    connect(m_row, &PictureRow::pictureRequested, this, &MapView::pictureRequested);
    const InspectionController& inspection = session.inspection();
    connect(&inspection, &InspectionController::subjectChanged, this, &MapView::takeSubject);
    connect(&inspection, &InspectionController::checkpointsChanged, this, &MapView::takeCheckpoints);
    connect(&inspection, &InspectionController::checkpointChanged, this, [this] {
        m_cancelled = false;
        takeCheckpoints();
    });
    connect(&Theme::instance(), &Theme::changed, this, &MapView::arrange);
    takeSubject();
}

MapView::~MapView() = default;

QWidget* MapView::makeHead() {
    auto* head = new QWidget(m_panel);
    m_title = makeLabel(tr("Map of the pictures"), "panelTitle", head);
    m_title->setToolTip(
        tr("Each point is a picture. Pictures whose features in the last but one layer are alike lie side by side."));
    m_method = new SegmentedBar(head);
    m_method->setAccessibleName(tr("How the plane is made"));
    m_method->addSegment(Axes, tr("PCA"));
    m_method->addSegment(Neighbours, tr("t-SNE"));
    m_method->setSegmentToolTip(
        Axes,
        tr("Principal component analysis: the two directions in which the features differ most. Distances can be trusted."));
    m_method->setCurrent(Axes);
    m_look = new SegmentedBar(head);
    m_look->setAccessibleName(tr("What is drawn"));
    m_look->addSegment(0, tr("Points"));
    m_look->addSegment(1, tr("Pictures"));
    m_look->setSegmentToolTip(0, tr("A dot is right, a cross is wrong"));
    m_look->setSegmentToolTip(1, tr("The pictures themselves, as many as there is room for"));
    m_look->setCurrent(0);
    m_which = new SegmentedBar(head);
    m_which->setAccessibleName(tr("Which pictures"));
    m_which->addSegment(0, tr("All"));
    m_which->addSegment(1, tr("Wrong"));
    m_which->setCurrent(0);
    m_comparing = new QWidget(head);
    m_compare = new SettingCombo(m_comparing);
    m_compare->setAccessibleName(tr("Compare with"));
    m_compare->setToolTip(tr("Another checkpoint beside the chosen one, on the same axes"));
    auto* comparing = new QHBoxLayout(m_comparing);
    comparing->setContentsMargins(0, 0, 0, 0);
    comparing->setSpacing(6);
    QLabel* beside = makeLabel(tr("Beside"), "table", m_comparing);
    beside->setBuddy(m_compare);
    comparing->addWidget(beside);
    comparing->addWidget(m_compare);
    m_lasso = makeFramedButton(QStringLiteral("lasso"), {},
                               tr("Lasso: draw around pictures to choose them. Also with Shift while moving."), head);
    m_lasso->setCheckable(true);
    m_fit = makeFramedButton(QStringLiteral("fit"), {}, tr("Show all points"), head);
    m_fit->setToolTip(toolTipWithKey(tr("Show all points"), QStringLiteral("0")));

    const auto group = [head](std::initializer_list<QWidget*> widgets) {
        auto* box = new QWidget(head);
        auto* row = new QHBoxLayout(box);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(10);
        for (QWidget* widget : widgets) row->addWidget(widget);
        return box;
    };
    m_looks = group({m_method, m_look, m_which});
    m_tools = group({m_comparing, m_lasso, m_fit});
    m_headGrid = new QGridLayout(head);
    m_headGrid->setContentsMargins(0, 0, 0, 0);
    m_headGrid->setHorizontalSpacing(10);
    m_headGrid->setVerticalSpacing(6);
    m_headGrid->setColumnStretch(1, 1);
    m_headGrid->addWidget(m_title, 0, 0, Qt::AlignLeft | Qt::AlignVCenter);
    m_headGrid->addWidget(m_looks, 0, 2, Qt::AlignRight);
    m_headGrid->addWidget(m_tools, 0, 3, Qt::AlignRight);
    connect(m_method, &SegmentedBar::currentChanged, this, [this] {
        m_cancelled = false;
        follow();
    });
    connect(m_look, &SegmentedBar::currentChanged, this, [this](int look) {
        for (EmbeddingPlot* plot : {m_before, m_now}) plot->setShowsPictures(look == 1);
    });
    connect(m_which, &SegmentedBar::currentChanged, this, [this](int which) {
        for (EmbeddingPlot* plot : {m_before, m_now}) plot->setWrongOnly(which == 1);
        refresh();
    });
    connect(m_compare, &SettingCombo::currentIndexChanged, this, [this] {
        m_cancelled = false;
        follow();
    });
    connect(m_lasso, &QToolButton::toggled, this, [this](bool lasso) {
        for (EmbeddingPlot* plot : {m_before, m_now})
            plot->setDrag(lasso ? EmbeddingPlot::Drag::Lasso : EmbeddingPlot::Drag::Move);
    });
    connect(m_fit, &QToolButton::clicked, this, [this] { m_now->fit(); });
    return head;
}

void MapView::connectPlot(EmbeddingPlot& plot, EmbeddingPlot& other) {
    connect(&plot, &EmbeddingPlot::viewChanged, &other, [&plot, &other] { other.setView(plot.view()); });
    connect(&plot, &EmbeddingPlot::highlighted, &other, &EmbeddingPlot::setHighlight);
    connect(&plot, &EmbeddingPlot::picturesChosen, this, &MapView::choose);
    connect(&plot, &EmbeddingPlot::pictureChosen, this, [this](int id) {
        choose({id});
        Q_EMIT pictureChosen(id);
    });
    connect(&plot, &EmbeddingPlot::pictureActivated, this, &MapView::pictureRequested);
}

// --- what is asked ------------------------------------------------------------------------------------------------------------

void MapView::takeSubject() {
    m_maps.clear();
    m_mapOrder.clear();
    m_map = nullptr;
    m_asking = m_cancelled = false;
    m_work->stop();
    m_message->hide();
    const InspectionSubject* subject = m_session.inspection().subject();
    const auto pictures = subject ? subject->pictures : nullptr;
    QStringList names;
    if (subject)
        for (const std::string& name : subject->run.classNames) names << nameText(name);
    for (EmbeddingPlot* plot : {m_before, m_now}) plot->setPictures(pictures, names);
    m_legend->setClasses(names);
    m_row->pictures().setPictures(pictures, names);
    if (pictures && pictures->count() < kLeastForNeighbours) m_method->setCurrent(Axes);
    choose({});
    takeCheckpoints();
    arrange();
}

void MapView::takeCheckpoints() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const QString before = m_compare->currentData().toString();
    {
        const QSignalBlocker blocker(m_compare);
        m_compare->clear();
        m_compare->addItem(tr("Nothing"), QString());
        if (subject && !subject->checkpoints.empty()) m_compare->addItem(tr("Before training"), QString::fromLatin1(kStart));
        if (subject)
            for (const core::KeptCheckpoint& kept : subject->checkpoints) {
                QString name = checkpointName(kept);
                name.replace(0, 1, name.at(0).toUpper());
                m_compare->addItem(kept.endsPhase ? tr("%1, phase end").arg(name) : name, text(kept.name));
            }
        m_compare->setCurrentIndex(std::max(0, m_compare->findData(before)));
    }
    follow();
}

MapView::Request MapView::wanted() const {
    Request request;
    if (const core::KeptCheckpoint* kept = m_session.inspection().checkpoint()) request.checkpoint = kept->name;
    request.before = m_compare->currentData().toString().toStdString();
    if (request.before == request.checkpoint) request.before.clear();
    request.method = m_method->current() == Neighbours ? core::EmbeddingMethod::Tsne : core::EmbeddingMethod::Pca;
    return request;
}

void MapView::follow() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const Request request = wanted();
    const auto known = m_maps.constFind(request.key());
    if (!subject || !subject->pictures || request.checkpoint.empty() || !isVisible() || m_cancelled) {
        refresh();
    } else if (known != m_maps.constEnd()) {
        drop();
        show(request, *known);
    } else if (m_asking && m_session.inspection().followsNewest() && m_asked.method == request.method &&
               m_asked.before == request.before) {
        // While the newest is followed, an epoch may be over sooner than its map: the one under way is finished first.
        refresh();
    } else if (!m_asking || !(m_asked == request)) {
        ask(request);
    }
}

void MapView::ask(const Request& request) {
    m_asking = true;
    m_asked = request;
    m_message->hide();
    auto making = std::make_shared<Making>();
    making->request = request;
    making->map.now.checkpoint = untrained();
    if (!request.before.empty()) {
        making->before = std::make_shared<Side>();
        making->before->checkpoint = untrained();
    }
    for (const core::KeptCheckpoint& kept : m_session.inspection().subject()->checkpoints) {
        if (kept.name == request.checkpoint) making->map.now.checkpoint = kept;
        if (making->before && kept.name == request.before) making->before->checkpoint = kept;
    }
    const QString name = checkpointName(making->map.now.checkpoint);
    m_work->start(request.method == core::EmbeddingMethod::Tsne ? tr("Arranging by t-SNE, %1").arg(name)
                                                                : tr("Computing features, %1").arg(name));
    const auto failure = [this](const QString& what, const QString& hint) {
        drop();
        m_cancelled = true;
        m_message->say(problemText(what, hint), tr("Try again"));
        refresh();
    };
    using Embeddings = std::array<core::Embedding, 2>;
    m_session.inspection().askAboutRun<Embeddings>(
        this, kPoints, InspectionController::Lane::Longest,
        [request](core::Inspector& inspector, const std::string&, const core::CountCallback& progress) {
            core::EmbeddingRequest what = requestFor(request.method, inspector.pictures(core::Split::Test)->count());
            Embeddings embeddings{inspector.embedding(request.checkpoint, what, progress), {}};
            if (request.before.empty()) return embeddings;
            what.alignedWith = request.checkpoint;
            embeddings[1] = inspector.embedding(request.before, what, progress);
            return embeddings;
        },
        [this, making](const Embeddings& embeddings) {
            making->map.now.embedding = embeddings[0];
            if (making->before) making->before->embedding = embeddings[1];
            making->hasPoints = true;
            finish(*making);
        },
        [this](std::int64_t done, std::int64_t total) { m_work->setProgress(done, total); }, failure);
    // Where the other views look at the same checkpoint, they are known in that lane already.
    using Predictions = std::array<std::shared_ptr<const core::PredictionSet>, 2>;
    m_session.inspection().askAboutRun<Predictions>(
        this, kGuesses, InspectionController::Lane::Long,
        [request](core::Inspector& inspector, const std::string&, const core::CountCallback& progress) {
            Predictions predictions{inspector.predictions(request.checkpoint, core::Split::Test, progress), nullptr};
            if (!request.before.empty()) predictions[1] = inspector.predictions(request.before, core::Split::Test, progress);
            return predictions;
        },
        [this, making](const Predictions& predictions) {
            making->map.now.predictions = predictions[0];
            if (making->before) making->before->predictions = predictions[1];
            making->hasGuesses = true;
            finish(*making);
        },
        [this, making](std::int64_t done, std::int64_t total) {
            if (making->hasPoints) m_work->setProgress(done, total);
        },
        failure);
    refresh();
}

void MapView::finish(const Making& making) {
    if (!making.hasPoints || !making.hasGuesses) return;
    auto map = std::make_shared<Map>(making.map);
    map->before = making.before;
    m_asking = false;
    m_work->stop();
    const std::size_t bytes = (map->before ? 2 : 1) * map->now.predictions->probabilities.size() * sizeof(float);
    const std::size_t room = std::clamp<std::size_t>(kMostMapBytes / std::max<std::size_t>(1, bytes), 2, kMostMaps);
    while (static_cast<std::size_t>(m_mapOrder.size()) >= room) m_maps.remove(m_mapOrder.takeFirst());
    m_maps.insert(making.request.key(), map);
    m_mapOrder << making.request.key();
    show(making.request, map);
    follow();
}

void MapView::drop() {
    for (const QString& topic : {kPoints, kGuesses}) m_session.inspection().cancel(this, topic);
    m_asking = false;
    m_work->stop();
}

void MapView::cancel() {
    drop();
    m_cancelled = true;
    if (m_map) {
        // Back to what is shown.
        m_method->setCurrent(m_shown.method == core::EmbeddingMethod::Tsne ? Neighbours : Axes);
        const QSignalBlocker blocker(m_compare);
        m_compare->setCurrentIndex(std::max(0, m_compare->findData(text(m_shown.before))));
    }
    refresh();
}

// --- what is shown ------------------------------------------------------------------------------------------------------------

void MapView::show(const Request& request, const std::shared_ptr<const Map>& map) {
    if (m_map == map) return refresh();
    core::Embedding now = map->now.embedding, before = map->before ? map->before->embedding : core::Embedding();
    if (m_map && now.method == core::EmbeddingMethod::Pca) {
        auto turned = std::make_shared<Map>(*map);
        const auto signs = signsLike(m_map->now.embedding, now);
        turn(now, signs);
        turn(before, signs);
        turned->now.embedding = now;
        m_map = std::move(turned);
    } else {
        m_map = map;
    }
    const bool sameMethod = m_shown.method == request.method;
    m_shown = request;
    m_now->setPoints(now, map->now.predictions);
    m_now->setTitle(map->before ? checkpointText(map->now.checkpoint) : QString());
    m_now->setAccessibleName(tr("Map of the pictures, %1").arg(checkpointText(map->now.checkpoint)));
    if (map->before) {
        m_before->setPoints(before, map->before->predictions);
        m_before->setTitle(checkpointText(map->before->checkpoint));
        m_before->setAccessibleName(tr("Map of the pictures, %1").arg(m_before->title()));
        m_before->setView(m_now->view());
    } else {
        m_before->clear();
    }
    const QRectF bounds = map->before ? m_now->pointBounds().united(m_before->pointBounds()) : m_now->pointBounds();
    for (EmbeddingPlot* plot : {m_before, m_now}) {
        plot->setBounds(bounds);
        if (!sameMethod) plot->fit();
    }
    m_row->pictures().setPredictions(map->now.predictions);
    refresh();
    arrange();
}

void MapView::choose(const std::vector<int>& ids) {
    for (EmbeddingPlot* plot : {m_before, m_now}) {
        plot->setSelection(ids);
        plot->setHighlight(-1);
    }
    m_row->setVisible(!ids.empty());
    arrange();
    if (ids.empty()) return;
    m_row->pictures().showOnly(ids);
    m_row->pictures().setPageBegin(0);
    const auto& set = m_row->pictures().predictions();
    const auto wrong = std::count_if(
        ids.begin(), ids.end(), [&](int id) { return set && !m_row->pictures().pictures()->hasLabel(id, set->predicted(id)); });
    m_row->setTitle(ids.size() == 1
                        ? tr("Chosen picture")
                        : tr("Chosen: %1 pictures, %2 wrong").arg(number(static_cast<std::int64_t>(ids.size())), number(wrong)),
                    tr("Double click opens one in Predictions"));
}

void MapView::refresh() {
    const InspectionSubject* subject = m_session.inspection().subject();
    m_stack->setCurrentIndex(m_map ? 0 : 1);
    for (QWidget* tool : {static_cast<QWidget*>(m_look), static_cast<QWidget*>(m_which), static_cast<QWidget*>(m_lasso),
                          static_cast<QWidget*>(m_fit)})
        tool->setEnabled(m_map != nullptr);
    const std::int64_t pictures = subject && subject->pictures ? subject->pictures->count() : 0;
    const bool few = pictures > 0 && pictures < kLeastForNeighbours;
    m_method->setEnabled(pictures > 0);
    m_method->setSegmentEnabled(Neighbours, pictures > 0 && !few);
    m_method->setSegmentToolTip(Neighbours, few ? tr("t-SNE needs at least %1 pictures, and the run is judged on %2.")
                                                      .arg(number(kLeastForNeighbours), number(pictures))
                                                : tr("Neighbours stay neighbours, as well as a plane allows. Takes a while; "
                                                     "distances between far groups say little."));
    m_comparing->setEnabled(subject && !subject->checkpoints.empty());
    m_before->setVisible(m_map && m_map->before);
    m_rule->setVisible(m_map && m_map->before);
    if (m_map) {
        const core::Embedding& shown = m_map->now.embedding;
        QStringList about{tr("%1 of %2 %3.")
                              .arg(number(m_now->shownCount()),
                                   number(subject && subject->pictures ? subject->pictures->count() : 0),
                                   picturesText(subject ? subject->run.judgedOn() : core::Split::Test))};
        const auto percent = [](double share) {
            return QStringLiteral("%1\u2009%").arg(QLocale().toString(100 * share, 'f', 1));
        };
        if (shown.method == core::EmbeddingMethod::Pca)
            about << tr("Across: %1 of the variance, upwards: %2.").arg(percent(shown.explained[0]), percent(shown.explained[1]));
        else
            about << tr("Near ones are alike; how far apart two groups lie says little.");
        about << tr("Dots are right, crosses are wrong.");
        m_about->setText(about.join(QStringLiteral("  ")));
        return;
    }
    if (!subject)
        m_empty->say(tr("No run is open"),
                     tr("Run the lesson, or open a run. Then its pictures are laid out here by what the network makes of them."));
    else if (!subject->pictures)
        m_empty->say(tr("The pictures of this run cannot be read"), subject->problem);
    else if (subject->checkpoints.empty())
        m_empty->say(tr("No checkpoint is kept yet"),
                     tr("After the first epoch the pictures are laid out here by what the network makes of them."));
    else if (m_asking)
        m_empty->say(tr("The network looks at the pictures"), tr("Each of them becomes a point where its features say."));
    else
        m_empty->say(tr("No map was made"), tr("It needs one look of the network at every picture."), tr("Make the map"));
}

void MapView::arrange() {
    const Theme& theme = Theme::instance();
    const bool low = height() < theme.px(kLowPage);
    // Where there is little height the chosen pictures stand beside the plane, and take the legend's room.
    auto* page = static_cast<QBoxLayout*>(layout());
    page->setDirection(low ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    const bool chosen = !m_row->isHidden();
    m_row->setMinimumSize(low ? QSize(theme.px(210), 0)
                              : QSize(0, std::min(theme.px(168), std::max(theme.px(112), height() * 30 / 100))));
    m_row->setMaximumSize(low ? QSize(theme.px(210), QWIDGETSIZE_MAX) : QSize(QWIDGETSIZE_MAX, m_row->minimumHeight()));
    m_row->grid().setTiles(low ? 2 : 0, low ? 36 : 64, low ? 64 : 92);
    m_legend->setVisible(m_map && !(low && chosen));
    m_about->setVisible(!low);
    // First the title goes, then there are two rows.
    const int room = width() - 30 - (low && chosen ? m_row->minimumWidth() + page->spacing() : 0);
    m_compare->setFixedWidth(theme.px(room < theme.px(900) ? 158 : 232));
    m_tools->layout()->activate();
    const int spacing = m_headGrid->horizontalSpacing();
    const int wide = m_looks->sizeHint().width() + spacing + m_tools->sizeHint().width();
    const bool twoRows = wide > room;
    m_title->setVisible((twoRows ? m_looks->sizeHint().width() : wide) + 2 * spacing + m_title->sizeHint().width() <= room);
    int row = 0, column = 0, rows = 0, columns = 0;
    m_headGrid->getItemPosition(m_headGrid->indexOf(m_tools), &row, &column, &rows, &columns);
    if (row == (twoRows ? 1 : 0)) return;
    m_headGrid->removeWidget(m_tools);
    m_headGrid->addWidget(m_tools, twoRows ? 1 : 0, twoRows ? 0 : 3, 1, twoRows ? 3 : 1, Qt::AlignRight);
}

void MapView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    follow();
}

void MapView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
