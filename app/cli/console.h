// What thaw-cli prints: a progress line on a terminal, plain lines otherwise.
#pragma once

#include <cstdio>
#include <string>

#include "core/api/events.h"

namespace thaw::cli {

/// As std::fprintf; what a terminal would obey in the result (names from files have it) is escaped.
[[gnu::format(printf, 2, 3)]] void printText(std::FILE* stream, const char* format, ...);

std::string duration(double seconds);  ///< "3:07", "1:02:40"
std::string percent(double share);     ///< "64.7 %"
/// A score as its metric is read: "64.7 %", and of a perplexity "52.31".
std::string figure(const core::MetricInfo& metric, double value);
std::string thousands(std::int64_t number);  ///< "50,000"
/// One word of a command line that can be copied into a shell: runs/1 as it is, 'my runs/1' in quotes.
std::string shellWord(const std::string& text);

/// Says what happens in a run. Writes to `stream`, warnings and failures to standard error; a line that is overwritten in place
/// only where that is a terminal.
class Console {
public:
    explicit Console(std::FILE* stream);
    void show(const core::Event& event);
    void say(const std::string& line);
    void warn(const std::string& line);

private:
    void progress(const std::string& line);
    void clearProgress();
    /// What the run's samples are called; what pictures are called is said.
    std::string samples(const std::string& ofPictures) const;
    void showBatch(const core::BatchFinished& batch);
    void showEpoch(const core::EpochFinished& epoch);

    std::FILE* m_stream;
    bool m_terminal;
    bool m_progressShown = false;
    double m_lastProgress = 0;
    int m_totalEpochs = 0;
    core::ModelInfo m_model;
    double m_secondsLeft = -1;
    std::string m_activity;
};

}  // namespace thaw::cli
