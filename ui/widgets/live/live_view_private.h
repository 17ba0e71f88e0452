// What LiveView keeps to itself; its bodies lie in live_view.cpp and, for what stands where, in live_view_layout.cpp.
#pragma once

#include <QElapsedTimer>
#include <QStringList>
#include <QTimer>

#include "ui/widgets/live/live_view.h"

class QAction;
class QBoxLayout;
class QLabel;
class QSlider;
class QThread;
class QToolButton;

namespace thaw::ui {

class Chip;
class ElidedLabel;
class PreparationNote;
class ReadOutLine;
class SegmentedBar;

inline constexpr int kSliderTop = 100;  ///< 1000 batches; the scale is logarithmic

class LiveView::Private {
public:
    explicit Private(LiveView* owner) : q(owner) { clock.start(); }

    void build();
    void makeHead();
    void makeFooter();
    void makeExportMenu();
    double now() const { return givenClock ? givenClock() : static_cast<double>(clock.elapsed()) / 1000; }
    void applyTheme();
    void updateHero();
    void updateReferences();
    void updateReadOut();
    void updateSmoothing();
    void fitHead();
    void fitFooter();
    void fitHeight();
    void runStarted(const core::RunStarted& run);
    void happened();
    void placeNote();
    void askAndExport(ExportFormat format);
    void showStatus(const QString& text, bool failed);

    LiveView* q;
    QElapsedTimer clock;
    std::function<double()> givenClock;
    RunCurves curves;
    std::vector<OtherRun> others;
    std::vector<RunCurves> otherCurves;
    std::vector<double> claims;
    QString runId, runTitle;
    std::vector<QThread*> exports;

    QLabel *hero = nullptr, *heroTitle = nullptr;
    QStringList heroCaptions, chipTexts;  ///< the whole sentence, and what is said where there is less room
    ElidedLabel* heroCaption = nullptr;
    Chip* chip = nullptr;
    ReadOutLine* readOut = nullptr;
    CurvePlot* plot = nullptr;
    PreparationNote* note = nullptr;
    SegmentedBar* axes = nullptr;
    QLabel *smoothingCaption = nullptr, *smoothingValue = nullptr, *status = nullptr;
    QSlider* smoothing = nullptr;
    QToolButton *claimsButton = nullptr, *fitButton = nullptr, *exportButton = nullptr;
    QAction* lightFiles = nullptr;
    QWidget* footer = nullptr;
    QBoxLayout *footerGroups = nullptr, *reading = nullptr, *tools = nullptr;
    QTimer statusTimer;
};

}  // namespace thaw::ui
