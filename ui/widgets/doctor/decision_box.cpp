#include "ui/widgets/doctor/decision_box.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QToolButton>

#include "ui/bridge/doctor_controller.h"
#include "ui/models/decision_list_model.h"
#include "ui/widgets/parts/file_dialogs.h"
#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/navigated_list.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kRow = 28;  // design pixels

class RowDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {0, Theme::instance().px(kRow)}; }

    static bool isOnUndo(const QRect& row, const QPoint& point) {
        return row.contains(point) && point.x() > row.right() - Theme::instance().px(30);
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const QRectF row(option.rect);
        const double ratio = option.widget ? option.widget->devicePixelRatioF() : 1;
        painter->save();
        if (option.state & QStyle::State_Selected) painter->fillRect(row, theme.color(Tone::AccentBackground));
        painter->setPen(QPen(theme.color(Tone::Line2), 1));
        painter->drawLine(row.bottomLeft(), row.bottomRight());
        const int kind = index.data(DecisionListModel::KindRole).toInt();
        const QString icon = kind == static_cast<int>(core::DecisionKind::Move)   ? QStringLiteral("arrow-right")
                             : kind == static_cast<int>(core::DecisionKind::Keep) ? QStringLiteral("tick")
                                                                                  : QStringLiteral("cross");
        const double top = row.center().y() - theme.px(6);
        painter->drawPixmap(QPointF(row.left() + theme.px(2), top), theme.pixmap(icon, Tone::Ink2, 13, ratio));
        painter->drawPixmap(QPointF(row.right() - theme.px(20), top),
                            theme.pixmap(QStringLiteral("undo"), Tone::Validation, 14, ratio));
        QRectF words = row.adjusted(theme.px(22), 0, -theme.px(28), 0);
        const QString outcome = index.data(DecisionListModel::OutcomeRole).toString();
        painter->setFont(theme.font(TextRole::TableStrong));
        const QString name =
            painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, static_cast<int>(words.width() * 0.6));
        painter->setPen(theme.color(Tone::Ink));
        painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter, name);
        words.adjust(painter->fontMetrics().horizontalAdvance(name) + theme.px(6), 0, 0, 0);
        painter->setFont(theme.font(TextRole::Table));
        painter->setPen(theme.color(Tone::Ink2));
        painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(outcome, Qt::ElideRight, static_cast<int>(words.width())));
        painter->restore();
    }
};

/// A click on the arrow of a row, or Delete, takes it back.
class Rows : public NavigatedList {
public:
    Rows(DecisionListModel& model, DoctorController& doctor, QWidget* parent)
        : NavigatedList(parent), m_model(model), m_doctor(doctor) {
        setFrameShape(QFrame::NoFrame);
        setProperty("bare", true);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setItemDelegate(new RowDelegate(this));
        setModel(&model);
        new FocusRing(this);
        connect(&Theme::instance(), &Theme::changed, this, &QListView::doItemsLayout);
    }

protected:
    void mouseReleaseEvent(QMouseEvent* event) override {
        QListView::mouseReleaseEvent(event);
        const QModelIndex at = indexAt(event->pos());
        if (at.isValid() && RowDelegate::isOnUndo(visualRect(at), event->pos())) takeBack(at);
    }
    void keyPressEvent(QKeyEvent* event) override {
        const bool deletes = event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace;
        if (deletes && currentIndex().isValid()) return takeBack(currentIndex());
        NavigatedList::keyPressEvent(event);
    }

private:
    void takeBack(const QModelIndex& index) { m_doctor.takeBack(std::string(m_model.file(index.row()))); }

    DecisionListModel& m_model;
    DoctorController& m_doctor;
};

}  // namespace

DecisionBox::DecisionBox(DoctorController& doctor, QWidget* parent)
    : QWidget(parent), m_doctor(doctor), m_model(new DecisionListModel(this)) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(6);
    rows->addWidget(makeHead());
    m_list = new Rows(*m_model, doctor, this);
    m_list->setAccessibleName(tr("Decisions"));
    m_list->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    m_list->setMinimumHeight(Theme::instance().px(kRow * 2));
    rows->addWidget(m_list, 1);
    auto* foot = makeLabel(tr("Kept beside the runs. Your files are not changed."), "caption", this);
    foot->setWordWrap(true);
    rows->addWidget(foot);
    connect(&doctor, &DoctorController::decisionsChanged, this, &DecisionBox::refresh);
    connect(&doctor.undoStack(), &QUndoStack::indexChanged, this, &DecisionBox::refresh);
    refresh();
}

QWidget* DecisionBox::makeHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(makeLabel(tr("Decisions"), "panelTitle", head));
    m_count = makeLabel({}, "table", head);
    row->addWidget(m_count);
    row->addStretch(1);
    m_export = makeFramedButton(QStringLiteral("export"), {}, tr("Export the decisions as a table (CSV)"), head);
    m_undo = makeIconPushButton(QStringLiteral("undo"), tr("Undo"), head);
    m_undo->setProperty("small", true);
    row->addWidget(m_export);
    row->addWidget(m_undo);
    connect(m_export, &QToolButton::clicked, this, &DecisionBox::exportTable);
    connect(m_undo, &QPushButton::clicked, &m_doctor.undoStack(), &QUndoStack::undo);
    return head;
}

void DecisionBox::refresh() {
    m_model->setDecisions(m_doctor.decisions());
    const bool any = !m_doctor.decisions().empty();
    m_count->setText(any ? QLocale().toString(static_cast<qlonglong>(m_doctor.decisions().size())) : QString());
    m_export->setEnabled(any);
    const bool canUndo = m_doctor.canDecide() && m_doctor.undoStack().canUndo();
    m_undo->setEnabled(canUndo);
    m_undo->setToolTip(
        toolTipWithKey(canUndo ? m_doctor.undoStack().undoText() : tr("Nothing to undo"), QKeySequence(QKeySequence::Undo)));
}

void DecisionBox::exportTable() {
    saveFile(this, tr("Export the decisions"), QStringLiteral("decisions.csv"), {tr("Table (*.csv)")},
             {{tr("Table (*.csv)"), QStringLiteral("csv")}}, [this](const QString& file) { m_doctor.exportDecisions(file); });
}

}  // namespace thaw::ui
