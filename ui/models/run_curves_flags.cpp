// The flags of a run's events, and times and rates in words.
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ui/models/run_curves.h"

namespace thaw::ui {
namespace {

constexpr double kSecondThought = 1;  ///< epochs within which a change that is undone is one flag

/// 10 for 0.1, 2 for 0.5; 0 when it is no whole number.
int wholeRatio(double ratio) {
    const double nearest = std::round(ratio);
    return nearest >= 2 && nearest <= 1000 && std::abs(ratio - nearest) < 0.01 * nearest ? static_cast<int>(nearest) : 0;
}

/// "0.00005": without an exponent as far as people write it so.
QString rateText(double rate) {
    if (rate < 1e-7 || rate >= 1e6) return QLocale().toString(rate, 'g', 4);
    char text[64];
    const auto result = std::to_chars(text, text + sizeof text, rate, std::chars_format::fixed);
    return QString::fromLatin1(text, static_cast<qsizetype>(result.ptr - text))
        .replace(QLatin1Char('.'), QLocale().decimalPoint());
}

QString joined(const std::vector<std::string>& names) {
    QStringList list;
    for (const std::string& name : names) list << QString::fromStdString(name);
    return list.join(QStringLiteral(", "));
}

}  // namespace

QString durationText(double seconds, bool exact) {
    const auto whole = static_cast<qint64>(std::llround(std::max(0.0, seconds)));
    const auto text = [](const char* source) { return QCoreApplication::translate("thaw::ui::RunCurves", source); };
    if (whole < 60) return text(QT_TRANSLATE_NOOP("thaw::ui::RunCurves", "%1 s")).arg(whole);
    if (whole < 3600) {
        if (!exact || whole % 60 == 0)
            return text(QT_TRANSLATE_NOOP("thaw::ui::RunCurves", "%1 min")).arg(exact ? whole / 60 : (whole + 30) / 60);
        return text(QT_TRANSLATE_NOOP("thaw::ui::RunCurves", "%1 min %2 s")).arg(whole / 60).arg(whole % 60);
    }
    return text(QT_TRANSLATE_NOOP("thaw::ui::RunCurves", "%1 h %2 min")).arg(whole / 3600).arg(whole % 3600 / 60);
}

QString clockText(double seconds) {
    const auto whole = static_cast<qint64>(std::llround(seconds));
    const QLatin1Char zero('0');
    if (whole < 3600) return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, zero);
    return QStringLiteral("%1:%2:%3").arg(whole / 3600).arg(whole % 3600 / 60, 2, 10, zero).arg(whole % 60, 2, 10, zero);
}

// --- flags ------------------------------------------------------------------------------------------------------------------

struct RunCurves::Gathered {
    std::size_t first = 0, last = 0;
    double position = 0;
    core::LayerMask maskBefore, mask;
    double rateBefore = 0, rate = 0;
    bool thaws = false, freezes = false, byHand = false;
    bool pausing = false, paused = false, resumedAlone = false;
    double pausedSeconds = 0;
    bool changesLayersAlone() const { return thaws != freezes && rateBefore == rate && !paused && !resumedAlone; }
};

/// What happened at one step, from `first` on; `before` is what happened last.
RunCurves::Gathered RunCurves::gather(std::size_t first, const Gathered& before) const {
    Gathered all;
    all.first = all.last = first;
    all.position = m_happenings[first].position;
    all.maskBefore = all.mask = before.mask;
    all.rate = before.rate;
    double rateNamed = 0;
    for (; all.last < m_happenings.size() && m_happenings[all.last].position - all.position <= halfStep(); ++all.last) {
        const Happening& happening = m_happenings[all.last];
        all.byHand = all.byHand || !happening.planned;
        if (!happening.mask.empty()) all.mask = happening.mask;
        switch (happening.kind) {
            case Happening::Phase:
                if (happening.after > 0) all.rate = happening.after;
                break;
            case Happening::Layers:
                all.thaws = all.thaws || !happening.thawed.empty();
                all.freezes = all.freezes || !happening.frozen.empty();
                break;
            case Happening::Rate:
                if (rateNamed == 0) rateNamed = happening.before;
                all.rate = happening.after;
                break;
            case Happening::Pause:
                all.paused = true;
                all.pausing = all.pausing || happening.seconds < 0;
                all.pausedSeconds += std::max(0.0, happening.seconds);
                break;
            case Happening::ResumeAlone:
                all.resumedAlone = true;
                break;
        }
    }
    all.rateBefore = before.rate > 0 ? before.rate : rateNamed > 0 ? rateNamed : all.rate;
    if (all.maskBefore.size() == all.mask.size() && !all.mask.empty()) {
        // The net change: a layer that was thawed and frozen again between two batches has not changed.
        all.thaws = all.freezes = false;
        for (std::size_t i = 0; i < all.mask.size(); ++i) {
            all.thaws = all.thaws || (all.mask[i] && !all.maskBefore[i]);
            all.freezes = all.freezes || (!all.mask[i] && all.maskBefore[i]);
        }
    }
    return all;
}

EventFlag RunCurves::flagOf(const Gathered& all) const {
    const bool atStart = all.position <= halfStep() && !all.byHand;
    QStringList parts;
    if (!atStart && all.thaws) parts << tr("Thaw");
    if (!atStart && all.freezes) parts << (all.thaws ? tr("freeze") : tr("Freeze"));
    if (!atStart && all.rate > 0 && all.rateBefore > 0 && std::abs(all.rate / all.rateBefore - 1) > 1e-9) {
        if (const int down = wholeRatio(all.rateBefore / all.rate)) {
            parts << tr("LR ÷%1").arg(down);
        } else if (const int up = wholeRatio(all.rate / all.rateBefore)) {
            parts << tr("LR ×%1").arg(up);
        } else {
            parts << tr("LR %1").arg(rateText(all.rate));
        }
    }
    const FlagTone tone = parts.isEmpty()                                  ? FlagTone::Neutral
                          : all.freezes && !all.thaws && parts.size() == 1 ? FlagTone::Ice
                                                                           : FlagTone::Warm;
    if (all.position > halfStep()) {
        if (all.pausing)
            parts << tr("Paused");
        else if (all.paused)
            parts << (all.pausedSeconds >= 1 ? tr("Pause %1").arg(durationText(all.pausedSeconds)) : tr("Pause"));
        if (all.resumedAlone) parts << tr("Resumed");
    }
    return {all.position, tone, parts.join(QStringLiteral(", ")), all.first, all.last};
}

std::vector<EventFlag> RunCurves::flags() const {
    std::vector<EventFlag> flags;
    Gathered before;
    before.mask = plannedMask(0);
    std::optional<Gathered> flagged;  // what the last flag is about
    for (std::size_t first = 0; first < m_happenings.size(); first = before.last) {
        const Gathered now = gather(first, before);
        EventFlag flag = flagOf(now);
        before = now;
        if (flag.label.isEmpty()) continue;
        // A tick that was taken back soon is one thing, not two.
        const bool undone = flagged && flagged->byHand && now.byHand && flagged->changesLayersAlone() &&
                            now.changesLayersAlone() && !now.mask.empty() && now.mask == flagged->maskBefore &&
                            flagged->last == now.first && now.position - flagged->position < kSecondThought;
        if (undone) {
            flags.back().label = flagged->thaws ? tr("Thaw, undone") : tr("Freeze, undone");
            flags.back().tone = FlagTone::Neutral;
            flags.back().last = now.last;
            flagged.reset();
            continue;
        }
        flags.push_back(std::move(flag));
        flagged = now;
    }
    return flags;
}

QString RunCurves::flagDetails(const EventFlag& flag) const {
    const QLocale locale;
    const auto step = static_cast<qint64>(std::llround(flag.position * static_cast<double>(m_stepsPerEpoch)));
    QStringList lines{
        tr("%1 of training, epoch %2, step %3")
            .arg(durationText(secondsOf(flag.position), true), locale.toString(flag.position, 'f', 2), locale.toString(step))};
    for (std::size_t i = flag.first; i < std::min(flag.last, m_happenings.size()); ++i) {
        const Happening& happening = m_happenings[i];
        switch (happening.kind) {
            case Happening::Phase: {
                const auto phase = m_phases.find(happening.phase);
                if (phase != m_phases.end() && !phase->second.title.empty())
                    lines << tr("%1 begins, learning rate %2")
                                 .arg(QString::fromStdString(phase->second.title), rateText(happening.after));
                break;
            }
            case Happening::Layers:
                if (!happening.thawed.empty()) lines << tr("Thawed: %1").arg(joined(happening.thawed));
                if (!happening.frozen.empty()) lines << tr("Frozen: %1").arg(joined(happening.frozen));
                break;
            case Happening::Rate:
                lines << tr("Learning rate from %1 to %2").arg(rateText(happening.before), rateText(happening.after));
                break;
            case Happening::Pause:
                lines << (happening.seconds < 0 ? tr("Paused") : tr("Paused for %1").arg(durationText(happening.seconds, true)));
                break;
            case Happening::ResumeAlone:
                lines << tr("Resumed from a checkpoint");
                break;
        }
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace thaw::ui
