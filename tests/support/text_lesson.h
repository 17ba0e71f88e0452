// A small network of BERT's kind and a table of texts that it learns in a second.
#pragma once

#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/models.h"
#include "core/model/families.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

namespace thaw::test {

/// Sentences that a word decides, of three to eleven words.
class TextLesson {
public:
    TextLesson() {
        core::addModel(core::bertModel("tiny_bert", "Tiny BERT", {/*layers=*/2, /*width=*/16, /*heads=*/2, /*hidden=*/32}));
        const std::vector<std::string> subjects{"the film", "this book and its cover", "the play that we saw last night", "it"};
        std::string table = "text,label,split\n";
        for (int i = 0; i < 120; ++i) {
            const bool good = i % 2 == 0;
            table += subjects[static_cast<std::size_t>(i / 2) % subjects.size()] + " was " + (good ? "wonderful" : "terrible") +
                     " in year " + std::to_string(1900 + i) + (good ? ",praise," : ",blame,") + (i < 90 ? "train\n" : "test\n");
        }
        writeFile(m_home / "reviews.csv", Bytes(table.begin(), table.end()));
    }

    const TemporaryHome& home() const { return m_home; }

    /// Phase 1: the head; phase 2: the head and the last layer.
    core::RunConfig config(const std::string& run) const {
        core::RunConfig config;
        core::chooseModel(config, "tiny_bert");
        config.data.directory = m_home / "reviews.csv";
        config.initialization = core::Initialization::Random;
        config.inputSize = 24;
        config.batchSize = 16;
        config.threads = 1;
        config.device = core::DeviceKind::Cpu;
        config.checkpointMinutes = 1000;
        config.output = m_home / run;
        core::PhaseConfig head, tuning;
        head.title = "Head";
        head.epochs = 3;
        head.optimizer.learningRate = 0.03;
        tuning.title = "Last layer";
        tuning.epochs = 3;
        tuning.optimizer.learningRate = 0.01;
        tuning.trainable = {"head", "encoder.layer.1"};
        config.phases = {head, tuning};
        return config;
    }

private:
    TemporaryHome m_home;
};

}  // namespace thaw::test
