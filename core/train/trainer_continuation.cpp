// A text that grows beside the training: by the weights between two steps, in a share of the time.
#include <utility>

#include "core/api/errors.h"
#include "core/train/torch_trainer.h"

namespace thaw::core {
namespace {

constexpr double kShare = 0.2;        // of the time that training takes
constexpr double kLeastCredit = 0.1;  // seconds that may be saved up while nothing can be written
constexpr double kTellEvery = 0.05;   // seconds between two events

}  // namespace

void TorchTrainer::generate(std::uint64_t requestId, const GenerationSettings& settings) {
    m_generation.reset();
    if (m_state == TrainerState::Failed || m_state == TrainerState::Stopping) return refuse(requestId, "The run has ended.");
    if (!ready()) return refuse(requestId, "The model is not ready yet.");
    try {
        m_generation.emplace(Generation{requestId, Continuation(m_config, m_device, settings), m_loop.step, 0, Clock::now()});
    } catch (const Error& error) {
        refuse(requestId, std::string(error.what()) + " " + error.hint());
    }
}

bool TorchTrainer::mayGenerate() const {
    if (!m_generation || m_batch) return false;
    return m_state == TrainerState::Paused || m_state == TrainerState::Finished ||
           (m_state == TrainerState::Running && m_generation->credit >= 0);
}

void TorchTrainer::creditGeneration(double trainedSeconds) {
    if (m_generation) m_generation->credit = std::min(m_generation->credit + kShare * trainedSeconds, kLeastCredit);
}

void TorchTrainer::advanceGeneration(const Deadline& deadline) {
    Generation& now = *m_generation;
    if (std::exchange(now.step, m_loop.step) != m_loop.step) now.text.forget();
    do {
        const auto begin = Clock::now();
        now.text.advance(*m_model);
        if (m_state == TrainerState::Running) now.credit -= secondsSince(begin);
    } while (!now.text.finished() && mayGenerate() && !deadline.passed());
    if (!now.text.finished() && secondsSince(now.told) < kTellEvery) return;
    now.told = Clock::now();
    emit(TextGenerated{now.id, now.step, std::make_shared<const GeneratedText>(now.text.text()), now.text.finished()});
    if (now.text.finished()) m_generation.reset();
}

}  // namespace thaw::core
