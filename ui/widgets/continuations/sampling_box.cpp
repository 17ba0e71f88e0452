#include "ui/widgets/continuations/sampling_box.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRandomGenerator>
#include <QSlider>
#include <QToolButton>

#include <algorithm>
#include <cmath>

#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kTemperatureSteps = 40, kTopKSteps = 60, kTopPSteps = 19;
constexpr double kMostTemperature = 2, kLeastTopP = 0.05;
constexpr int kMostTopK = 1000, kMostLength = 1000;

/// The last step means all.
int topKOf(int step) {
    return step >= kTopKSteps ? 0 : static_cast<int>(std::lround(std::pow(kMostTopK, step / (kTopKSteps - 1.0))));
}
int stepOfTopK(int topK) {
    if (topK <= 0) return kTopKSteps;
    return std::min(kTopKSteps - 1, static_cast<int>(std::lround((kTopKSteps - 1) * std::log(topK) / std::log(kMostTopK))));
}

}  // namespace

SamplingBox::SamplingBox(QWidget* parent) : QWidget(parent) {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    auto* head = new QHBoxLayout;
    head->addWidget(makeLabel(tr("Sampling"), "panelTitle"), 1);
    auto* reset = makeIconPushButton(QStringLiteral("reset"), tr("As the model says"), this);
    reset->setToolTip(tr("Temperature 1, and every word may come"));
    head->addWidget(reset);
    grid->addLayout(head, 0, 0, 1, 3);
    m_temperature = addRow(*grid, 1, tr("Temperature"), tr("Lower is safer. 0 always takes the likeliest word."),
                           kTemperatureSteps, new NumberBox({0, kMostTemperature}, NumberStep::Add, 0.05));
    auto* topK = new NumberBox({0, kMostTopK, /*whole=*/true});
    topK->setWordForZero(tr("off"));
    m_topK = addRow(*grid, 2, tr("Top-k"), tr("Only the k likeliest words may come."), kTopKSteps, topK);
    m_topP = addRow(*grid, 3, tr("Top-p"), tr("Only the likeliest words that together have this probability may come."),
                    kTopPSteps, new NumberBox({kLeastTopP, 1}, NumberStep::Add, 0.05));
    m_seed = new NumberBox({0, 1e9, /*whole=*/true});
    m_length = new NumberBox({1, kMostLength, /*whole=*/true}, NumberStep::Add, 10);
    m_dice = makeFramedButton(QStringLiteral("dice"), {}, tr("Another seed"), nullptr);
    auto* last = new QHBoxLayout;
    const auto named = [](NumberBox* box, const QString& name) {
        box->setAccessibleName(name);
        auto* label = makeLabel(name, "body");
        label->setBuddy(box);
        return label;
    };
    grid->addWidget(named(m_seed, tr("Seed")), 4, 0);
    last->addWidget(m_seed, 1);
    last->addWidget(m_dice);
    grid->addLayout(last, 4, 1, 1, 2);
    grid->addWidget(named(m_length, tr("Length")), 5, 0);
    grid->addWidget(m_length, 5, 1, 1, 2);

    using Settings = core::GenerationSettings;
    connect(reset, &QPushButton::clicked, this, &SamplingBox::resetRequested);
    connect(m_dice, &QToolButton::clicked, this,
            [this] { edit([](Settings& now) { now.seed = QRandomGenerator::global()->bounded(100'000u); }); });
    connect(m_temperature.slider, &QSlider::valueChanged, this,
            [this](int step) { edit([step](Settings& now) { now.temperature = kMostTemperature * step / kTemperatureSteps; }); });
    connect(m_topK.slider, &QSlider::valueChanged, this,
            [this](int step) { edit([step](Settings& now) { now.topK = topKOf(step); }); });
    connect(m_topP.slider, &QSlider::valueChanged, this,
            [this](int step) { edit([step](Settings& now) { now.topP = std::min(1.0, kLeastTopP * (1 + step)); }); });
    const auto onBox = [this](NumberBox* box, auto change) {
        connect(box, &NumberBox::finished, this,
                [this, change](double value) { edit([&](Settings& now) { change(now, value); }); });
    };
    onBox(m_temperature.box, [](Settings& now, double value) { now.temperature = value; });
    onBox(m_topK.box, [](Settings& now, double value) { now.topK = static_cast<int>(value); });
    onBox(m_topP.box, [](Settings& now, double value) { now.topP = value; });
    onBox(m_seed, [](Settings& now, double value) { now.seed = static_cast<std::uint64_t>(value); });
    onBox(m_length, [](Settings& now, double value) { now.tokens = static_cast<int>(value); });
    showSampling();
}

SamplingBox::Row SamplingBox::addRow(QGridLayout& grid, int row, const QString& title, const QString& help, int steps,
                                     NumberBox* box) {
    auto* label = makeLabel(title, "body");
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(0, steps);
    slider->setAccessibleName(title);
    box->setAccessibleName(title);
    label->setBuddy(box);
    for (QWidget* widget : {static_cast<QWidget*>(label), static_cast<QWidget*>(slider), static_cast<QWidget*>(box)})
        widget->setToolTip(help);
    grid.addWidget(label, row, 0);
    grid.addWidget(slider, row, 1);
    grid.addWidget(box, row, 2);
    return {slider, box};
}

void SamplingBox::setSampling(const core::GenerationSettings& sampling) {
    m_sampling = sampling;
    showSampling();
}

void SamplingBox::showSampling() {
    const auto place = [](QSlider* slider, double step) {
        const QSignalBlocker quiet(slider);
        slider->setValue(static_cast<int>(std::lround(step)));
    };
    place(m_temperature.slider, kTemperatureSteps * m_sampling.temperature / kMostTemperature);
    place(m_topK.slider, stepOfTopK(m_sampling.topK));
    place(m_topP.slider, m_sampling.topP / kLeastTopP - 1);
    m_temperature.box->setValue(m_sampling.temperature);
    m_topK.box->setValue(m_sampling.topK);
    m_topP.box->setValue(std::round(100 * m_sampling.topP) / 100);
    m_seed->setValue(static_cast<double>(m_sampling.seed));
    m_length->setValue(m_sampling.tokens);
}

void SamplingBox::edit(const std::function<void(core::GenerationSettings&)>& change) {
    change(m_sampling);
    showSampling();
    Q_EMIT samplingEdited();
}

}  // namespace thaw::ui
