#include "tests/support/fake_inspector.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <limits>
#include <random>
#include <thread>
#include <utility>

#include "core/api/errors.h"
#include "core/api/models.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/fake_trainer.h"

namespace thaw::test {
namespace {

constexpr std::int64_t kStepsPerEpoch = 20;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// A sentence for each picture.
std::shared_ptr<const core::PictureSet> drawnTexts(const core::PictureSet& pictures) {
    const char* const kSentences[] = {"a small round fruit that grows on a thorny bush",
                                      "decorative American annual, with yellow berries in a husk",
                                      "a machine with two wings that carries people over the sea",
                                      "an animal that barks",
                                      "a large tree whose wood is hard and whose leaves fall in autumn; planted along roads for "
                                      "its shade, it lives for hundreds "
                                      "of years and is felled for ships, floors and furniture",
                                      "caf\xc3\xa9 au lait, or \xe4\xb8\xad\xe6\x96\x87"};
    auto set = std::make_shared<core::PictureSet>();
    std::vector<std::string> texts;
    for (std::int64_t i = 0; i < pictures.count(); ++i)
        texts.push_back(kSentences[static_cast<std::size_t>(i) % std::size(kSentences)] + (" (" + std::to_string(i) + ")"));
    set->texts = std::make_shared<const std::vector<std::string>>(std::move(texts));
    set->labels = pictures.labels;
    return set;
}

class FakeInspector : public core::Inspector {
public:
    FakeInspector(const std::filesystem::path& directory, FakeInspectorScript script) : m_script(std::move(script)) {
        m_run.runId = directory.filename().string();
        m_run.directory = directory;
        m_run.config = lessonConfig(m_script.headEpochs, m_script.epochs - m_script.headEpochs);
        m_run.dataset = drawnDataset(m_script.picturesPerClass);
        m_run.classNames = m_run.dataset.classNames;
        m_run.model = core::describeModel(m_run.config, static_cast<int>(m_run.classNames.size()));
        if (m_script.validatesOnHeldOut) m_run.config.data.heldOut = 0.1;
        m_run.testLock = {m_script.validatesOnHeldOut, *m_script.reveals};
        m_pictures = drawnPictures(m_script.picturesPerClass + (m_run.testLock.reveals > 0 ? 5 : 0));
        if (m_script.onlyPictures > 0) {
            auto few = std::make_shared<core::PictureSet>(*m_pictures);
            few->rgb.resize(static_cast<std::size_t>(m_script.onlyPictures * 3 * few->width * few->height));
            few->labels.resize(static_cast<std::size_t>(m_script.onlyPictures));
            m_pictures = std::move(few);
        }
        m_drawn = m_pictures;
        if (m_script.texts) {
            core::chooseModel(m_run.config, "minilm");
            m_run.model = core::describeModel(m_run.config, static_cast<int>(m_run.classNames.size()));
            m_pictures = drawnTexts(*m_drawn);
        }
        if (m_script.continues) {
            core::chooseModel(m_run.config, "gpt-small");
            m_run.config.task = core::TaskKind::ContinueText;
            m_run.config.phases[0].trainable = m_run.config.phases[1].trainable = {"all"};
            m_run.classNames = {"text"};
            m_run.model = core::describeModel(m_run.config, 1);
            m_pictures = drawnTexts(*m_drawn);
        }
        if (!m_script.severalLabels) return;
        m_run.config.task = core::TaskKind::SeveralLabels;
        m_pictures = withSeveralLabels(*m_drawn);
    }

    const core::InspectedRun& run() const override { return m_run; }

    std::vector<core::StoreError> leftOutCheckpoints() override {
        if (m_script.leftOut.empty()) return {};
        return {core::StoreError(m_script.leftOut)};
    }

    std::vector<core::KeptCheckpoint> checkpoints() override {
        const int kept = m_script.kept->load() > 0 ? m_script.kept->load() : m_script.epochs;
        std::vector<core::KeptCheckpoint> all;
        for (int epoch = 1 + m_script.dropped->load(); epoch <= kept; ++epoch) {
            core::KeptCheckpoint one;
            one.step = epoch * kStepsPerEpoch;
            one.name = "step-" + std::to_string(one.step);
            one.epoch = epoch;
            one.valScore = m_script.continues ? 20 + 400.0 / (epoch * epoch) : accuracyAfter(epoch);
            one.task = m_run.config.task;
            one.endsEpoch = true;
            one.endsPhase = epoch == m_script.headEpochs || epoch == m_script.epochs;
            one.best = epoch == kept;
            all.push_back(one);
        }
        return all;
    }

    std::shared_ptr<const core::PictureSet> pictures(core::Split) override {
        if (m_script.withoutPictures) throw core::DataError("The pictures are gone.", "Put them back.");
        return m_pictures;
    }

    std::shared_ptr<const core::PredictionSet> predictions(const std::string& checkpoint, core::Split,
                                                           const core::CountCallback& progress) override {
        const int epoch = epochOf(checkpoint);
        if (const auto known = m_known.find(epoch); known != m_known.end()) return known->second;
        work(progress);
        auto set = std::make_shared<core::PredictionSet>(
            *drawnPredictions(*m_drawn, accuracyAfter(epoch), epoch, epoch * kStepsPerEpoch));
        if (m_script.severalLabels) set = std::make_shared<core::PredictionSet>(*withSeveralLabels(*set, *m_pictures));
        set->split = m_run.judgedOn();
        return set;
    }
    void exportModel(const std::string& checkpoint, core::ExportFormat format, const std::filesystem::path& file) override {
        work({});
        m_script.exported->push_back(checkpoint + ' ' + core::toString(format) + ' ' + file.string());
    }
    void releaseMemory(bool) override {}
    void know(std::shared_ptr<const core::PredictionSet> predictions) override {
        if (predictions->labels == m_pictures->labels) m_known[predictions->epoch] = std::move(predictions);
    }
    std::shared_ptr<const core::PredictionSet> unseenPredictions(const std::string& checkpoint, std::int64_t,
                                                                 const core::CountCallback& progress) override {
        if (m_script.trainedOnAll) return std::make_shared<core::PredictionSet>();
        auto set = std::make_shared<core::PredictionSet>(*predictions(checkpoint, core::Split::Train, progress));
        set->split = m_script.validatesOnHeldOut ? core::Split::HeldOut : core::Split::Train;
        return set;
    }
    std::vector<float> predict(const std::string& checkpoint, const core::PictureChoice& picture) override {
        std::this_thread::sleep_for(std::chrono::milliseconds(m_script.predictMilliseconds));
        const auto set = predictions(checkpoint, core::Split::Test, {});
        const float* row = set->row(std::clamp<std::int64_t>(picture.index, 0, set->count() - 1));
        if (m_script.notFinite) return std::vector<float>(static_cast<std::size_t>(set->classCount), kNan);
        return {row, row + set->classCount};
    }
    std::vector<core::FilePrediction> predictFiles(const std::string& checkpoint, const std::vector<std::filesystem::path>& files,
                                                   const core::CountCallback& progress) override {
        work(progress);
        std::vector<core::FilePrediction> answers;
        for (const std::filesystem::path& file : files) {
            core::FilePrediction one;
            one.file = file;
            one.width = one.height = one.modelSize = m_pictures->width;
            const std::uint8_t* pixels = m_pictures->picture(static_cast<std::int64_t>(answers.size()) % m_pictures->count());
            one.rgb = one.modelRgb = {pixels, pixels + m_pictures->width * m_pictures->height * 3};
            one.probabilities = predict(checkpoint, {core::Split::Test, static_cast<std::int64_t>(answers.size()), {}});
            answers.push_back(std::move(one));
        }
        return answers;
    }

    core::ActivationMaps activations(const std::string& checkpoint, const core::PictureChoice& picture,
                                     const std::string& layer) override {
        work({});
        const core::LayerInfo& info = layerOf(layer);
        core::ActivationMaps maps;
        maps.layer = info.name;
        maps.channels = static_cast<int>(info.outputShape[0]);
        maps.height = info.outputShape.size() > 1 ? static_cast<int>(info.outputShape[1]) : 1;
        maps.width = info.outputShape.size() > 1 ? static_cast<int>(info.outputShape[2]) : 1;
        maps.values.resize(static_cast<std::size_t>(maps.channels) * maps.height * maps.width);
        for (std::size_t i = 0; i < maps.values.size(); ++i) {
            const std::size_t plane = static_cast<std::size_t>(maps.height) * maps.width, channel = i / plane, place = i % plane;
            const double x = static_cast<double>(place % maps.width) / maps.width,
                         y = static_cast<double>(place / maps.width) / maps.height;
            const double phase =
                static_cast<double>(channel) * 1.7 + static_cast<double>(picture.index) + epochOf(checkpoint) * 0.05;
            maps.values[i] = static_cast<float>(std::max(0.0, std::sin(phase + 6 * x) * std::cos(phase * 0.7 + 5 * y) + 0.2));
        }
        const auto [low, high] = std::minmax_element(maps.values.begin(), maps.values.end());
        maps.minimum = *low;
        maps.maximum = *high;
        if (m_script.notFinite) {
            for (std::size_t i = 0; i < maps.values.size(); i += 3)
                maps.values[i] = i % 2 ? kNan : std::numeric_limits<float>::infinity();
            std::fill_n(maps.values.begin(), maps.values.size() / static_cast<std::size_t>(maps.channels), kNan);
        }
        return maps;
    }
    std::vector<core::TopPicture> topActivating(const std::string&, core::Split, const std::string&, int channel, int count,
                                                std::int64_t, const core::CountCallback& progress) override {
        work(progress);
        std::vector<core::TopPicture> top;
        for (int i = 0; i < count && i < m_pictures->count(); ++i)
            top.push_back({(channel * 7 + i * 13) % m_pictures->count(), 4.0f - 0.2f * static_cast<float>(i)});
        return top;
    }
    core::FilterTiles filters(const std::string& checkpoint) override {
        work({});
        core::FilterTiles tiles;
        tiles.count = 64;
        tiles.size = 3;
        std::mt19937 random(3);
        std::normal_distribution<float> weight(0, 0.3f);
        for (int i = 0; i < tiles.count * 27; ++i) tiles.before.push_back(weight(random));
        tiles.now = tiles.before;
        for (float& value : tiles.now) value += 0.01f * static_cast<float>(epochOf(checkpoint)) * weight(random);
        if (m_script.notFinite) tiles.now[5] = kNan;
        tiles.startProblem = m_script.startProblem;
        if (!tiles.startProblem.empty()) tiles.before.clear();
        return tiles;
    }
    core::LayerStatistics statistics(const std::string& checkpoint, const std::string& layer,
                                     const core::CountCallback& progress) override {
        work(progress);
        core::LayerStatistics statistics;
        statistics.layer = layerOf(layer).name;
        const double moved = movedAfter(epochOf(checkpoint), layerOf(layer));
        const auto bell = [](double width, double total) {
            core::Histogram histogram{-0.04, 0.04, {}};
            for (int bin = 0; bin < 64; ++bin) {
                const double x = (-0.04 + 0.08 * (bin + 0.5) / 64) / width;
                histogram.counts.push_back(static_cast<std::int64_t>(total * std::exp(-x * x / 2)));
            }
            return histogram;
        };
        statistics.weightsStart = bell(0.01, 100'000);
        statistics.weightsNow = bell(0.01 + moved * 0.02, 92'000);
        statistics.gradients = bell(0.004, 50'000);
        statistics.gradientNorm = 0.12;
        statistics.moved = moved;
        statistics.hasRelu = layerOf(layer).kind == core::LayerKind::Conv2d;
        statistics.deadShare = statistics.hasRelu ? 0.07 : -1;
        statistics.sampleCount = 128;
        if (m_script.notFinite) statistics.moved = statistics.gradientNorm = kNan;
        statistics.startProblem = m_script.startProblem;
        if (!statistics.startProblem.empty()) statistics.weightsStart = {};
        statistics.gradientProblem = m_script.gradientProblem;
        if (!statistics.gradientProblem.empty()) {
            statistics.gradients = {};
            statistics.deadShare = -1;
        }
        return statistics;
    }
    core::LayerHistory history(bool gradients, const core::CountCallback& progress) override {
        work(progress);
        core::LayerHistory history;
        history.checkpoints = checkpoints();
        for (const core::KeptCheckpoint& kept : history.checkpoints) {
            std::vector<double> moved, norms;
            for (const core::LayerInfo& layer : m_run.model.layers) {
                moved.push_back(movedAfter(kept.epoch, layer));
                norms.push_back(layer.hasParameters() ? 0.3 / (1 + kept.epoch) : 0);
            }
            if (m_script.notFinite && kept.epoch > m_script.headEpochs) moved.assign(moved.size(), kNan);
            history.moved.push_back(std::move(moved));
            history.gradientNorm.push_back(std::move(norms));
        }
        history.startProblem = m_script.startProblem;
        if (!history.startProblem.empty()) history.moved.clear();
        if (gradients) history.gradientProblem = m_script.gradientProblem;
        if (!gradients || !history.gradientProblem.empty()) history.gradientNorm.clear();
        return history;
    }

    core::ClassMap gradCam(const std::string& checkpoint, const core::PictureChoice& picture, const std::string& layer,
                           int classIndex, core::ClassMapMethod method) override {
        work({});
        const core::LayerInfo& info = layerOf(layer);
        if (info.outputShape.size() < 2)
            throw core::ConfigError(info.name + " has no plane to draw on.", "Choose a convolution layer.");
        core::ClassMap map =
            drawnMap(static_cast<int>(info.outputShape[1]), static_cast<int>(picture.index) + epochOf(checkpoint));
        map.method = method;
        map.layer = info.name;
        map.classIndex = classIndex;
        map.probability = predict(checkpoint, picture)[static_cast<std::size_t>(classIndex)];
        return map;
    }
    core::TextAttribution attribution(const std::string& checkpoint, const core::PictureChoice& choice, int classIndex,
                                      core::AttributionMethod method, const core::CountCallback& progress) override {
        work(progress);
        const std::string text =
            choice.text.empty() ? m_pictures->texts->at(static_cast<std::size_t>(choice.index)) : choice.text;
        core::TextAttribution made;
        made.method = method;
        made.classIndex = classIndex;
        made.probabilities = predict(checkpoint, choice);
        // The longer a word, the more it says; every second one speaks against the class.
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find(' ', begin), text.size());
            const float sign = made.words.size() % 2 == 0 ? 0.25f : -0.25f;
            if (end > begin) made.words.push_back({begin, end - begin, sign * static_cast<float>(end - begin)});
            begin = end + 1;
        }
        made.tokens = static_cast<std::int64_t>(made.words.size()) + 2;
        return made;
    }
    core::GeneratedText continueText(const std::string& checkpoint, const core::GenerationSettings& settings,
                                     const core::GenerationCallback& progress) override {
        const core::GeneratedText made = drawnContinuation(settings, epochOf(checkpoint));
        work([&](std::int64_t, std::int64_t) { return !progress || progress(made); });
        ++*m_script.continued;
        return made;
    }
    core::ClassMap occlusion(const std::string& checkpoint, const core::PictureChoice& picture, int classIndex, int, int,
                             const core::CountCallback& progress) override {
        work(progress);
        core::ClassMap map = drawnMap(9, static_cast<int>(picture.index));
        for (float& value : map.values) value -= 0.2f;
        map.method = core::ClassMapMethod::Occlusion;
        map.classIndex = classIndex;
        map.probability = predict(checkpoint, picture)[static_cast<std::size_t>(classIndex)];
        return map;
    }

    core::Embedding embedding(const std::string& checkpoint, const core::EmbeddingRequest& request,
                              const core::CountCallback& progress) override {
        work(progress);
        core::Embedding map;
        map.method = request.method;
        std::mt19937 random(7);
        std::normal_distribution<float> spread(0, 1);
        const float apart = 1.0f + 0.3f * static_cast<float>(epochOf(checkpoint));
        for (std::int64_t i = 0; i < std::min(request.limit, m_pictures->count()); ++i) {
            const float angle = 0.628f * static_cast<float>(m_pictures->labels[static_cast<std::size_t>(i)]);
            map.indices.push_back(i);
            map.points.push_back(apart * std::cos(angle) + spread(random));
            map.points.push_back(apart * std::sin(angle) + spread(random));
        }
        map.explained = {0.21, 0.13};
        map.divergence = 1.1;
        return map;
    }

private:
    void work(const core::CountCallback& progress) const {
        if (!m_script.failWith.empty() && *m_script.failing)
            throw core::StoreError(m_script.failWith, "Choose another checkpoint.");
        for (int call = 0; progress && call < m_script.longCalls; ++call) {
            if (!progress(call, m_script.longCalls)) throw core::Cancelled();
            if (m_script.callMilliseconds > 0) std::this_thread::sleep_for(std::chrono::milliseconds(m_script.callMilliseconds));
        }
    }
    int epochOf(const std::string& checkpoint) {
        if (checkpoint == "start") return 0;
        for (const core::KeptCheckpoint& kept : checkpoints())
            if (kept.name == checkpoint || "epoch:" + std::to_string(kept.epoch) == checkpoint) return kept.epoch;
        return checkpoints().back().epoch;
    }
    double accuracyAfter(int epoch) const {
        return epoch == 0 ? 0.1 : 0.66 - 0.12 / epoch + (epoch > m_script.headEpochs ? 0.08 : 0);
    }
    double movedAfter(int epoch, const core::LayerInfo& layer) const {
        if (!layer.hasParameters()) return 0;
        if (layer.block == "head") return 0.03 * epoch;
        return layer.block == "block5" ? 0.01 * std::max(0, epoch - m_script.headEpochs) : 0;
    }
    const core::LayerInfo& layerOf(const std::string& name) const {
        const int index = m_run.model.indexOf(name);
        if (index < 0) throw core::ConfigError("There is no layer \"" + name + "\" in the model.");
        return m_run.model.layers[static_cast<std::size_t>(index)];
    }
    static core::ClassMap drawnMap(int size, int place) {
        core::ClassMap map;
        map.width = map.height = size;
        const double centreX = 0.3 + 0.1 * (place % 5), centreY = 0.7 - 0.1 * (place % 4);
        for (int y = 0; y < size; ++y)
            for (int x = 0; x < size; ++x) {
                const double dx = (x + 0.5) / size - centreX, dy = (y + 0.5) / size - centreY;
                map.values.push_back(static_cast<float>(std::exp(-8 * (dx * dx + dy * dy))));
            }
        const float most = *std::max_element(map.values.begin(), map.values.end());
        for (float& value : map.values) value /= most;
        return map;
    }

    const FakeInspectorScript m_script;
    core::InspectedRun m_run;
    std::shared_ptr<const core::PictureSet> m_pictures, m_drawn;        ///< m_drawn: with one label each
    std::map<int, std::shared_ptr<const core::PredictionSet>> m_known;  // by epoch
};

}  // namespace

ui::InspectorFactory fakeInspectorFactory(FakeInspectorScript script) {
    return {[script](const std::filesystem::path& run) { return std::make_unique<FakeInspector>(run, script); },
            {},
            {},
            [script](const std::filesystem::path&) {
                if (!script.failWith.empty() && *script.failing)
                    throw core::StoreError(script.failWith, "Choose another folder.");
                return ++*script.reveals;
            }};
}

}  // namespace thaw::test
