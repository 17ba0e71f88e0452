// A figure of several layers at every kept checkpoint, over the epochs: the layer in question strong, its neighbours thin, names
// at the ends of the lines. The ground says where the layer trained, hatching what is still to come. The tool tip of a place says
// its values, as do the left and right keys, which walk over the checkpoints.
#pragma once

#include <QStringList>
#include <QWidget>

#include <vector>

class QPushButton;

namespace thaw::ui {

class HistoryPlot : public QWidget {
    Q_OBJECT
public:
    struct Line {
        QString name;
        std::vector<double> values;  ///< one a position; what is not finite is no point of the line
        bool frozen = false;         ///< it has never trained
    };
    struct Content {
        std::vector<double> positions;  ///< epochs, ascending
        std::vector<Line> lines;
        int current = -1;           ///< the strong line
        std::vector<bool> trained;  ///< one a position: in the stretch that ends there; empty: not known
        QStringList moments;        ///< one a position, in words
        double plannedEpochs = 0;
        bool percent = true;  ///< else plain numbers
        QString remark;       ///< above the plot
    };

    explicit HistoryPlot(QWidget* parent = nullptr);

    void setContent(Content content);
    const Content& content() const { return m_content; }
    bool hasContent() const { return !m_content.lines.empty(); }
    /// In place of the lines: why there are none. `action` is what the button below says; empty: there is none.
    void setMessage(const QString& message, const QString& action = {});
    QString message() const { return m_message; }
    QPushButton& actionButton() { return *m_action; }
    void setMark(double position);  ///< the checkpoint that the other views show; negative: none

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void actionRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Frame {
        QRectF area;
        double top = 1, step = 1, epochs = 1;  // of the axes
        double x(double position) const { return area.left() + position / epochs * area.width(); }
        double y(double value) const { return area.bottom() - value / top * area.height(); }
    };
    Frame frame() const;
    void placeAction();
    void setRead(int at);
    /// All values at a position, the strong line's first; `step` of the axis.
    QStringList valuesAt(int at, double step) const;
    QString valueText(double value, double step) const;
    void paintBands(QPainter* painter, const Frame& frame) const;
    void paintAxes(QPainter* painter, const Frame& frame) const;
    void paintLines(QPainter* painter, const Frame& frame) const;

    Content m_content;
    QString m_message;
    double m_mark = -1;
    int m_read = -1;  // position that the keys have come to
    QPushButton* m_action;
};

}  // namespace thaw::ui
