// A text that grows by a token at a time, by whatever weights its model has at that moment.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/api/config.h"
#include "core/api/continuation.h"
#include "core/model/staged_model.h"
#include "core/train/random.h"

namespace thaw::core {

/// Throws ConfigError.
void requireInRange(const GenerationSettings& settings);

class Continuation {
public:
    /// `config`: that of the model. Throws ConfigError for settings out of range and models that do not continue texts.
    Continuation(const RunConfig& config, torch::Device device, GenerationSettings settings);

    /// Reads what is new, and chooses a token but for the first time.
    void advance(const StagedModel& model);
    bool finished() const { return m_finished; }
    const GeneratedText& text() const { return m_text; }
    /// To be called where the weights changed since the last advance().
    void forget() { m_memory = {}, m_read = 0; }

private:
    void choose();
    void read(const StagedModel& model);
    void foretell();

    GenerationSettings m_settings;
    std::int64_t m_window, m_read = 0;
    torch::Device m_device;
    std::unique_ptr<Tokenizer> m_tokenizer;
    TokenId m_end;
    RandomStream m_random;
    AttentionMemory m_memory;
    std::vector<TokenId> m_all;   // prompt and text
    std::vector<float> m_scores;  // of what comes after all of it
    GeneratedText m_text;
    bool m_finished = false;
};

}  // namespace thaw::core
