// What CurvePlot keeps to itself; its bodies lie in curve_plot.cpp (axes), curve_plot_ranges.cpp, curve_plot_lines.cpp,
// curve_plot_painting.cpp (what is painted over and under them), curve_plot_labels.cpp (words in the panes), curve_plot_input.cpp
// (mouse and keys) and curve_plot_files.cpp (pictures for a file).
#pragma once

#include "ui/widgets/live/curve_plot_items.h"

#include <QTimer>

#include <vector>

namespace thaw::ui {

constexpr double kAccuracyShare = 58, kLossShare = 42;  ///< of the height
constexpr int kBandHeight = 24;                         ///< design pixels, of the phases' captions

/// How the height is spent: the curves come first. As it gets short, the x axis loses its title, the flags lose their second
/// lane, then their words, and at last the loss goes.
struct CurveShape {
    bool loss;
    int lanes;
    bool axisTitle;
    int leastAccuracy;  ///< pixels of the screen that the accuracies must have left for it
};
inline constexpr CurveShape kShapes[] = {{true, 2, true, 120}, {true, 2, false, 120},  {true, 1, false, 108},
                                         {true, 0, false, 96}, {false, 1, false, 100}, {false, 0, false, 0}};

class CurvePlot::Private {
public:
    explicit Private(CurvePlot* owner);

    struct Pane {
        QCPAxisRect* rect = nullptr;
        QCPGraph *raw = nullptr, *smoothed = nullptr, *past = nullptr, *val = nullptr, *discs = nullptr;
        plotting::SteppedSpan y;
        QCPAxis* key() const { return rect->axis(QCPAxis::atBottom); }
        QCPAxis* value() const { return rect->axis(QCPAxis::atLeft); }
    };
    struct OtherGraphs {
        QCPGraph *accuracy, *loss;
    };
    struct Reached {
        double accuracy, loss;
    };

    void build();
    void applyTheme();
    void arrange(int height);  ///< of the plot
    void setShape(const CurveShape& next);
    double accuracyHeight(const CurveShape& of, int height) const;
    const Pane& bottomPane() const { return shape.loss ? loss : accuracy; }
    QString axisTitle() const;
    void prepare();  ///< after the layout is known, before anything is drawn
    void fill(Pane& pane, const MetricSeries& batches, const MetricSeries& epochs, const MetricSeries& val);
    void setLine(QCPGraph* graph, const ThinnedSeries& thinned, const Pane& pane);
    void placeFlags();
    void paintBands(QCPPainter* painter, const QRect& rect, bool caption);
    void paintStrip(QCPPainter* painter);
    void paintFlagLines(QCPPainter* painter);
    void paintReferences(QCPPainter* painter);
    void paintReferenceLabels(QCPPainter* painter);
    std::vector<const ReferenceLine*> visibleReferences() const;
    bool crossesValidation(const Pane& pane, const QRectF& place) const;
    bool isTaken(const QRectF& place) const;  ///< by a label
    QColor inkOf(const ReferenceLine& line) const;
    QColor groundAt(double xPixel) const;  ///< of the phase band there
    void paintNames(QCPPainter* painter);
    void paintCrosshair(QCPPainter* painter);
    void writeFile(QCPPainter* painter, double scale, const QSize& size, const QString& title);
    void paintFile(QCPPainter* painter, const QSize& size, const QString& title);

    void markDirty();
    void replot();
    void refreshRanges(bool byHand);
    void applyRanges();
    double labelRoom() const;
    bool scoreIsShare() const;
    plotting::SteppedSpan wantedAccuracy() const;
    plotting::SteppedSpan wantedPerplexity(double low, double high) const;
    plotting::SteppedSpan wantedLoss() const;
    double xEnd() const;
    void setX(double from, double to);
    void updateReadOut();
    void refreshHappenings();
    void hover(const QPoint& position);
    void stopReading();
    QString toolTipAt(const QPoint& position) const;
    double pixel(double at) const { return accuracy.key()->coordToPixel(at); }
    double unit(double pixelX) const { return accuracy.key()->pixelToCoord(pixelX); }
    void verticalLine(QCPPainter* painter, double x, double top, double bottom, double width, const QColor& color) const;

    CurvePlot* q;
    QCustomPlot* plot = nullptr;
    QTimer timer, idle;
    const RunCurves* curves = nullptr;
    RunCurves none;
    std::vector<OtherCurves> others;
    std::vector<OtherGraphs> otherGraphs;
    std::vector<ReferenceLine> references;
    std::vector<PhaseBand> bands;
    std::vector<EventFlag> flags;
    std::vector<PlacedFlag> placed;
    std::vector<QRectF> labels;           ///< of this drawing, in the panes: none covers another
    std::vector<std::size_t> unlabelled;  ///< flags that are a line alone, for want of room at the right edge
    QCPAxisRect* strip = nullptr;
    Pane accuracy, loss;
    CurveShape shape = kShapes[0];
    SeriesAxis axis = SeriesAxis::Epoch;
    AxisSpan x{0, 1};
    std::vector<Reached> reached;  ///< by the smoothed training curves
    bool fitted = true, dirty = true, happeningsDirty = true, focusRing = false;
    bool mouseInside = false, dragging = false;
    double mouseX = 0;  ///< pixels
    int keyEpoch = 0;   ///< read by keys; 0: not
    QPoint dragStart;
    AxisSpan dragSpan;
    ReadOut readOut;
    double exportScale = 0;  ///< 0: on the screen
    bool lightFiles = false;
    qint64 pointsDrawn = 0;
};

}  // namespace thaw::ui
