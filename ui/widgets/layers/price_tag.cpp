#include "ui/widgets/layers/price_tag.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>

#include <cmath>

#include "ui/bridge/session.h"
#include "ui/models/task_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

/// "3:56" and "min", "42" and "s": the figure is large, its unit small.
std::pair<QString, QString> epochFigure(double seconds) {
    if (seconds < 0) return {QStringLiteral("–"), {}};
    if (seconds < 99.5) return {QLocale().toString(seconds, 'f', seconds < 9.95 ? 1 : 0), PriceTag::tr("s")};
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 3600)
        return {QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0')), PriceTag::tr("min")};
    return {QStringLiteral("%1:%2").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, QLatin1Char('0')), PriceTag::tr("h")};
}

constexpr double kNotableSeconds = 2;  ///< a shorter wait is not worth a line

QString joined(const QStringList& parts) { return parts.join(QStringLiteral("  ·  ")); }

}  // namespace

PriceTag::PriceTag(Session& session, QWidget* parent) : QFrame(parent), m_session(session) {
    m_grid = new QGridLayout(this);
    const auto figure = [this](QLabel*& value, QLabel*& unit, const QString& name, int column) {
        value = makeLabel({}, "priceFigure", this);
        unit = makeLabel({}, "table", this);
        auto* row = new QHBoxLayout;
        row->setSpacing(5);
        value->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
        unit->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
        row->addWidget(value, 0, Qt::AlignBottom);
        row->addWidget(unit, 0, Qt::AlignBottom);
        row->addStretch(1);
        m_grid->addLayout(row, 1, column);
        QLabel* caption = makeLabel(name, "caption", this);
        m_grid->addWidget(caption, 2, column);
        value->setBuddy(caption);
        return caption;
    };
    m_memory = makeLabel({}, "caption", this);
    m_memory->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_memory->setToolTip(tr("Memory for weights, gradients, moments, one batch and the features kept."));
    auto* head = new QHBoxLayout;
    m_title = makeLabel(tr("Price of this choice"), "captionStrong", this);
    head->addWidget(m_title);
    head->addWidget(m_memory, 1);
    m_grid->addLayout(head, 0, 0, 1, 3);
    QLabel* unit = nullptr;
    m_parametersOf = figure(m_parameters, unit, {}, 0);
    unit->hide();
    figure(m_speed, m_speedUnit, tr("Speed"), 1);
    figure(m_epoch, m_epochUnit, tr("One epoch"), 2);
    m_nextIcon = new QLabel(this);
    m_next = makeLabel({}, "warm", this);
    m_next->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* next = new QHBoxLayout;
    next->setSpacing(8);
    next->addWidget(m_nextIcon);
    next->addWidget(m_next, 1);
    m_grid->addLayout(next, 4, 0, 1, 3);
    m_grid->setColumnStretch(0, 17);
    m_grid->setColumnStretch(1, 14);
    m_grid->setColumnStretch(2, 11);
    connect(&session, &Session::priceChanged, this, &PriceTag::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &PriceTag::applyTheme);
    applyTheme();
}

void PriceTag::applyTheme() {
    const Theme& theme = Theme::instance();
    m_grid->setContentsMargins(theme.px(15), theme.px(10), theme.px(13), theme.px(10));
    m_grid->setVerticalSpacing(theme.px(1));
    m_grid->setHorizontalSpacing(theme.px(6));
    m_grid->setRowMinimumHeight(3, theme.px(5));
    m_grid->setRowMinimumHeight(4, theme.px(22));
    m_nextIcon->setFixedSize(theme.px(16), theme.px(16));
    refresh();
}

void PriceTag::setPreview(const QString& title, const core::LayerMask& mask) {
    m_previewTitle = title;
    m_preview = mask;
    refresh();
}

QString PriceTag::differenceTitle(const core::LayerMask& now, const core::LayerMask& then, bool* thaws) const {
    *thaws = false;
    bool freezes = false;
    core::LayerMask changed(std::min(now.size(), then.size()));
    for (std::size_t i = 0; i < changed.size(); ++i) {
        changed[i] = now[i] != then[i];
        if (changed[i]) (then[i] ? *thaws : freezes) = true;
    }
    const QString what = m_session.layers().nameOf(changed);
    if (what.isEmpty()) return {};
    if (*thaws && freezes) return tr("After the change");
    return *thaws ? tr("With %1").arg(what) : tr("Without %1").arg(what);
}

void PriceTag::refresh() {
    LayerTreeModel& layers = m_session.layers();
    const core::LayerMask now = layers.confirmedMask();
    const core::Price price = m_session.price(now);
    m_parameters->setText(formatMillions(price.trainableParameters));
    m_parametersOf->setText(tr("Trainable of %1").arg(formatMillions(layers.modelInfo().parameterCount)));
    m_speed->setText(price.imagesPerSecond >= 0 ? formatSpeed(price.imagesPerSecond) : QStringLiteral("–"));
    m_speedUnit->setText(price.imagesPerSecond >= 0 ? rateUnit(layers.modelInfo()) : QString());
    const auto [epoch, unit] = epochFigure(price.epochSeconds);
    m_epoch->setText(epoch);
    m_epochUnit->setText(unit);
    m_memory->setText(price.memoryBytes >= 0 ? tr("%1 memory").arg(formatBytes(price.memoryBytes)) : QString());
    const bool rough = price.imagesPerSecond >= 0 && m_session.isPlanRough(m_session.shownConfig());
    m_title->setText(rough ? tr("Price of this choice, roughly") : tr("Price of this choice"));
    const QString guessed =
        rough ? tr("A guess from what this processor can do. Thaw measures speed and time when a run prepares.") : QString();
    for (QLabel* label : {m_title, m_speed, m_epoch}) label->setToolTip(guessed);
    showNext(now, price);
}

void PriceTag::showNext(const core::LayerMask& now, const core::Price& price) {
    const Theme& theme = Theme::instance();
    const auto show = [&](const QString& icon, bool warm, const QString& words) {
        setStyleProperty(m_next, "type", QString::fromLatin1(warm ? "warm" : "ice"));
        m_next->setText(words);
        m_next->setToolTip(words);
        m_nextIcon->setPixmap(theme.pixmap(icon, warm ? Tone::Warm : Tone::Ice, 16, devicePixelRatioF()));
    };
    const QString once = price.oneTimeSeconds >= kNotableSeconds ? formatRoughDuration(price.oneTimeSeconds) : QString();
    bool thaws = true;
    const core::LayerMask then = m_preview.empty() ? m_session.layers().pendingMask() : m_preview;
    const QString title = m_preview.empty() ? differenceTitle(now, then, &thaws) : m_previewTitle;
    if (title.isEmpty() || (m_preview.empty() && now == then)) {
        if (!once.isEmpty()) {
            show(QStringLiteral("snowflake"), false, tr("Before that, once: about %1 in the frozen layers").arg(once));
            m_next->setToolTip(tr("Everything goes once through the frozen layers. What comes out is kept for all epochs."));
            return;
        }
        m_next->clear();
        m_next->setToolTip({});
        m_nextIcon->clear();
        return;
    }
    const core::Price next = m_session.price(then);
    QStringList parts{formatMillions(next.trainableParameters)};
    if (next.imagesPerSecond >= 0)
        parts += formatSpeed(next.imagesPerSecond) + QLatin1Char(' ') + rateUnit(m_session.layers().modelInfo());
    if (next.epochSeconds >= 0) parts += formatDuration(next.epochSeconds);
    if (next.oneTimeSeconds >= kNotableSeconds && next.oneTimeSeconds != price.oneTimeSeconds)
        parts += tr("once %1").arg(formatRoughDuration(next.oneTimeSeconds));
    show(QStringLiteral("clock"), thaws, tr("%1:  %2").arg(title, joined(parts)));
    if (m_preview.empty() && m_session.isActive())
        m_next->setToolTip(tr("%1. Tick the layer again before then to take it back.").arg(m_next->text()));
}

}  // namespace thaw::ui
