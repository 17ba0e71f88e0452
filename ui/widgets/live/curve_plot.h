// Accuracy above loss on one x axis, with phase bands, event flags, the stretch still to come, other runs and a crosshair.
// Where it is low, the curves keep the height: titles and lanes of flags fold away, and at last the loss.
// The only widget that knows QCustomPlot. It draws what it is given and asks nothing: the curves belong to the caller.
// Repainting: dataChanged() marks it dirty; a timer replots at most ten times a second and only while it is visible.
// Mouse: the wheel zooms x, dragging pans, a double click shows the whole plan. Keys: Left and Right read epoch by epoch, Home
// and End the first and the last, + and - zoom, Shift+Left and Shift+Right pan, 0 shows the whole plan, Escape lets go.
// While someone reads (the mouse moved inside and was not left lying for half a minute, or reading by keys) no axis moves but
// by his own hand.
#pragma once

#include <QWidget>

#include <memory>
#include <vector>

#include "ui/models/run_curves.h"

namespace thaw::ui {

/// Another run behind the current one: its validation curves in its own colour and dash, its name at the line's end.
struct OtherCurves {
    RunCurves curves;
    int penIndex = 1;  ///< Theme::runPen
    QString name;      ///< "run 2"
};

/// A dotted line across the accuracies.
struct ReferenceLine {
    enum class Look { Frozen, Claim, Run };
    double value = 0;  ///< of the curves' score
    QString label;     ///< "best with frozen trunk"; the value is put before it
    Look look = Look::Claim;
    int penIndex = 0;  ///< of Look::Run
};

struct AxisSpan {
    double from = 0, to = 0;
    bool operator==(const AxisSpan& other) const { return from == other.from && to == other.to; }
    bool operator!=(const AxisSpan& other) const { return !(*this == other); }
};

/// A flag as it was drawn last.
struct PlacedFlag {
    QRectF rect;  ///< in the widget
    int lane = 0;
    QString label;                   ///< "+2" for those that found no room
    std::vector<std::size_t> flags;  ///< indices in RunCurves::flags()
};

class CurvePlot : public QWidget {
    Q_OBJECT
public:
    explicit CurvePlot(QWidget* parent = nullptr);
    ~CurvePlot() override;

    /// Not owned; must live as long as the plot. Call dataChanged() whenever they changed, happeningsChanged() when bands or
    /// flags did.
    void setCurves(const RunCurves* curves);
    void dataChanged();
    void happeningsChanged();
    void setOtherRuns(std::vector<OtherCurves> runs);
    void setReferences(std::vector<ReferenceLine> references);

    SeriesAxis axis() const;
    void setAxis(SeriesAxis axis);  ///< shows the whole plan
    void fit();                     ///< the whole plan, and y fitted to the figures
    bool isFitted() const;
    void zoom(double factor, double center);  ///< factor below 1 shows less; center in units of the axis
    void pan(double distance);                ///< in units of the axis
    bool isBeingRead() const;
    void setReadingTimeout(int milliseconds);  ///< of a mouse that lies still
    ReadOut readOut() const;                   ///< at the crosshair

    AxisSpan xSpan() const;
    AxisSpan accuracySpan() const;
    AxisSpan lossSpan() const;
    const std::vector<PlacedFlag>& placedFlags() const;
    const std::vector<QRectF>& placedLabels() const;  ///< words in the panes, as they were drawn last
    bool showsLoss() const;                           ///< there is room for it
    static int heightForLoss();                       ///< the least that has room for it
    QRect accuracyRect() const;                       ///< inside the axes, in the widget
    double pixelOf(double x) const;                   ///< x in units of the axis
    qint64 pointsDrawn() const;                       ///< vertices of all lines in the last drawing
    double lastReplotMilliseconds() const;

    /// Files in the light colours, whatever the screen has.
    void setLightFiles(bool light);
    /// What is seen, with a line of title and a legend, as a file's content. GUI thread.
    QImage toImage(const QSize& size, double scale, const QString& title);
    QByteArray toSvg(const QSize& size, const QString& title);
    QByteArray toPdf(const QSize& size, const QString& title);

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void readOutChanged();
    void fittedChanged(bool fitted);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> d;
};

}  // namespace thaw::ui
