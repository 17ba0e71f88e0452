#include "ui/widgets/evaluation/score_lists.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>

#include "ui/models/class_score_model.h"
#include "ui/models/mix_up_model.h"
#include "ui/widgets/evaluation/name_header.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kMixUpRow = 31, kNumberWidth = 41, kF1Width = 46, kPad = 10, kLeastBar = 24;

Tone toneOf(int column) {
    return column == ClassScoreModel::RecallColumn      ? Tone::Right
           : column == ClassScoreModel::PrecisionColumn ? Tone::Accent
                                                        : Tone::Ink2;
}

/// The plate of a chosen row; `first` and `last` tell which of its ends lie in `rect`.
void paintPlate(QPainter* painter, const QStyleOptionViewItem& option, bool focused, bool first, bool last) {
    const bool selected = option.state & QStyle::State_Selected;
    if (!selected && !(option.state & QStyle::State_MouseOver)) return;
    const Theme& theme = Theme::instance();
    painter->save();
    painter->setClipRect(option.rect);
    const int over = theme.px(12);
    const QRectF plate = QRectF(option.rect).adjusted(first ? 1 : -over, 1, last ? -1 : over, -1);
    painter->setPen(focused && selected ? QPen(theme.color(Tone::Accent), 1.5) : QPen(Qt::NoPen));
    painter->setBrush(theme.color(selected ? Tone::AccentBackground : Tone::Surface2));
    painter->drawRoundedRect(plate, theme.px(6), theme.px(6));
    painter->restore();
}

class ScoreDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const int column = index.column();
        const auto* view = static_cast<const QTableView*>(option.widget);
        const int last =
            view->isColumnHidden(ClassScoreModel::F1Column) ? ClassScoreModel::PrecisionColumn : ClassScoreModel::F1Column;
        QStyleOptionViewItem row = option;
        row.state.setFlag(QStyle::State_MouseOver, false);
        paintPlate(painter, row, view->hasFocus(), column == ClassScoreModel::NameColumn, column == last);
        const bool mean = index.data(ClassScoreModel::ClassRole).toInt() < 0;
        const QString text = index.data().toString();
        if (column == ClassScoreModel::NameColumn) {
            const QRect room = option.rect.adjusted(theme.px(kPad), 0, 0, 0);
            painter->setFont(theme.font(mean ? TextRole::Table : TextRole::TableStrong));
            painter->setPen(theme.color(mean ? Tone::Ink2 : Tone::Ink));
            painter->drawText(room, Qt::AlignVCenter, painter->fontMetrics().elidedText(text, Qt::ElideRight, room.width()));
        } else {
            const QRect room = option.rect.adjusted(theme.px(8), 0, column == last ? -theme.px(kPad) : 0, 0);
            painter->setFont(theme.font(TextRole::TableStrong));
            painter->setPen(theme.color(column == ClassScoreModel::F1Column ? Tone::Ink2 : Tone::Ink));
            painter->drawText(room, Qt::AlignVCenter | Qt::AlignRight, text);
            const double bar = room.width() - theme.px(kNumberWidth);
            if (column != ClassScoreModel::F1Column && bar >= theme.px(kLeastBar))
                drawConfidenceBar(painter, QRectF(room.left(), room.center().y() - theme.px(3), bar, theme.px(7)),
                                  index.data(ClassScoreModel::ValueRole).toDouble(), theme.color(toneOf(column)));
        }
        painter->restore();
    }
};

class MixUpDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {Theme::instance().px(160), Theme::instance().px(kMixUpRow)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        paintPlate(painter, option, option.widget->hasFocus(), true, true);
        QRect room = option.rect.adjusted(theme.px(kPad), 0, -theme.px(kPad), 0);
        painter->setFont(theme.font(TextRole::BodyStrong));
        painter->setPen(theme.color(Tone::Ink));
        const QString count = index.siblingAtColumn(MixUpModel::PicturesColumn).data().toString();
        painter->drawText(room, Qt::AlignVCenter | Qt::AlignRight, count);
        room.setRight(room.right() - painter->fontMetrics().horizontalAdvance(count) - theme.px(8));
        const auto write = [&](const QString& text, TextRole role, Tone tone) {
            painter->setFont(theme.font(role));
            painter->setPen(theme.color(tone));
            painter->drawText(room, Qt::AlignVCenter, painter->fontMetrics().elidedText(text, Qt::ElideRight, room.width()));
            room.setLeft(room.left() + painter->fontMetrics().horizontalAdvance(text) + theme.px(6));
        };
        write(index.siblingAtColumn(MixUpModel::TrueColumn).data().toString(), TextRole::TableStrong, Tone::Ink);
        if (room.width() > 0) write(MixUpList::tr("called"), TextRole::Table, Tone::Ink3);
        if (room.width() > 0)
            write(index.siblingAtColumn(MixUpModel::PredictedColumn).data().toString(), TextRole::TableStrong, Tone::Wrong);
        painter->restore();
    }
};

}  // namespace

ClassScoreTable::ClassScoreTable(ClassScoreModel& model, QWidget* parent) : QTableView(parent), m_scores(model) {
    auto* header = new NameHeader(Qt::Horizontal, this);
    header->setTone(toneOf);
    header->setSectionsClickable(false);
    setHorizontalHeader(header);
    verticalHeader()->hide();
    verticalHeader()->setMinimumSectionSize(1);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setModel(&model);
    setItemDelegate(new ScoreDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setTabKeyNavigation(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setAccessibleName(tr("Class by class"));
    connect(&Theme::instance(), &Theme::changed, this, &ClassScoreTable::fit);
}

int ClassScoreTable::headerHeight() const { return horizontalHeader()->sizeHint().height(); }

void ClassScoreTable::setRowHeight(int pixels) { verticalHeader()->setDefaultSectionSize(pixels); }

void ClassScoreTable::showClass(int classIndex) {
    const QScopedValueRollback showing(m_showing, true);
    const int row = m_scores.rowOf(classIndex);
    if (row < 0)
        selectionModel()->clear();
    else
        setCurrentIndex(m_scores.index(row, ClassScoreModel::NameColumn));
}

void ClassScoreTable::choose(const QModelIndex& index) {
    const int classIndex = index.data(ClassScoreModel::ClassRole).toInt();
    if (index.isValid() && classIndex >= 0) Q_EMIT classChosen(classIndex);
}

void ClassScoreTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (!m_showing && current.row() != previous.row()) choose(current);
}

void ClassScoreTable::mousePressEvent(QMouseEvent* event) {
    const QModelIndex before = currentIndex();
    QTableView::mousePressEvent(event);
    // The row may be highlighted for a single cell: a click asks for the whole of it.
    if (currentIndex().isValid() && currentIndex().row() == before.row()) choose(currentIndex());
}

void ClassScoreTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit();
}

void ClassScoreTable::fit() {
    const Theme& theme = Theme::instance();
    const int width = viewport()->width(), number = theme.px(8 + kNumberWidth + kPad);
    const int f1 = theme.px(kF1Width + kPad);
    setColumnHidden(ClassScoreModel::F1Column, width < theme.px(300));
    const int rest = width - (isColumnHidden(ClassScoreModel::F1Column) ? 0 : f1);
    const int score = qMax(number, qMin(theme.px(112), rest * 31 / 100));
    setColumnWidth(ClassScoreModel::NameColumn, rest - 2 * score);
    setColumnWidth(ClassScoreModel::RecallColumn, score);
    setColumnWidth(ClassScoreModel::PrecisionColumn, score);
    setColumnWidth(ClassScoreModel::F1Column, f1);
}

MixUpList::MixUpList(MixUpModel& model, QWidget* parent) : QListView(parent), m_mixUps(model) {
    setModel(&model);
    setItemDelegate(new MixUpDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setUniformItemSizes(true);
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setAccessibleName(tr("Most common mix-ups"));
    connect(&Theme::instance(), &Theme::changed, this, &QListView::doItemsLayout);
}

void MixUpList::showMixUp(int truth, int predicted) {
    const QScopedValueRollback showing(m_showing, true);
    const int row = m_mixUps.rowOf(truth, predicted);
    if (row < 0)
        selectionModel()->clear();
    else
        setCurrentIndex(m_mixUps.index(row, 0));
}

void MixUpList::choose(const QModelIndex& index) {
    if (index.isValid())
        Q_EMIT mixUpChosen(index.data(MixUpModel::TrueClassRole).toInt(), index.data(MixUpModel::PredictedClassRole).toInt());
}

void MixUpList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (!m_showing) choose(current);
}

void MixUpList::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (m_mixUps.rowCount() > 0) return;
    const Theme& theme = Theme::instance();
    QPainter painter(viewport());
    painter.setFont(theme.font(TextRole::Body));
    painter.setPen(theme.color(Tone::Ink2));
    painter.drawText(viewport()->rect().adjusted(theme.px(kPad), theme.px(4), -theme.px(kPad), 0), Qt::TextWordWrap,
                     tr("None: every picture is called what it is."));
}

void MixUpList::mousePressEvent(QMouseEvent* event) {
    const QModelIndex before = currentIndex();
    QListView::mousePressEvent(event);
    if (currentIndex() == before) choose(before);
}

}  // namespace thaw::ui
