#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/widgets/live/live_view_private.h"
#include "ui/widgets/live/preparation_note.h"
#include "ui/widgets/live/read_out_line.h"
#include "ui/widgets/parts/chip.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kStatusMilliseconds = 6000;
constexpr int kLeastPlot = 132;  ///< design pixels: a lower plot pushes other rows away

}  // namespace

void LiveView::Private::build() {
    q->setProperty("panel", true);
    q->setAccessibleName(LiveView::tr("Live curves"));
    auto* column = new QVBoxLayout(q);
    column->setSizeConstraint(QLayout::SetNoConstraint);  // minimumSizeHint() knows what can be left out

    makeHead();
    plot = new CurvePlot(q);
    note = new PreparationNote(q);
    note->hide();
    readOut = new ReadOutLine(plot, q);
    column->addWidget(readOut);
    column->addWidget(plot, 1);

    makeFooter();
    column->addWidget(footer);

    status = new QLabel(q);
    status->setTextFormat(Qt::PlainText);
    status->setWordWrap(true);
    status->setTextInteractionFlags(Qt::TextSelectableByMouse);
    status->hide();
    column->addWidget(status);
    statusTimer.setSingleShot(true);
    statusTimer.setInterval(kStatusMilliseconds);
    QObject::connect(&statusTimer, &QTimer::timeout, status, &QWidget::hide);

    QObject::connect(plot, &CurvePlot::readOutChanged, q, [this] { updateReadOut(); });
    QObject::connect(&Theme::instance(), &Theme::changed, q, [this] { applyTheme(); });
    plot->setCurves(&curves);
    applyTheme();
    smoothing->setValue(kSliderTop / 2);
    updateHero();
}

void LiveView::Private::makeHead() {
    auto* head = new QHBoxLayout;
    hero = makeLabel({}, "hero", q);
    heroTitle = makeLabel({}, "strong", q);
    heroCaption = new ElidedLabel(q);
    heroCaption->setProperty("type", "table");
    heroCaption->setElideMode(Qt::ElideRight);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addStretch();
    words->addWidget(heroTitle);
    words->addWidget(heroCaption);
    words->addStretch();
    chip = new Chip(q);
    chip->hide();
    head->addWidget(hero);
    head->addLayout(words, 1);
    head->addWidget(chip, 0, Qt::AlignVCenter);
    static_cast<QVBoxLayout*>(q->layout())->addLayout(head);
}

void LiveView::Private::makeFooter() {
    footer = new QWidget(q);
    footerGroups = new QBoxLayout(QBoxLayout::LeftToRight, footer);
    reading = new QHBoxLayout;
    tools = new QHBoxLayout;
    footerGroups->addLayout(reading, 1);
    footerGroups->addLayout(tools);
    axes = new SegmentedBar(footer);
    axes->setAccessibleName(LiveView::tr("X axis"));
    axes->setToolTip(LiveView::tr("What runs along the x axis. Time is working time, pauses left out."));
    axes->addSegment(static_cast<int>(SeriesAxis::Epoch), LiveView::tr("Epoch"));
    axes->addSegment(static_cast<int>(SeriesAxis::Step), LiveView::tr("Step"));
    axes->addSegment(static_cast<int>(SeriesAxis::Time), LiveView::tr("Time"));
    axes->setCurrent(static_cast<int>(SeriesAxis::Epoch));
    QObject::connect(axes, &SegmentedBar::currentChanged, q, [this](int id) { plot->setAxis(static_cast<SeriesAxis>(id)); });

    smoothingCaption = makeLabel(LiveView::tr("Smoothing"), "table", footer);
    smoothing = new QSlider(Qt::Horizontal, footer);
    smoothing->setRange(0, kSliderTop);
    smoothing->setPageStep(10);
    smoothing->setAccessibleName(LiveView::tr("Smoothing of the training curves"));
    smoothing->setToolTip(
        LiveView::tr("Average of the training curves over this many batches. All the way left shows the batches alone."));
    smoothingCaption->setBuddy(smoothing);
    smoothingValue = makeLabel({}, "table", footer);
    QObject::connect(smoothing, &QSlider::valueChanged, q, [this] { updateSmoothing(); });

    claimsButton = new QToolButton(footer);
    claimsButton->setProperty("framed", true);
    claimsButton->setCheckable(true);
    claimsButton->setText(LiveView::tr("Claims"));
    claimsButton->setToolTip(LiveView::tr("Show the accuracies that the lesson's text claims, as dotted lines."));
    claimsButton->hide();
    QObject::connect(claimsButton, &QToolButton::toggled, q, [this] { updateReferences(); });
    fitButton = makeFramedButton(QStringLiteral("fit"), {}, LiveView::tr("Show the whole plan"), footer);
    fitButton->setToolTip(LiveView::tr("Show the whole plan again (double click, or 0 in the plot)."));
    QObject::connect(fitButton, &QToolButton::clicked, plot, &CurvePlot::fit);
    exportButton = makeFramedButton(QStringLiteral("export"), {}, LiveView::tr("Export the curves"), footer);
    exportButton->setPopupMode(QToolButton::InstantPopup);
    exportButton->setToolTip(LiveView::tr("Save the curves as a picture or as a table."));
    makeExportMenu();

    reading->addWidget(axes);
    reading->addWidget(smoothingCaption);
    reading->addWidget(smoothing, 1);
    reading->addWidget(smoothingValue);
    reading->addStretch(1);
    tools->addStretch(1);
    tools->addWidget(claimsButton);
    tools->addWidget(fitButton);
    tools->addWidget(exportButton);
}

void LiveView::Private::makeExportMenu() {
    auto* menu = new QMenu(exportButton);
    const std::pair<QString, ExportFormat> formats[] = {{LiveView::tr("Picture (PNG)…"), ExportFormat::Png},
                                                        {LiveView::tr("Drawing (SVG)…"), ExportFormat::Svg},
                                                        {LiveView::tr("Page (PDF)…"), ExportFormat::Pdf},
                                                        {LiveView::tr("Table of all figures (CSV)…"), ExportFormat::Csv}};
    for (const auto& [text, format] : formats)
        QObject::connect(menu->addAction(text), &QAction::triggered, q, [this, chosen = format] { askAndExport(chosen); });
    menu->addSeparator();
    lightFiles = menu->addAction(LiveView::tr("Light, for print"));
    lightFiles->setCheckable(true);
    lightFiles->setChecked(true);
    QObject::connect(lightFiles, &QAction::toggled, q, [this](bool light) { plot->setLightFiles(light); });
    plot->setLightFiles(true);
    QObject::connect(menu, &QMenu::aboutToShow, q, [this] { lightFiles->setVisible(Theme::instance().isDark()); });
    exportButton->setMenu(menu);
}

void LiveView::Private::applyTheme() {
    const Theme& t = Theme::instance();
    auto* column = static_cast<QVBoxLayout*>(q->layout());
    column->setContentsMargins(t.px(14), t.px(12), t.px(6), t.px(12));
    column->setSpacing(t.px(6));
    static_cast<QHBoxLayout*>(column->itemAt(0)->layout())->setSpacing(t.px(8));
    column->itemAt(0)->layout()->setContentsMargins(t.px(2), 0, t.px(10), 0);
    footerGroups->setContentsMargins(t.px(2), 0, t.px(10), 0);
    for (QBoxLayout* one : {footerGroups, reading, tools}) one->setSpacing(t.px(6));
    hero->setMinimumWidth(QFontMetrics(t.font(TextRole::Hero)).horizontalAdvance(QStringLiteral("00.0\u2009%")) + t.px(2));
    smoothing->setMinimumWidth(t.px(56));
    smoothing->setMaximumWidth(t.px(120));
    smoothingValue->setFixedWidth(
        QFontMetrics(t.font(TextRole::Table)).horizontalAdvance(LiveView::tr("%1 batches").arg(QStringLiteral("1,000"))));
    readOut->updateGeometry();
    fitHead();
    fitFooter();
    fitHeight();
}

void LiveView::Private::fitHead() {
    const Theme& t = Theme::instance();
    for (QWidget* label : {static_cast<QWidget*>(hero), static_cast<QWidget*>(heroTitle), static_cast<QWidget*>(heroCaption)})
        label->ensurePolished();
    const int gap = t.px(8);
    const int room = q->width() - t.px(36) - std::max(hero->sizeHint().width(), hero->minimumWidth()) - gap;
    const QFontMetrics metrics = heroCaption->fontMetrics();
    // Every form of the chip, at last none; the shorter caption before a shorter chip.
    const int forms = static_cast<int>(chipTexts.size());
    for (int form = 0; form <= forms; ++form) {
        if (form < forms) {
            chip->setContent(Chip::Look::Warm, QStringLiteral("drop"), chipTexts[form]);
            chip->setAccessibleName(chipTexts.front());
        }
        chip->setVisible(form < forms);
        const int rest = room - (form < forms ? gap + chip->sizeHint().width() : 0);
        for (const QString& caption : heroCaptions) {
            heroCaption->setText(caption);
            if (std::max(heroTitle->sizeHint().width(), metrics.horizontalAdvance(caption)) <= rest) return;
        }
    }
}

void LiveView::Private::fitHeight() {
    const Theme& t = Theme::instance();
    const int gap = t.px(6);
    int plotHeight =
        q->height() - t.px(24) - q->layout()->itemAt(0)->sizeHint().height() - readOut->sizeHint().height() - 2 * gap;
    const int least = t.px(kLeastPlot), toolsHeight = gap + footer->sizeHint().height();
    footer->setVisible(plotHeight - toolsHeight >= std::max(least, CurvePlot::heightForLoss()));
    if (!footer->isHidden()) plotHeight -= toolsHeight;
    readOut->setVisible(plotHeight >= least);
}

void LiveView::Private::fitFooter() {
    const int room = q->width() - Theme::instance().px(32), gap = footerGroups->spacing();
    int toolsWidth = fitButton->sizeHint().width() + gap + exportButton->sizeHint().width();
    if (!claims.empty()) toolsWidth += claimsButton->sizeHint().width() + gap;
    const int slider = axes->sizeHint().width() + gap + smoothing->minimumWidth();
    const int caption = smoothingCaption->sizeHint().width() + gap, number = smoothingValue->minimumWidth() + gap;
    const bool twoRows = slider + gap + toolsWidth > room;
    // What is spared first when the panel is narrow: the number, then the word, then the one row.
    const int rest = room - slider - (twoRows ? 0 : gap + toolsWidth);
    smoothingCaption->setVisible(caption <= rest);
    smoothingValue->setVisible(caption + number <= rest);
    footerGroups->setDirection(twoRows ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

}  // namespace thaw::ui
