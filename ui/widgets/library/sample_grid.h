// Pictures in rows and named columns: what becomes of some samples. It has its own size and stands in an area that scrolls.
#pragma once

#include <QImage>
#include <QStringList>
#include <QWidget>

#include <vector>

namespace thaw::ui {

class SampleGrid : public QWidget {
    Q_OBJECT
public:
    struct Row {
        QString name;                  ///< above its pictures
        std::vector<QImage> pictures;  ///< one a column, of any size; null: none
    };

    explicit SampleGrid(QWidget* parent = nullptr);

    /// `marked`: the column that is in force; -1: none.
    void setContent(const QStringList& columns, std::vector<Row> rows, int marked = -1);
    const std::vector<Row>& rows() const { return m_rows; }
    const QStringList& columns() const { return m_columns; }
    int markedColumn() const { return m_marked; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QRect tile(int row, int column) const;

    QStringList m_columns;
    std::vector<Row> m_rows;
    int m_marked = -1;
};

}  // namespace thaw::ui
