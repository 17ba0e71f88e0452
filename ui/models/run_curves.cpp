#include "ui/models/run_curves.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace thaw::ui {
namespace {

constexpr double kDefaultSmoothing = 1 - 1.0 / 32;  ///< an average over about 32 batches
constexpr double kGuessedEpochSeconds = 60;         ///< length of the time axis before anything was measured

}  // namespace

RunCurves::RunCurves() { setSmoothing(kDefaultSmoothing); }

void RunCurves::reset() {
    const double weight = smoothing();
    *this = {};
    setSmoothing(weight);
}

void RunCurves::setSmoothing(double weight) {
    m_trainLoss.setSmoothing(weight);
    m_trainScore.setSmoothing(weight);
}

void RunCurves::setPlan(const core::RunConfig& config, std::int64_t stepsPerEpoch, const core::ModelInfo* model) {
    m_config = config;
    if (stepsPerEpoch > 0) m_stepsPerEpoch = stepsPerEpoch;
    if (model) m_model = *model;
}

// --- what happens -----------------------------------------------------------------------------------------------------------

void RunCurves::start(double now) {
    if (m_started) return;
    m_started = true;
    m_clockStart = m_lastFlush = now;
}

double RunCurves::working(double now) const {
    if (!m_started) return m_timeBase;
    const double resting = m_pausedSince >= 0 ? now - m_pausedSince : 0;
    return m_timeBase + std::max(0.0, now - m_clockStart - m_pausedTotal - resting);
}

void RunCurves::insert(Happening happening) {
    const auto after = std::upper_bound(m_happenings.begin(), m_happenings.end(), happening.position,
                                        [](double position, const Happening& other) { return position < other.position; });
    m_happenings.insert(after, std::move(happening));
}

// A resumed run tells the phase that it is in once more, with the layers and the rate of now. How it began stands here already,
// or comes with the record; what was changed by hand since then is told apart.
void RunCurves::addPhase(const core::PhaseStarted& phase, double now) {
    start(now);
    const auto known = m_phases.find(phase.phase);
    const bool again = known != m_phases.end() && known->second.firstEpoch == phase.firstEpoch;
    const int dropFrom = again ? phase.phase + 1 : phase.phase;
    const auto old = std::remove_if(m_happenings.begin(), m_happenings.end(), [&](const Happening& other) {
        return other.kind == Happening::Phase && other.phase >= dropFrom;
    });
    m_happenings.erase(old, m_happenings.end());
    m_phases.erase(m_phases.lower_bound(dropFrom), m_phases.end());
    if (again) return;
    m_phases[phase.phase] = phase;
    insert(beginningOf(phase));
}

RunCurves::Happening RunCurves::beginningOf(const core::PhaseStarted& phase) const {
    Happening happening;
    happening.kind = Happening::Phase;
    happening.phase = phase.phase;
    happening.position = phase.firstEpoch - 1;
    happening.step = (phase.firstEpoch - 1) * m_stepsPerEpoch;
    happening.mask = phase.trainable;
    happening.after = phase.learningRate;
    happening.planned = true;
    return happening;
}

void RunCurves::addBatches(const std::vector<core::BatchFinished>& batches, double now) {
    if (batches.empty()) return;
    start(now);
    if (batches.front().batchesPerEpoch > 0 && m_stepsPerEpoch == 0) m_stepsPerEpoch = batches.front().batchesPerEpoch;
    if (!m_trainLoss.empty() && batches.front().step <= m_trainLoss.lastStep())
        rewindTo(batches.front().step, batches.front().epoch);

    // They came in one flush: spread over the time since the last one, but not over a preparation that went before.
    const double end = working(now);
    const auto count = static_cast<double>(batches.size());
    double pace = (end - working(m_lastFlush)) / count;
    if (batches.back().imagesPerSecond > 0) pace = std::min(pace, m_config.batchSize / batches.back().imagesPerSecond);
    const double previous = m_trainLoss.empty() ? 0 : m_trainLoss.at(m_trainLoss.size() - 1).seconds;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        const core::BatchFinished& batch = batches[i];
        const double part =
            batch.batchesPerEpoch > 0 ? static_cast<double>(batch.batch) / static_cast<double>(batch.batchesPerEpoch) : 0;
        const double seconds = std::max(previous, end - pace * (count - 1 - static_cast<double>(i)));
        m_trainLoss.append({batch.step, batch.epoch - 1 + part, seconds, batch.loss});
        m_trainScore.append({batch.step, batch.epoch - 1 + part, seconds, batch.score});
        m_batchRates.push_back(batch.learningRate);
    }
    m_lastFlush = now;
}

void RunCurves::rewindTo(std::int64_t step, int epoch) {
    m_trainLoss.truncateFrom(step);
    m_trainScore.truncateFrom(step);
    m_batchRates.resize(m_trainLoss.size());
    m_epochs.erase(m_epochs.lower_bound(epoch), m_epochs.end());
    m_epochSeconds.erase(m_epochSeconds.lower_bound(epoch), m_epochSeconds.end());
    rebuildEpochSeries();
    const auto undone = [&](const Happening& happening) { return happening.step >= step; };
    m_happenings.erase(std::remove_if(m_happenings.begin(), m_happenings.end(), undone), m_happenings.end());
}

void RunCurves::addEpoch(const core::EpochFinished& epoch, double now) {
    start(now);
    storeEpoch(epoch, working(now));
    m_lastFlush = now;
}

void RunCurves::storeEpoch(const core::EpochFinished& epoch, double seconds) {
    const bool appends = m_epochs.empty() || epoch.epoch > m_epochs.rbegin()->first;
    if (!appends) {
        m_epochs.erase(m_epochs.lower_bound(epoch.epoch), m_epochs.end());
        m_epochSeconds.erase(m_epochSeconds.lower_bound(epoch.epoch), m_epochSeconds.end());
    }
    m_epochs[epoch.epoch] = epoch;
    m_epochSeconds[epoch.epoch] = seconds;
    if (!appends) {
        rebuildEpochSeries();
        return;
    }
    const std::int64_t step = epoch.step > 0 ? epoch.step : epoch.epoch * m_stepsPerEpoch;
    const auto point = [&](double value) { return SeriesPoint{step, static_cast<double>(epoch.epoch), seconds, value}; };
    m_epochTrainLoss.append(point(epoch.trainLoss));
    m_epochTrainScore.append(point(epoch.trainScore));
    m_valLoss.append(point(epoch.valLoss));
    m_valScore.append(point(epoch.valScore));
}

void RunCurves::rebuildEpochSeries() {
    for (MetricSeries* series : {&m_epochTrainLoss, &m_epochTrainScore, &m_valLoss, &m_valScore}) series->clear();
    const auto epochs = std::exchange(m_epochs, {});
    const auto seconds = std::exchange(m_epochSeconds, {});
    for (const auto& [number, epoch] : epochs) storeEpoch(epoch, seconds.at(number));
}

void RunCurves::addLayersChanged(const core::LayersChanged& change) {
    if (change.thawed.empty() && change.frozen.empty()) return;
    Happening happening;
    happening.kind = Happening::Layers;
    happening.position = change.epochPosition;
    happening.step = change.step;
    happening.mask = change.trainable;
    happening.thawed = change.thawed;
    happening.frozen = change.frozen;
    happening.planned = change.origin == core::Origin::Plan;
    insert(std::move(happening));
}

void RunCurves::addLearningRateChanged(const core::LearningRateChanged& change) {
    if (change.before == change.after) return;
    Happening happening;
    happening.kind = Happening::Rate;
    happening.position = change.epochPosition;
    happening.step = change.step;
    happening.before = change.before;
    happening.after = change.after;
    happening.planned = change.origin == core::Origin::Plan;
    insert(std::move(happening));
}

void RunCurves::addPaused(const core::Paused& event, double now) {
    if (m_started && m_pausedSince < 0) m_pausedSince = now;
    Happening happening;
    happening.kind = Happening::Pause;
    happening.position = event.epochPosition;
    happening.step = event.step;
    happening.seconds = -1;
    insert(std::move(happening));
}

void RunCurves::addResumed(const core::Resumed& event, double now) {
    if (m_pausedSince >= 0) {
        m_pausedTotal += now - m_pausedSince;
        m_pausedSince = -1;
    }
    const auto open = std::find_if(m_happenings.rbegin(), m_happenings.rend(), [](const Happening& happening) {
        return happening.kind == Happening::Pause && happening.seconds < 0;
    });
    if (open != m_happenings.rend()) {
        open->seconds = event.pausedSeconds;
        return;
    }
    Happening happening;
    happening.kind = Happening::ResumeAlone;
    happening.position = event.epochPosition;
    happening.step = event.step;
    insert(std::move(happening));
}

void RunCurves::addHistory(const core::RunHistory& history) {
    if (m_config.phases.empty()) m_config = history.config;
    const double liveFrom = m_trainLoss.empty() ? std::numeric_limits<double>::infinity() : m_trainLoss.at(0).epochPosition;
    if (m_stepsPerEpoch == 0 && !history.epochs.empty() && history.epochs.back().epoch > 0)
        m_stepsPerEpoch = history.epochs.back().step / history.epochs.back().epoch;

    // Working time as far as the record tells: the seconds of its epochs.
    std::map<int, core::EpochFinished> epochs;
    std::map<int, double> seconds;
    double elapsed = 0;
    for (const core::EpochFinished& epoch : history.epochs) {
        if (epoch.epoch > liveFrom) continue;
        elapsed += epoch.seconds;
        epochs[epoch.epoch] = epoch;
        seconds[epoch.epoch] = elapsed;
    }
    const double shift = m_timeBase == 0 ? elapsed : 0;
    m_timeBase += shift;
    m_trainLoss.shiftSeconds(shift);
    m_trainScore.shiftSeconds(shift);
    for (const auto& [number, epoch] : m_epochs) {
        epochs[number] = epoch;
        seconds[number] = m_epochSeconds[number] + shift;
    }
    m_epochs = std::move(epochs);
    m_epochSeconds = std::move(seconds);
    rebuildEpochSeries();

    RunCurves past;
    past.m_stepsPerEpoch = m_stepsPerEpoch;
    for (const core::Event& event : history.events) {
        if (const auto* phase = std::get_if<core::PhaseStarted>(&event.data)) past.addPhase(*phase, 0);
        if (const auto* layers = std::get_if<core::LayersChanged>(&event.data)) past.addLayersChanged(*layers);
        if (const auto* rate = std::get_if<core::LearningRateChanged>(&event.data)) past.addLearningRateChanged(*rate);
        if (const auto* paused = std::get_if<core::Paused>(&event.data)) past.addPaused(*paused, 0);
        if (const auto* resumed = std::get_if<core::Resumed>(&event.data)) past.addResumed(*resumed, 0);
    }
    takePhases(past.m_phases);
    const std::vector<Happening> present = m_happenings;
    for (Happening& happening : past.m_happenings) {
        if (happening.position > liveFrom) continue;
        const bool known = std::any_of(present.begin(), present.end(), [&](const Happening& other) {
            return other.kind == happening.kind &&
                   (happening.kind == Happening::Phase ? other.phase == happening.phase : other.step == happening.step);
        });
        if (!known) insert(std::move(happening));
    }
}

// The record knows how a phase began; of a run that goes on, only what trains now was told.
void RunCurves::takePhases(const std::map<int, core::PhaseStarted>& recorded) {
    for (const auto& [index, phase] : recorded) {
        const auto told = m_phases.find(index);
        if (told != m_phases.end() && told->second.firstEpoch != phase.firstEpoch) continue;
        m_phases[index] = phase;
        for (Happening& happening : m_happenings)
            if (happening.kind == Happening::Phase && happening.phase == index) happening = beginningOf(phase);
    }
}

// --- the plan ---------------------------------------------------------------------------------------------------------------

double RunCurves::position() const {
    double position = m_epochs.empty() ? 0 : m_epochs.rbegin()->first;
    if (!m_trainLoss.empty()) position = std::max(position, m_trainLoss.at(m_trainLoss.size() - 1).epochPosition);
    return position;
}

std::vector<std::pair<double, double>> RunCurves::phaseBounds() const {
    std::vector<std::pair<double, double>> bounds;
    double end = 0;
    const std::size_t count =
        std::max(m_config.phases.size(), m_phases.empty() ? 0 : static_cast<std::size_t>(m_phases.rbegin()->first) + 1);
    for (std::size_t i = 0; i < count; ++i) {
        const auto started = m_phases.find(static_cast<int>(i));
        double epochs = i < m_config.phases.size() ? m_config.phases[i].epochs : 0;
        if (started != m_phases.end()) {
            // An earlier phase may have ended before its time.
            const double begin = started->second.firstEpoch - 1;
            if (!bounds.empty()) bounds.back().second = std::max(bounds.back().first, begin);
            end = begin;
            epochs = started->second.epochs;
        }
        bounds.emplace_back(end, end + epochs);
        end += epochs;
    }
    return bounds;
}

int RunCurves::plannedEpochs() const {
    const auto bounds = phaseBounds();
    const double planned = bounds.empty() ? 0 : bounds.back().second;
    return std::max(1, static_cast<int>(std::ceil(std::max(planned, position()) - 1e-9)));
}

core::LayerMask RunCurves::plannedMask(std::size_t phase) const {
    if (!m_model || phase >= m_config.phases.size()) return {};
    try {
        return m_model->maskOf(m_config.phases[phase].trainable);
    } catch (const std::exception&) {
        return {};  // a plan that validate() refuses never runs; its band has a title all the same
    }
}

std::vector<RunCurves::Span> RunCurves::spans() const {
    std::vector<Span> spans;
    const auto bounds = phaseBounds();
    auto happening = m_happenings.begin();
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        const bool last = i + 1 == bounds.size();
        const double end = last ? std::max(bounds[i].second, position()) : bounds[i].second;
        if (end <= bounds[i].first) continue;
        Span span{bounds[i].first, end, plannedMask(i), static_cast<int>(i), false};
        const auto started = m_phases.find(static_cast<int>(i));
        if (started != m_phases.end()) {
            span.actual = true;
            if (!started->second.trainable.empty()) span.mask = started->second.trainable;
        }
        for (; happening != m_happenings.end() && (last || happening->position < end - halfStep()); ++happening) {
            if (happening->kind != Happening::Layers) continue;
            if (happening->position > span.from + halfStep()) {
                Span before = span;
                before.to = happening->position;
                spans.push_back(before);
                span.from = happening->position;
            }
            span.mask = happening->mask;
        }
        spans.push_back(span);
    }
    return spans;
}

bool RunCurves::isThawed(const Span& span) const {
    if (m_model && span.mask.size() == m_model->layers.size())
        return core::freezeBoundary(*m_model, span.mask) < m_model->headStage;
    if (static_cast<std::size_t>(span.phase) >= m_config.phases.size()) return false;
    const std::vector<std::string>& names = m_config.phases[static_cast<std::size_t>(span.phase)].trainable;
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return name.rfind("head", 0) != 0 && name.rfind("dense_", 0) != 0; });
}

QString RunCurves::labelOf(const Span& span) const {
    if (m_model && span.mask.size() == m_model->layers.size())
        return QString::fromStdString(core::describeMask(*m_model, span.mask));
    const auto started = m_phases.find(span.phase);
    if (started != m_phases.end()) return QString::fromStdString(started->second.title);
    if (static_cast<std::size_t>(span.phase) < m_config.phases.size())
        return QString::fromStdString(m_config.phases[static_cast<std::size_t>(span.phase)].title);
    return {};
}

std::vector<PhaseBand> RunCurves::bands() const {
    std::vector<PhaseBand> bands;
    for (const Span& span : spans()) {
        PhaseBand band{span.from, span.to, isThawed(span), labelOf(span), {}};
        if (!bands.empty() && bands.back().label == band.label && bands.back().thawed == band.thawed) {
            bands.back().to = band.to;
        } else {
            bands.push_back(std::move(band));
        }
    }
    for (PhaseBand& band : bands) {
        const QLocale locale;
        band.details =
            tr("%1, from epoch %2 to %3").arg(band.label, locale.toString(band.from, 'g', 4), locale.toString(band.to, 'g', 4));
    }
    return bands;
}

double RunCurves::firstThaw() const {
    for (const Span& span : spans())
        if (span.actual && isThawed(span) && span.from <= position()) return span.from;
    return -1;
}

// --- the x axis -------------------------------------------------------------------------------------------------------------

double RunCurves::secondsOf(double epochPosition) const {
    const double present = position();
    const double latest = std::max(m_epochSeconds.empty() ? 0 : m_epochSeconds.rbegin()->second,
                                   m_trainLoss.empty() ? 0 : m_trainLoss.at(m_trainLoss.size() - 1).seconds);
    if (epochPosition > present || present <= 0) {
        if (m_secondsLeft >= 0 && plannedEpochs() > present)
            return latest + m_secondsLeft * (epochPosition - present) / (plannedEpochs() - present);
        return latest + (epochPosition - present) * (present > 0 ? latest / present : kGuessedEpochSeconds);
    }
    if (!m_trainLoss.empty() && epochPosition >= m_trainLoss.at(0).epochPosition) {
        const double last = m_trainLoss.at(m_trainLoss.size() - 1).epochPosition;
        if (epochPosition <= last) return m_trainLoss.interpolate(epochPosition, SeriesAxis::Time);
    }
    const auto after = m_epochSeconds.lower_bound(static_cast<int>(std::ceil(epochPosition)));
    double right = present, rightSeconds = latest, left = 0, leftSeconds = 0;
    if (after != m_epochSeconds.end()) {
        right = after->first;
        rightSeconds = after->second;
    }
    if (after != m_epochSeconds.begin()) {
        left = std::prev(after)->first;
        leftSeconds = std::prev(after)->second;
    }
    return right > left ? leftSeconds + (rightSeconds - leftSeconds) * (epochPosition - left) / (right - left) : rightSeconds;
}

double RunCurves::xOf(double epochPosition, SeriesAxis axis) const {
    switch (axis) {
        case SeriesAxis::Epoch:
            return epochPosition;
        case SeriesAxis::Step:
            return epochPosition * static_cast<double>(std::max<std::int64_t>(1, m_stepsPerEpoch));
        case SeriesAxis::Time:
            return secondsOf(epochPosition);
    }
    return epochPosition;
}

}  // namespace thaw::ui
