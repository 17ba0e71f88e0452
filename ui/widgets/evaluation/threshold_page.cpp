#include "ui/widgets/evaluation/threshold_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "ui/models/percent_text.h"
#include "ui/widgets/evaluation/side_panel.h"
#include "ui/widgets/evaluation/threshold_figures.h"
#include "ui/widgets/evaluation/threshold_plot.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kGap = 10;
constexpr int kLow = 560, kWidestClass = 180;  // design pixels
constexpr int kSliderSteps = 1000;

}  // namespace

ThresholdPage::ThresholdPage(QWidget* parent) : QWidget(parent) {
    m_report.counts.threshold = core::kLabelThreshold;
    m_panel = makeCurves();
    m_side = makeSide();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kGap);
    row->addWidget(m_panel, 1);
    row->addWidget(m_side);
    connect(m_classes, &QComboBox::activated, this, &ThresholdPage::chooseClass);
    connect(m_slider, &QSlider::valueChanged, this,
            [this](int value) { setThreshold(static_cast<double>(value) / kSliderSteps); });
    connect(m_field, &NumberBox::finished, this, &ThresholdPage::setThreshold);
    connect(m_roc, &ThresholdPlot::thresholdChosen, this, &ThresholdPage::setThreshold);
    connect(m_precision, &ThresholdPlot::thresholdChosen, this, &ThresholdPage::setThreshold);
    connect(&Theme::instance(), &Theme::changed, this, &ThresholdPage::arrange);
    arrange();
}

QFrame* ThresholdPage::makeCurves() {
    QFrame* panel = makePanel(this);
    auto* content = new QWidget;
    m_problem = makeText("table", content);
    const auto plotOf = [content](ThresholdPlot::Kind kind, QLabel*& title, ThresholdPlot*& plot) {
        title = makeLabel({}, "panelTitle", content);
        plot = new ThresholdPlot(kind, content);
        auto* column = new QVBoxLayout;
        column->setSpacing(4);
        column->addWidget(title);
        column->addWidget(plot, 1);
        return column;
    };
    auto* plots = new QHBoxLayout;
    plots->setSpacing(20);
    plots->addLayout(plotOf(ThresholdPlot::Kind::Roc, m_rocTitle, m_roc), 1);
    plots->addLayout(plotOf(ThresholdPlot::Kind::PrecisionRecall, m_precisionTitle, m_precision), 1);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(8);
    column->addWidget(m_problem);
    column->addLayout(plots, 1);
    scrollInPanel(panel, content, 8);
    // What is moved stays in sight while the curves scroll.
    static_cast<QVBoxLayout*>(panel->layout())->insertWidget(0, makeChoice(panel));
    return panel;
}

QWidget* ThresholdPage::makeChoice(QWidget* parent) {
    auto* box = new QWidget(parent);
    const QString explanation =
        tr("A picture is called so when its probability of the class is at least the threshold. A lower one finds more pictures "
           "of the class and takes more others for it.");
    m_classes = new SettingCombo(box);
    m_classes->setAccessibleName(tr("Class"));
    m_classes->setToolTip(tr("The class that is told from all the others"));
    m_slider = new QSlider(Qt::Horizontal, box);
    m_slider->setRange(0, kSliderSteps);
    m_slider->setPageStep(kSliderSteps / 20);
    m_field = new NumberBox({0, 1}, NumberStep::Add, 0.01, box);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_slider, m_field}) {
        widget->setAccessibleName(tr("Threshold"));
        widget->setAccessibleDescription(explanation);
        widget->setToolTip(explanation);
    }
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 8, 0);
    row->setSpacing(kGap);
    row->addWidget(makeLabel(tr("Class"), "table", box));
    row->addWidget(m_classes);
    row->addSpacing(kGap);
    row->addWidget(makeLabel(tr("Threshold"), "table", box));
    row->addWidget(m_slider, 1);
    row->addWidget(m_field);
    return box;
}

QFrame* ThresholdPage::makeSide() {
    QFrame* side = makePanel(this);
    m_figures = new ThresholdFigures;
    scrollInPanel(side, m_figures);
    return side;
}

void ThresholdPage::setEvaluated(const Evaluated& evaluated) {
    const bool sameClasses = m_shown.predictions && evaluated.classNames == m_shown.classNames;
    m_shown = evaluated;
    const int classes = evaluated.predictions->classCount;
    if (!sameClasses) {
        m_classes->clear();
        for (int i = 0; i < classes; ++i) m_classes->addItem(evaluated.classNames.value(i, tr("class %1").arg(i)));
        m_class = classes == 2 ? 1 : 0;
        m_report.counts.threshold = core::kLabelThreshold;
    }
    m_classes->setCurrentIndex(m_class);
    arrange();
    setMetrics({});
    m_outdated = true;
    if (isVisible()) chooseClass(m_class);
}

void ThresholdPage::setMetrics(const std::vector<core::BootstrapMetric>& metrics) {
    if (m_shown.predictions) m_figures->setMetrics(m_shown.predictions->task, metrics);
}

void ThresholdPage::failMetrics(const QString& problem) { m_figures->failMetrics(problem); }

void ThresholdPage::chooseClass(int classIndex) {
    m_class = classIndex;
    m_outdated = false;
    const core::PredictionSet& predictions = *m_shown.predictions;
    const auto curve = std::make_shared<const ThresholdPlot::Curve>(core::thresholdCurve(predictions, classIndex));
    const double area = core::areaUnderRoc(predictions, classIndex),
                 precision = core::areaUnderPrecisionRecall(predictions, classIndex);
    m_problem->setVisible(area < 0);
    m_problem->setText(precision < 0
                           ? tr("No picture is %1, so nothing can be said of it.").arg(m_classes->currentText())
                           : tr("All pictures are %1, so there is nothing to tell it from.").arg(m_classes->currentText()));
    m_rocTitle->setText(area < 0 ? tr("ROC curve") : tr("ROC curve, area %1").arg(QLocale().toString(area, 'f', 3)));
    m_precisionTitle->setText(precision < 0 ? tr("Precision and recall")
                                            : tr("Average precision %1").arg(percentText(precision)));
    m_precisionTitle->setToolTip(tr("Average precision: the mean of the precision over the recall, the area below the curve"));
    m_roc->setCurve(area < 0 ? nullptr : curve);
    m_precision->setCurve(area < 0 ? nullptr : curve);
    setThreshold(threshold());
}

void ThresholdPage::setThreshold(double threshold) {
    if (!m_shown.predictions) return;
    m_report = core::thresholdReport(*m_shown.predictions, m_class, std::clamp(threshold, 0.0, 1.0));
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(static_cast<int>(std::lround(kSliderSteps * m_report.counts.threshold)));
    m_field->endTyping();
    m_field->setValue(m_report.counts.threshold);
    m_roc->setPoint(m_report);
    m_precision->setPoint(m_report);
    m_figures->setReport(m_report, m_classes->currentText());
}

void ThresholdPage::arrange() {
    const Theme& theme = Theme::instance();
    m_side->setFixedWidth(qBound(theme.px(236), width() * 27 / 100, theme.px(342)));
    m_classes->setMinimumWidth(qMin(m_classes->widthForAll(), theme.px(kWidestClass)));
    const bool low = height() < theme.px(kLow);
    m_figures->setRoomy(!low);
    m_side->layout()->setContentsMargins(16, low ? 6 : 12, 8, low ? 6 : 12);
    m_panel->layout()->setContentsMargins(16, low ? 6 : 12, 8, low ? 4 : 8);
}

void ThresholdPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_outdated) chooseClass(m_class);
}

void ThresholdPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

}  // namespace thaw::ui
