#include "tests/support/tiny_run.h"

#include <QTest>

#include <cstring>
#include <utility>

#include "core/api/engine_info.h"
#include "core/model/families.h"
#include "core/store/checkpoint.h"
#include "core/util/hash.h"
#include "tests/support/drawn_data.h"

namespace thaw::test {

TinyLesson::TinyLesson(int trainPerClass, int testPerClass) {
    core::ModelDescription tiny = core::vggModel("vgg16", "Tiny", {{4}, {6}, {6}, {8}, {8, 8, 8}});
    tiny.builtIn = core::descriptionOf("vgg16").builtIn;
    core::addModel(std::move(tiny));
    DrawnSizes sizes;
    sizes.trainPerClass = trainPerClass;
    sizes.testPerClass = testPerClass;
    writeCifar10Folder(m_home / "cifar", sizes);
}

core::RunConfig TinyLesson::config(const std::string& runName) const {
    core::RunConfig config;
    config.data.dataset = "cifar10";
    config.data.directory = m_home / "cifar";
    config.initialization = core::Initialization::Random;
    config.batchSize = 16;
    config.head.hiddenUnits = 16;
    config.threads = 1;
    config.device = core::DeviceKind::Cpu;
    config.checkpointMinutes = 1000;
    config.output = m_home / runName;
    core::PhaseConfig head, tuning;
    head.title = "Feature extraction";
    head.epochs = 2;
    head.optimizer.learningRate = 0.01;
    tuning.title = "Fine-tuning";
    tuning.epochs = 2;
    tuning.optimizer.learningRate = 0.001;
    tuning.trainable = {"head", "block5"};
    config.phases = {head, tuning};
    return config;
}

Events drive(core::Trainer& trainer, const std::function<bool(const core::Event&)>& until) {
    Events events;
    for (int i = 0; i < 1'000'000 && trainer.hasWork(); ++i) {
        bool enough = false;
        for (core::Event& event : trainer.step()) {
            enough = enough || (until && until(event));
            events.push_back(std::move(event));
        }
        if (enough) return events;
    }
    return events;
}

void append(Events& all, Events more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::string weightsDigest(const std::filesystem::path& run) {
    const core::Checkpoint checkpoint = core::CheckpointStore(run).load("last");
    std::string text = "step " + std::to_string(checkpoint.step) + ", epoch " + std::to_string(checkpoint.epoch) + "\n";
    for (const auto* tensors : {&checkpoint.model, &checkpoint.optimizer})
        for (const auto& [name, tensor] : *tensors)
            text += name + " " + core::digestOf(tensor.owned.data(), tensor.owned.size()) + "\n";
    return text;
}

std::vector<float> tensorOf(const std::filesystem::path& run, const std::string& checkpoint, const std::string& name) {
    const core::Checkpoint loaded = core::CheckpointStore(run).load(checkpoint);
    const core::CheckpointTensor& tensor = loaded.model.at(name);
    std::vector<float> values(tensor.owned.size() / sizeof(float));
    std::memcpy(values.data(), tensor.owned.data(), tensor.owned.size());
    return values;
}

}  // namespace thaw::test
