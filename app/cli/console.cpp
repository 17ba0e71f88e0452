#include "app/cli/console.h"

#include <unistd.h>

#include <cmath>
#include <cstdarg>
#include <ctime>

#include "core/api/layer_names.h"
#include "core/api/text.h"

namespace thaw::cli {

namespace {

template <typename... Arguments>
std::string format(const char* pattern, Arguments... arguments) {
    char text[512];
    std::snprintf(text, sizeof text, pattern, arguments...);
    return text;
}

double now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::string epochs(int count) { return std::to_string(count) + (count == 1 ? " epoch" : " epochs"); }

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

void printText(std::FILE* stream, const char* format, ...) {
    std::va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    std::string text(static_cast<std::size_t>(std::max(0, std::vsnprintf(nullptr, 0, format, arguments))), '\0');
    std::vsnprintf(text.data(), text.size() + 1, format, again);
    va_end(again);
    va_end(arguments);
    std::fputs(core::printable(text).c_str(), stream);
}

std::string duration(double seconds) {
    const long total = std::lround(std::max(0.0, seconds));
    if (total >= 3600) return format("%ld:%02ld:%02ld", total / 3600, total / 60 % 60, total % 60);
    return format("%ld:%02ld", total / 60, total % 60);
}

std::string figure(const core::MetricInfo& metric, double value) {
    return metric.isShare ? percent(value) : format("%.2f", value);
}

std::string percent(double share) { return format("%.1f %%", share * 100); }

std::string shellWord(const std::string& text) {
    constexpr char kPlain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-+:@%,=";
    if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

std::string thousands(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (int position = static_cast<int>(digits.size()) - 3; position > (number < 0 ? 1 : 0); position -= 3)
        digits.insert(static_cast<std::size_t>(position), ",");
    return digits;
}

Console::Console(std::FILE* stream) : m_stream(stream), m_terminal(isatty(fileno(stream)) == 1) {}

void Console::say(const std::string& line) {
    clearProgress();
    printText(m_stream, "%s\n", line.c_str());
    std::fflush(m_stream);
}

void Console::warn(const std::string& line) {
    clearProgress();
    std::fflush(m_stream);
    printText(stderr, "%s\n", line.c_str());
    std::fflush(stderr);
}

void Console::clearProgress() {
    if (m_progressShown) std::fputs("\r\033[K", m_stream);
    m_progressShown = false;
}

void Console::progress(const std::string& line) {
    if (!m_terminal || now() - m_lastProgress < 0.1) return;
    m_lastProgress = now();
    std::fprintf(m_stream, "\r\033[K%s", core::printableLine(line).c_str());
    std::fflush(m_stream);
    m_progressShown = true;
}

std::string Console::samples(const std::string& ofPictures) const {
    if (!m_model.readsTexts()) return ofPictures;
    return m_model.task == core::TaskKind::ContinueText ? "windows" : "texts";
}

void Console::showBatch(const core::BatchFinished& batch) {
    std::string line = format("epoch %d of %d  batch %lld of %lld  loss %.4f  %.0f %s/s", batch.epoch, m_totalEpochs,
                              static_cast<long long>(batch.batch), static_cast<long long>(batch.batchesPerEpoch), batch.loss,
                              batch.imagesPerSecond, samples("images").c_str());
    if (batch.fromCache) line += "  (features from the cache)";
    if (m_secondsLeft >= 0) line += "  " + duration(m_secondsLeft) + " left";
    progress(line);
}

void Console::showEpoch(const core::EpochFinished& epoch) {
    const core::MetricInfo& score = core::taskInfo(epoch.task).score;
    say(format("Epoch %2d of %d  training %.4f %s  validation %.4f %s  %s  %.0f %s/s%s", epoch.epoch, m_totalEpochs,
               epoch.trainLoss, figure(score, epoch.trainScore).c_str(), epoch.valLoss, figure(score, epoch.valScore).c_str(),
               duration(epoch.seconds).c_str(), epoch.imagesPerSecond, samples("images").c_str(), epoch.best ? "  best" : ""));
}

void Console::show(const core::Event& event) {
    if (auto* run = std::get_if<core::RunStarted>(&event.data)) {
        m_totalEpochs = run->config.totalEpochs();
        m_model = run->model;
        say((run->resumed ? "Run continued: " : "Run started: ") + run->directory.string());
        const bool locked = core::validationSplit(run->config.data) == core::Split::HeldOut;
        say(run->dataset.title + (run->dataset.substitute ? " (stands in for CIFAR-10)" : "") + ", " +
            thousands(run->trainCount) + " training and " + thousands(run->testCount) +
            (!locked                          ? " test "
             : run->config.data.ownValidation ? " validation "
                                              : " held-out validation ") +
            samples("pictures") + ", " + std::to_string(run->config.inputSize) +
            (m_model.readsTexts() ? " tokens" : " px, " + core::toString(run->config.scaling) + " scaling") + ". " + run->device +
            ".");
    } else if (auto* phase = std::get_if<core::PhaseStarted>(&event.data)) {
        say(format("Phase %d: %s, %s, learning rate %g", phase->phase + 1, phase->title.c_str(), epochs(phase->epochs).c_str(),
                   phase->learningRate));
    } else if (auto* batch = std::get_if<core::BatchFinished>(&event.data)) {
        showBatch(*batch);
    } else if (auto* epoch = std::get_if<core::EpochFinished>(&event.data)) {
        showEpoch(*epoch);
    } else if (auto* plan = std::get_if<core::PlanProgress>(&event.data)) {
        m_secondsLeft = plan->secondsLeft;
    } else if (auto* work = std::get_if<core::WorkProgress>(&event.data)) {
        if (!m_terminal && work->activity != m_activity) say(work->activity + " ...");
        m_activity = work->activity;
        std::string line = work->activity;
        if (work->total > 0)
            line += format("  %lld of %lld", static_cast<long long>(work->done), static_cast<long long>(work->total));
        if (work->secondsLeft >= 0) line += "  " + duration(work->secondsLeft) + " left";
        progress(line);
    } else if (auto* layers = std::get_if<core::LayersChanged>(&event.data)) {
        if (!layers->thawed.empty()) say("Thawed: " + joined(core::groupedNames(m_model, layers->thawed)));
        if (!layers->frozen.empty()) say("Frozen: " + joined(core::groupedNames(m_model, layers->frozen)));
    } else if (auto* saved = std::get_if<core::CheckpointSaved>(&event.data)) {
        if (saved->reason != "epoch" && saved->reason != "phase") say("Saved: " + saved->file.string());
    } else if (auto* failed = std::get_if<core::CheckpointFailed>(&event.data)) {
        warn("Not saved: " + failed->what + " " + failed->hint);
    } else if (auto* notice = std::get_if<core::Notice>(&event.data)) {
        notice->warning ? warn("Warning: " + notice->text) : say(notice->text);
    } else if (auto* end = std::get_if<core::RunFailed>(&event.data)) {
        warn("The run failed (" + end->phase + "): " + end->what + (end->hint.empty() ? "" : "\n  " + end->hint));
    } else if (auto* finished = std::get_if<core::RunFinished>(&event.data)) {
        const core::MetricInfo& score = core::taskInfo(finished->task).score;
        std::string line = format("Finished (%s): %s in %s", finished->reason.c_str(), epochs(finished->epochs).c_str(),
                                  duration(finished->seconds).c_str());
        if (finished->bestEpoch > 0)
            line += format(", validation %s %s in epoch %d, the best", score.inSentence.c_str(),
                           figure(score, finished->bestScore).c_str(), finished->bestEpoch);
        say(line);
    }
}

}  // namespace thaw::cli
