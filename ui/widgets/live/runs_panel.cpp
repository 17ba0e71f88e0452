#include "ui/widgets/live/runs_panel.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QToolTip>
#include <QVBoxLayout>

#include "ui/models/run_list_model.h"
#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kRowHeight = 33;
constexpr int kLeastState = 40;  ///< a state cut to a letter or two says nothing; the tool tip has it

class RunRowDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {Theme::instance().px(200), Theme::instance().px(kRowHeight)};
    }

    static QRect eyeRect(const QRect& row) {
        const Theme& theme = Theme::instance();
        return QRect(row.left() + theme.px(2), row.top(), theme.px(34), row.height());
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const qreal ratio = painter->device()->devicePixelRatioF();
        const bool shown = index.data(RunListModel::ShownRole).toBool();
        const bool current = index.data(RunListModel::CurrentRole).toBool();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF plate = QRectF(option.rect).adjusted(1, 1, -1, -1);
        const bool focused = (option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_Selected);
        if (current || (option.state & (QStyle::State_Selected | QStyle::State_MouseOver))) {
            painter->setPen(focused ? QPen(theme.color(Tone::Accent), 1.5) : QPen(Qt::NoPen));
            painter->setBrush(
                theme.color(current || (option.state & QStyle::State_Selected) ? Tone::AccentBackground : Tone::Surface2));
            painter->drawRoundedRect(plate, theme.px(6), theme.px(6));
        }
        const QRect eye = eyeRect(option.rect);
        painter->drawPixmap(
            eye.center() - QPoint(theme.px(8), theme.px(8)),
            theme.pixmap(shown ? QStringLiteral("eye") : QStringLiteral("eye-off"), shown ? Tone::Ink2 : Tone::Ink3, 16, ratio));

        const int middle = option.rect.center().y();
        const int lineLeft = eye.right() + theme.px(4), lineWidth = theme.px(26);
        QPen line = theme.runPen(index.data(RunListModel::LineIndexRole).toInt(), (current ? 3.6 : 2.4) * theme.scale());
        line.setCapStyle(Qt::FlatCap);
        painter->setPen(line);
        painter->drawLine(lineLeft, middle, lineLeft + lineWidth, middle);

        const QString best = index.siblingAtColumn(RunListModel::BestColumn).data().toString();
        painter->setFont(theme.font(TextRole::BodyStrong));
        painter->setPen(theme.color(Tone::Ink));
        const QRect text = option.rect.adjusted(lineLeft + lineWidth + theme.px(12) - option.rect.left(), 0, -theme.px(10), 0);
        const int bestWidth = painter->fontMetrics().horizontalAdvance(best);
        painter->drawText(text, Qt::AlignRight | Qt::AlignVCenter, best);
        const QString name = index.siblingAtColumn(RunListModel::NameColumn).data().toString();
        const int room = text.width() - bestWidth - theme.px(10);
        const QString shownName = painter->fontMetrics().elidedText(name, Qt::ElideRight, room);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignVCenter, shownName);
        const int nameWidth = painter->fontMetrics().horizontalAdvance(shownName) + theme.px(14);
        painter->setFont(theme.font(TextRole::Table));
        painter->setPen(theme.color(Tone::Ink2));
        if (room > nameWidth + theme.px(kLeastState))
            painter->drawText(
                text.adjusted(nameWidth, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                painter->fontMetrics().elidedText(index.siblingAtColumn(RunListModel::StateColumn).data().toString(),
                                                  Qt::ElideRight, room - nameWidth));
        painter->restore();
    }

    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override {
        // The eye is wider than the tick box that the base class would look for.
        const bool eye = (event->type() == QEvent::MouseButtonRelease || event->type() == QEvent::MouseButtonDblClick) &&
                         eyeRect(option.rect).contains(static_cast<QMouseEvent*>(event)->position().toPoint());
        if (eye && event->type() == QEvent::MouseButtonDblClick) return true;
        const bool space = event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space;
        if (!eye && !space) return false;
        const bool shown = index.data(RunListModel::ShownRole).toBool();
        return model->setData(index, shown ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
    }

    /// The question fills the row, the eye's place included.
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const override {
        editor->setGeometry(option.rect);
    }

    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override {
        if (event->type() != QEvent::ToolTip) return false;
        const int column = eyeRect(option.rect).contains(event->pos()) ? RunListModel::EyeColumn : RunListModel::NameColumn;
        QToolTip::showText(event->globalPos(), index.siblingAtColumn(column).data(Qt::ToolTipRole).toString(), view);
        return true;
    }
};

}  // namespace

RunsPanel::RunsPanel(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_list = new QListView(this);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new RunRowDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setAccessibleName(tr("Runs"));
    m_list->installEventFilter(this);
    new FocusRing(m_list);
    QLabel* empty = makeLabel(tr("Runs are listed here, the newest first."), "table", this);
    empty->setWordWrap(true);
    empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    empty->setContentsMargins(8, 2, 8, 0);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_list);
    m_stack->addWidget(empty);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 0, 8, 0);
    head->addWidget(makeLabel(tr("Runs"), "panelTitle", this), 1);
    head->addWidget(makeLabel(tr("best validation"), "caption", this));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 12, 8, 6);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_stack, 1);

    applyHeight();
    connect(&Theme::instance(), &Theme::changed, this, &RunsPanel::applyHeight);
    connect(m_list, &QListView::customContextMenuRequested, this, &RunsPanel::showMenu);
    connect(m_list, &QListView::doubleClicked, this,
            [this](const QModelIndex& index) { Q_EMIT openRequested(index.data(RunListModel::DirectoryRole).toString()); });
    refresh();
}

void RunsPanel::setRunModel(RunListModel* model) {
    m_model = model;
    m_list->setModel(model);
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model, signal, this, &RunsPanel::refresh);
    connect(model, &QAbstractItemModel::modelReset, this, &RunsPanel::refresh);
    refresh();
}

void RunsPanel::setTall(bool tall) {
    m_tall = tall;
    applyHeight();
}

void RunsPanel::applyHeight() {
    const int low = Theme::instance().px(152);
    setMinimumHeight(low);
    setMaximumHeight(m_tall ? QWIDGETSIZE_MAX : low);
}

void RunsPanel::refresh() {
    const int rows = m_model ? m_model->rowCount() : 0;
    m_stack->setCurrentIndex(rows > 0 ? 0 : 1);
    for (int row = 0; row < rows; ++row)
        if (const QModelIndex index = m_model->index(row, 0); index.data(RunListModel::CurrentRole).toBool())
            m_list->scrollTo(index);
}

void RunsPanel::showMenu(const QPoint& place) {
    const QModelIndex index = m_list->indexAt(place);
    if (!index.isValid()) return;
    const bool shown = index.data(RunListModel::ShownRole).toBool();
    const bool open = index.data(RunListModel::CurrentRole).toBool();
    const QPersistentModelIndex kept(index);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const Theme& theme = Theme::instance();
    QAction* openAction = menu->addAction(theme.icon(QStringLiteral("folder")), tr("Open"), this, [this, kept] {
        if (kept.isValid()) Q_EMIT openRequested(kept.data(RunListModel::DirectoryRole).toString());
    });
    openAction->setEnabled(!open);
    menu->addAction(theme.icon(QStringLiteral("layers")), tr("Look into it"), this, [this, kept] {
        if (kept.isValid()) Q_EMIT inspectRequested(kept.data(RunListModel::DirectoryRole).toString());
    });
    menu->addAction(theme.icon(shown ? QStringLiteral("eye-off") : QStringLiteral("eye")),
                    shown ? tr("Hide from the curves") : tr("Show in the curves"), this, [this, kept, shown] {
                        if (kept.isValid()) m_model->setData(kept, shown ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
                    });
    menu->addSeparator();
    QAction* remove = menu->addAction(theme.icon(QStringLiteral("trash")), tr("Delete…"), this, [this, kept] {
        if (kept.isValid()) askToDelete(kept.row());
    });
    remove->setEnabled(!open);
    menu->popup(m_list->viewport()->mapToGlobal(place));
}

void RunsPanel::askToDelete(int row) {
    cancelQuestion();
    const QModelIndex index = m_model->index(row, 0);
    if (!index.isValid() || index.data(RunListModel::CurrentRole).toBool()) return;
    m_question = new QWidget;
    m_question->setProperty("ground", QStringLiteral("surface"));
    m_question->setAttribute(Qt::WA_StyledBackground);
    auto* yes = new QPushButton(tr("Delete"), m_question);
    auto* no = new QPushButton(tr("Keep"), m_question);
    for (QPushButton* button : {yes, no}) button->setProperty("small", true);
    auto* layout = new QHBoxLayout(m_question);
    layout->setContentsMargins(8, 1, 4, 1);
    layout->setSpacing(6);
    QLabel* question = makeLabel(tr("Delete %1?").arg(m_model->name(row)), "strong", m_question);
    question->setToolTip(tr("Its curves and checkpoints are deleted for good."));
    layout->addWidget(question, 1);
    layout->addWidget(yes);
    layout->addWidget(no);
    const QString directory = index.data(RunListModel::DirectoryRole).toString();
    connect(yes, &QPushButton::clicked, this, [this, directory] {
        cancelQuestion();
        Q_EMIT deleteRequested(directory);
    });
    connect(no, &QPushButton::clicked, this, &RunsPanel::cancelQuestion);
    m_question->installEventFilter(this);
    m_list->setIndexWidget(index, m_question);
    m_list->scrollTo(index);
    // The harmless answer is the one that Enter and Space give.
    no->setFocus();
}

void RunsPanel::cancelQuestion() {
    if (!m_question) return;
    QWidget* question = m_question;
    m_question.clear();
    question->hide();
    question->deleteLater();
    m_list->setFocus();
}

bool RunsPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (watched == m_question && key == Qt::Key_Escape) {
        cancelQuestion();
        return true;
    }
    const QModelIndex index = m_list->currentIndex();
    if (watched == m_list && index.isValid()) {
        if (key == Qt::Key_Delete) {
            askToDelete(index.row());
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            Q_EMIT openRequested(index.data(RunListModel::DirectoryRole).toString());
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace thaw::ui
