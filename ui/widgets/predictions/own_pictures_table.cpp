#include "ui/widgets/predictions/own_pictures_table.h"

#include <QHeaderView>
#include <QImage>
#include <QKeyEvent>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

#include "ui/models/own_table_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {
namespace {

constexpr int kThumbnail = 32, kRow = 40;  // design pixels

/// The picture small beside the file's name; what cannot be used in the colour of what is wrong.
class OwnDelegate : public QStyledItemDelegate {
public:
    OwnDelegate(PredictionListModel* pictures, QObject* parent) : QStyledItemDelegate(parent), m_pictures(pictures) {}

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const int id = index.data(OwnTableModel::IdRole).toInt();
        const Theme& theme = Theme::instance();
        if (index.column() == OwnTableModel::FileColumn) {
            const int side = theme.px(kThumbnail);
            option->decorationSize = {side, side};
            const QImage picture = m_pictures->picture(id);
            option->icon =
                picture.isNull()
                    ? theme.icon(QStringLiteral("image"), Tone::Ink3)
                    : QIcon(scaledPicture(picture, m_pictures->pictureKey(id), side, option->widget->devicePixelRatioF(), false));
        }
        if (index.column() == OwnTableModel::PredictedColumn) option->font = theme.font(TextRole::TableStrong);
        if (index.column() == OwnTableModel::PredictedColumn && !m_pictures->item(id).error.isEmpty())
            option->palette.setColor(QPalette::Text, theme.color(Tone::Wrong));
    }

private:
    PredictionListModel* m_pictures;
};

}  // namespace

OwnPicturesTable::OwnPicturesTable(QWidget* parent) : QTableView(parent), m_table(new OwnTableModel(this)) {
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(m_table);
    sorted->setSortRole(OwnTableModel::SortRole);
    sorted->setSortLocaleAware(true);
    setModel(sorted);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);  // as they came
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setShowGrid(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setDragDropMode(QAbstractItemView::NoDragDrop);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setAccessibleName(tr("What the network says of your pictures"));
    verticalHeader()->hide();
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(&Theme::instance(), &Theme::changed, this, &OwnPicturesTable::fit);
    fit();
}

void OwnPicturesTable::setPictures(PredictionListModel* pictures) {
    setItemDelegate(new OwnDelegate(pictures, this));
    m_table->setPictures(pictures);
}

void OwnPicturesTable::setCurrentPicture(int id) {
    m_restoring = true;
    for (int row = 0; row < model()->rowCount(); ++row)
        if (model()->index(row, 0).data(OwnTableModel::IdRole).toInt() == id && currentIndex().row() != row)
            setCurrentIndex(model()->index(row, 0));
    m_restoring = false;
}

void OwnPicturesTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (!m_restoring && current.isValid()) Q_EMIT pictureChosen(current.data(OwnTableModel::IdRole).toInt());
}

void OwnPicturesTable::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete && currentIndex().isValid()) {
        Q_EMIT removeRequested(currentIndex().data(OwnTableModel::IdRole).toInt());
        return;
    }
    QTableView::keyPressEvent(event);
}

void OwnPicturesTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit();
}

void OwnPicturesTable::fit() {
    const Theme& theme = Theme::instance();
    verticalHeader()->setDefaultSectionSize(theme.px(kRow));
    // Figures as wide as they need; the names share the rest.
    const int width = viewport()->width();
    const int probability = theme.px(96), guess = qMax(theme.px(96), width * 13 / 100);
    setColumnWidth(OwnTableModel::PredictedColumn, qMax(theme.px(104), width * 14 / 100));
    setColumnWidth(OwnTableModel::ProbabilityColumn, probability);
    int rest = width - columnWidth(OwnTableModel::PredictedColumn) - probability;
    for (int column = OwnTableModel::SecondColumn; column < OwnTableModel::ColumnCount; ++column) {
        setColumnWidth(column, guess);
        rest -= guess;
    }
    setColumnWidth(OwnTableModel::FileColumn, qMax(theme.px(160), rest));
}

}  // namespace thaw::ui
