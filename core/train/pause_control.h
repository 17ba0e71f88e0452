// When the loop rests: what was asked for, and whether the curves are told of it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "core/train/deadline.h"

namespace thaw::core {

class PauseControl {
public:
    explicit PauseControl(bool atStart) : m_atStart(atStart) {}

    /// At the next chance; before the loop has begun, as it begins.
    void pause(std::uint64_t request, bool beforeLoop) {
        m_after = After::Nothing;
        m_quiet = false;
        if (beforeLoop) {
            m_atStart = true;
        } else {
            m_asked = true;
            m_request = request;
        }
    }
    void resume() { goOn(After::Nothing); }
    void afterStep() { goOn(After::Step); }
    void afterEpoch(std::uint64_t request) {
        goOn(After::Epoch);
        m_request = request;
    }

    void loopBegan() {
        if (std::exchange(m_atStart, false)) askQuietly();
    }
    void stepDone() {
        if (m_after != After::Step) return;
        m_after = After::Nothing;
        askQuietly();
    }
    void epochDone() {
        if (m_after != After::Epoch) return;
        m_after = After::Nothing;
        m_asked = true;
    }

    bool asked() const { return m_asked; }
    /// Whether it leaves no line on the curves and no checkpoint: a single step, a run that begins resting. Asked once.
    bool takeQuiet() { return std::exchange(m_quiet, false); }
    /// The loop rests now. False: that was called off while a checkpoint was written.
    bool rest(bool quiet) {
        if (!std::exchange(m_asked, false)) return false;
        m_since = Clock::now();
        m_told = m_told || !quiet;
        return true;
    }
    std::uint64_t takeRequest() { return std::exchange(m_request, 0); }
    /// The loop goes on: seconds since the rest began where the curves were told of it. A single step leaves them told.
    std::optional<double> takeTold(bool singleStep) {
        if (!m_told || singleStep) return std::nullopt;
        m_told = false;
        return secondsSince(m_since);
    }

private:
    enum class After { Nothing, Step, Epoch };
    void goOn(After after) {
        m_after = after;
        m_atStart = m_asked = false;
    }
    void askQuietly() { m_asked = m_quiet = true; }

    After m_after = After::Nothing;
    bool m_atStart, m_asked = false, m_quiet = false, m_told = false;
    std::uint64_t m_request = 0;
    Clock::time_point m_since;
};

}  // namespace thaw::core
