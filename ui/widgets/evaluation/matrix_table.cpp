#include "ui/widgets/evaluation/matrix_table.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include <algorithm>
#include <cmath>

#include "ui/models/color_map.h"
#include "ui/models/confusion_model.h"
#include "ui/models/percent_text.h"
#include "ui/widgets/evaluation/name_header.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kScoreWidth = 112, kBriefScoreWidth = 58, kBarWidth = 52;
constexpr int kLeastRow = 19, kMostRow = 40, kSumRow = 24, kScoreRow = 38;
constexpr int kLeastTallRow = 25;  // from here on the scores below have bars
constexpr int kLeastColumn = 30, kMostColumn = 88;
constexpr double kStrong = 0.45;  // from here on the number is bold

class MatrixDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        switch (index.data(ConfusionModel::KindRole).toInt()) {
            case ConfusionModel::CellKind:
                paintCell(painter, option, index);
                break;
            case ConfusionModel::SumKind:
                painter->setFont(Theme::instance().font(TextRole::Table));
                painter->setPen(Theme::instance().color(Tone::Ink3));
                painter->drawText(option.rect, Qt::AlignCenter, index.data().toString());
                break;
            case ConfusionModel::NoKind:
                break;
            default:
                paintScore(painter, option.rect, index);
        }
        painter->restore();
    }

private:
    static void paintCell(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) {
        const Theme& theme = Theme::instance();
        const double strength = index.data(ConfusionModel::StrengthRole).toDouble();
        const bool selected = option.state & QStyle::State_Selected, focused = option.state & QStyle::State_HasFocus;
        const QColor ground = matrixColor(strength);
        const double edge = selected ? 2.5 * theme.scale() : 2;
        QRectF cell = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5);
        if (selected || focused) {
            painter->setPen(QPen(theme.color(selected ? Tone::Ink : Tone::Accent), edge));
            cell.adjust(edge / 2, edge / 2, -edge / 2, -edge / 2);
        } else {
            painter->setPen(Qt::NoPen);
        }
        painter->setBrush(ground);
        painter->drawRoundedRect(cell, theme.px(3), theme.px(3));
        if (selected && focused) {
            painter->setPen(QPen(theme.color(Tone::Surface), 1));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(cell.adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), theme.px(2), theme.px(2));
        }
        const bool diagonal = index.data(ConfusionModel::TrueClassRole) == index.data(ConfusionModel::PredictedClassRole);
        painter->setFont(theme.font(diagonal || std::abs(strength) > kStrong ? TextRole::TableStrong : TextRole::Table));
        painter->setPen(theme.readableOn(ground));
        painter->drawText(option.rect, Qt::AlignCenter, index.data().toString());
    }

    static void paintScore(QPainter* painter, const QRect& rect, const QModelIndex& index) {
        const Theme& theme = Theme::instance();
        const int kind = index.data(ConfusionModel::KindRole).toInt();
        QString text = index.data().toString();
        const bool difference = static_cast<const ConfusionModel*>(index.model())->isDifference();
        const bool better = text.startsWith(QLatin1Char('+')), worse = text.startsWith(QChar(0x2212));
        const Tone ink = difference && better ? Tone::Right : difference && worse ? Tone::Wrong : Tone::Ink;
        painter->setFont(theme.font(kind == ConfusionModel::AccuracyKind ? TextRole::BodyStrong : TextRole::TableStrong));
        painter->setPen(theme.color(ink));
        const double value = index.data(ConfusionModel::ValueRole).toDouble();
        const bool tall = rect.height() >= theme.px(kScoreRow) - 1, wide = rect.width() >= theme.px(kScoreWidth) - 1;
        if (kind == ConfusionModel::RecallKind) {
            const QRect room = rect.adjusted(theme.px(8), 0, -theme.px(2), 0);
            const bool bar = wide && !difference;
            painter->drawText(room, Qt::AlignVCenter | (bar ? Qt::AlignRight : Qt::AlignHCenter), text);
            if (!bar) return;
            // As long in every row, and clear of the widest number.
            const double clear = room.width() - painter->fontMetrics().horizontalAdvance(percentText(1.0)) - theme.px(6);
            drawConfidenceBar(
                painter,
                QRectF(room.left(), room.center().y() - theme.px(3), std::min<double>(theme.px(kBarWidth), clear), theme.px(7)),
                value, theme.color(Tone::Right));
            return;
        }
        if (painter->fontMetrics().horizontalAdvance(text) > rect.width() && !difference)
            text = QLocale().toString(100 * value, 'f', 0);
        const int half = rect.height() / 2;
        if (kind == ConfusionModel::AccuracyKind) {
            const QRect room = rect.adjusted(0, 0, -theme.px(2), 0);
            const int alignment = wide && !difference ? Qt::AlignRight : Qt::AlignHCenter;
            painter->drawText(tall ? room.adjusted(0, half - theme.px(3), 0, 0) : room, Qt::AlignVCenter | alignment, text);
            if (!tall) return;
            painter->setFont(theme.font(TextRole::Caption));
            painter->setPen(theme.color(Tone::Ink3));
            painter->drawText(room.adjusted(0, 0, 0, -half), Qt::AlignVCenter | alignment, MatrixTable::tr("overall"));
            return;
        }
        const bool bar = tall && !difference;
        painter->drawText(bar ? rect.adjusted(0, half - theme.px(3), 0, 0) : rect, Qt::AlignCenter, text);
        if (bar) {
            const double width = std::min<double>(theme.px(44), rect.width() - theme.px(12));
            drawConfidenceBar(painter, QRectF(rect.center().x() - width / 2, rect.top() + theme.px(7), width, theme.px(7)), value,
                              theme.color(Tone::Accent));
        }
    }
};

}  // namespace

QColor matrixColor(double strength) {
    const Theme& theme = Theme::instance();
    const double size = std::min(1.0, std::abs(strength));
    if (strength > 0) return mixed(theme.color(Tone::Surface), theme.color(Tone::Right), 0.14 + 0.86 * size);
    return mixed(mixed(theme.color(Tone::Surface), theme.color(Tone::Line), 0.4), theme.color(Tone::Wrong), 0.03 + 0.75 * size);
}

MatrixTable::MatrixTable(QWidget* parent)
    : QTableView(parent),
      m_across(new NameHeader(Qt::Horizontal, this)),
      m_down(new NameHeader(Qt::Vertical, this)),
      m_corner(makeLabel(tr("was (label)"), "caption", this)) {
    setHorizontalHeader(m_across);
    setVerticalHeader(m_down);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setItemDelegate(new MatrixDelegate(this));
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setSelectionBehavior(QAbstractItemView::SelectItems);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setTabKeyNavigation(false);
    setCornerButtonEnabled(false);
    setCornerWidget(new QWidget(this));  // the style would draw lines there
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setMouseTracking(true);
    setAccessibleName(tr("Confusion matrix: rows are what the pictures are, columns what they are called"));
    m_corner->setProperty("ground", "surface");
    m_corner->setAlignment(Qt::AlignLeft | Qt::AlignBottom);
    m_corner->setAttribute(Qt::WA_TransparentForMouseEvents);
    const auto tone = [this](const std::vector<bool>* used) {
        return [this, used](int section) {
            const auto place = static_cast<std::size_t>(section);
            if (place < used->size() && (*used)[place]) return Tone::Accent;
            return m_matrix && section < m_matrix->classCount() ? Tone::Ink : Tone::Ink3;
        };
    };
    m_across->setTone(tone(&m_columnUsed));
    m_down->setTone(tone(&m_rowUsed));
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (!m_matrix) return;
        measure();
        fit();
    });
}

void MatrixTable::setConfusionModel(ConfusionModel* model) {
    m_matrix = model;
    setModel(model);
    const auto fitAnew = [this] {
        m_across->setTitle(tr("called (prediction)"), m_matrix->classCount());
        m_across->setClickableSections(m_matrix->classCount());
        m_down->setClickableSections(m_matrix->classCount());
        measure();
        fit();
        noteSelection();
    };
    connect(model, &ConfusionModel::reportChanged, this, fitAnew);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        noteSelection();
        Q_EMIT cellsSelected();
    });
    fitAnew();
}

void MatrixTable::setSelectable(bool selectable) {
    setSelectionMode(selectable ? QAbstractItemView::ExtendedSelection : QAbstractItemView::NoSelection);
}

std::vector<std::pair<int, int>> MatrixTable::selectedCells() const {
    const int classes = m_matrix->classCount();
    std::vector<bool> chosen(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes));
    for (const QRect& block : selectedBlocks())
        for (int row = block.top(); row <= block.bottom(); ++row)
            std::fill_n(chosen.begin() + row * classes + block.left(), block.width(), true);
    std::vector<std::pair<int, int>> cells;
    for (std::size_t place = 0; place < chosen.size(); ++place)
        if (chosen[place])
            cells.emplace_back(m_matrix->classAt(static_cast<int>(place) / classes),
                               m_matrix->classAt(static_cast<int>(place) % classes));
    return cells;
}

std::vector<QRect> MatrixTable::selectedBlocks() const {
    std::vector<QRect> blocks;
    const QRect cells(0, 0, m_matrix->classCount(), m_matrix->classCount());
    const QItemSelection selection = selectionModel()->selection();
    for (const QItemSelectionRange& range : selection) {
        const QRect block = cells & QRect(QPoint(range.left(), range.top()), QPoint(range.right(), range.bottom()));
        if (!block.isEmpty()) blocks.push_back(block);
    }
    return blocks;
}

void MatrixTable::selectCell(int truth, int predicted) {
    const QModelIndex index = m_matrix->cellIndex(truth, predicted);
    if (index.isValid()) setCurrentIndex(index);
}

void MatrixTable::selectTrue(int truth) {
    if (const int row = m_matrix->positionOf(truth); row >= 0) selectWhole(row, -1);
}

void MatrixTable::selectWhole(int row, int column) {
    const int last = m_matrix->classCount() - 1;
    const QModelIndex first = m_matrix->index(std::max(row, 0), std::max(column, 0));
    const QItemSelection cells(first, m_matrix->index(row < 0 ? last : row, column < 0 ? last : column));
    const bool holdsCurrent = cells.contains(currentIndex());
    if (!holdsCurrent) selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    selectionModel()->select(cells, QItemSelectionModel::ClearAndSelect);
}

void MatrixTable::noteSelection() {
    m_rowUsed.assign(static_cast<std::size_t>(m_matrix->classCount()), false);
    m_columnUsed = m_rowUsed;
    for (const QRect& block : selectedBlocks()) {
        std::fill_n(m_rowUsed.begin() + block.top(), block.height(), true);
        std::fill_n(m_columnUsed.begin() + block.left(), block.width(), true);
    }
    m_across->viewport()->update();
    m_down->viewport()->update();
}

bool MatrixTable::isCell(const QModelIndex& index) const { return m_matrix->cellAt(index).has_value(); }

void MatrixTable::measure() {
    const int classes = m_matrix->classCount();
    if (classes == 0) return;
    const QFontMetrics metrics(Theme::instance().font(TextRole::TableStrong));
    const auto widestDigit = [&](int first, int last) {
        int width = 0;
        for (int digit = first; digit <= last; ++digit) width = std::max(width, metrics.horizontalAdvance(QChar(u'0' + digit)));
        return width;
    };
    // There are too many cells to measure each. Of the numbers up to the largest, none is wider than this.
    const auto widthOf = [&](const QString& largest) {
        int width = 0;
        bool leading = true;
        for (const QChar one : largest) {
            const int digit = one.digitValue();
            width += digit < 0 ? metrics.horizontalAdvance(one)
                     : leading ? widestDigit(std::min(1, digit), digit)
                               : widestDigit(0, 9);
            leading = leading && digit < 0;
        }
        return width;
    };
    m_widestCell = 0;
    for (const QString& text : m_matrix->longestCellTexts()) m_widestCell = std::max(m_widestCell, widthOf(text));
    m_widestSum = metrics.horizontalAdvance(tr("sum"));
    for (int row = 0; row <= classes; ++row)
        m_widestSum = std::max(m_widestSum, metrics.horizontalAdvance(m_matrix->index(row, classes).data().toString()));
    std::vector<int> names;
    for (int column = 0; column < classes; ++column)
        names.push_back(metrics.horizontalAdvance(m_matrix->headerData(column, Qt::Horizontal).toString()));
    const auto middle = names.begin() + classes / 2;
    std::nth_element(names.begin(), middle, names.end());
    m_middlingName = *middle;
}

void MatrixTable::fit() {
    if (!m_matrix || m_matrix->classCount() == 0) return;
    const Theme& theme = Theme::instance();
    const int classes = m_matrix->classCount();
    const int least = std::max(theme.px(kLeastColumn), m_widestCell + theme.px(6)), sumWidth = m_widestSum + theme.px(14);

    int width = contentsRect().width() - m_down->sizeHint().width();
    const auto columnFor = [&](int scoreWidth) {
        return std::min((width - sumWidth - scoreWidth) / classes, theme.px(kMostColumn));
    };
    m_across->setUpright(m_middlingName + theme.px(2) > std::max(least, columnFor(theme.px(kBriefScoreWidth))));
    const int height = contentsRect().height() - m_across->sizeHint().height();
    const int leastHeight = classes * theme.px(kLeastRow) + 2 * theme.px(kSumRow);
    if (leastHeight > height) width -= verticalScrollBar()->sizeHint().width();
    const bool brief = columnFor(theme.px(kScoreWidth)) < std::max(least, theme.px(46));
    const int column = std::max(least, columnFor(theme.px(brief ? kBriefScoreWidth : kScoreWidth)));
    const bool tall = height >= classes * theme.px(kLeastTallRow) + theme.px(kSumRow + kScoreRow);
    const int scoreRow = theme.px(tall ? kScoreRow : kSumRow);
    const int row = std::clamp((height - theme.px(kSumRow) - scoreRow) / classes, theme.px(kLeastRow), theme.px(kMostRow));
    for (int section = 0; section < classes; ++section) {
        m_across->resizeSection(section, column);
        m_down->resizeSection(section, row);
    }
    m_across->resizeSection(classes, sumWidth);
    m_across->resizeSection(classes + 1, theme.px(brief ? kBriefScoreWidth : kScoreWidth));
    m_down->resizeSection(classes, theme.px(kSumRow));
    m_down->resizeSection(classes + 1, scoreRow);
    updateGeometries();
    viewport()->update();
}

void MatrixTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit();
}

void MatrixTable::updateGeometries() {
    QTableView::updateGeometries();
    m_corner->setContentsMargins(0, 0, 0, Theme::instance().px(4));
    m_corner->setGeometry(0, 0, m_down->width(), m_across->height());
    m_corner->raise();
}

void MatrixTable::keyPressEvent(QKeyEvent* event) {
    const QModelIndex index = currentIndex();
    if (selectionMode() != QAbstractItemView::NoSelection && isCell(index)) {
        if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ShiftModifier) return selectWhole(index.row(), -1);
        if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier) return selectWhole(-1, index.column());
        if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
            Q_EMIT cellsActivated();
            return;
        }
        if (event->key() == Qt::Key_Escape && selectionModel()->hasSelection()) return selectionModel()->clearSelection();
    }
    QTableView::keyPressEvent(event);
}

void MatrixTable::mousePressEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->position().toPoint());
    m_pressedBeside = index.isValid() && !isCell(index);
    if (!m_pressedBeside) return QTableView::mousePressEvent(event);
    if (selectionMode() == QAbstractItemView::NoSelection) return;
    const int classes = m_matrix->classCount();
    if (index.row() < classes)
        selectWhole(index.row(), -1);
    else if (index.column() < classes)
        selectWhole(-1, index.column());
}

void MatrixTable::mouseMoveEvent(QMouseEvent* event) {
    if (!m_pressedBeside) QTableView::mouseMoveEvent(event);
}

void MatrixTable::mouseReleaseEvent(QMouseEvent* event) {
    if (!std::exchange(m_pressedBeside, false)) QTableView::mouseReleaseEvent(event);
}

void MatrixTable::mouseDoubleClickEvent(QMouseEvent* event) {
    QTableView::mouseDoubleClickEvent(event);
    if (selectionMode() != QAbstractItemView::NoSelection && isCell(indexAt(event->position().toPoint())))
        Q_EMIT cellsActivated();
}

QModelIndex MatrixTable::moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) {
    const QModelIndex index = QTableView::moveCursor(action, modifiers);
    if (!index.isValid() || isCell(index)) return index;
    const int last = m_matrix->classCount() - 1;
    return m_matrix->index(std::min(index.row(), last), std::min(index.column(), last));
}

}  // namespace thaw::ui
