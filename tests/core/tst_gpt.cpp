// Networks of GPT-2's kind against transformers' module on the same weights: names, shapes, every hidden state, the scores, the
// loss, the gradient of every parameter and a continued text. tests/data/make_gpt_golden.py made the numbers.
#include <torch/torch.h>

#include <QTest>

#include <cmath>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/generation.h"
#include "core/api/models.h"
#include "core/api/trunks.h"
#include "core/model/families.h"
#include "core/model/safetensors.h"
#include "core/model/staged_model.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "core/train/token_loss.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden_numbers.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
using nlohmann::json;

namespace {

json golden() {
    std::ifstream file(THAW_TEST_DATA "/gpt_golden.json");
    return json::parse(file);
}

RunConfig configOf(const json& shape, TaskKind task = TaskKind::ContinueText) {
    addModel(gptModel("small_gpt", "Small GPT-2",
                      {shape["layers"], shape["width"], shape["heads"], shape["vocabulary"], shape["places"]}));
    RunConfig config;
    chooseModel(config, "small_gpt");
    config.inputSize = shape["places"];
    config.task = task;
    return config;
}

StagedModel seededModel(const RunConfig& config) {
    StagedModel model(networkOf(config, /*classCount=*/2), /*seed=*/1);
    for (const Parameter& parameter : model.stateDict()) fill(parameter.name, parameter.value);
    return model;
}

void computeExactly(StagedModel& model) {
    for (const Parameter& parameter : model.stateDict()) {
        torch::Tensor value = parameter.value;
        value.set_data(value.to(torch::kFloat64));
    }
}

/// The ids of the case's texts, or with `ahead` 1 those that come next.
torch::Tensor idsOf(const json& item, std::int64_t ahead) {
    const std::int64_t rows = item["rows"], tokens = item["tokens"], vocabulary = item["shape"]["vocabulary"];
    torch::Tensor ids = torch::empty({rows, tokens}, torch::kInt64);
    const Drawn drawn("ids");
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t i = 0; i < tokens; ++i)
            ids[row][i] =
                static_cast<std::int64_t>(std::floor(drawn.unit(row * 64 + i + ahead) * static_cast<double>(vocabulary)));
    return ids;
}

std::vector<std::int64_t> turned(const TensorSpec& tensor) {
    return tensor.transposed ? std::vector<std::int64_t>{tensor.shape[1], tensor.shape[0]} : tensor.shape;
}

std::map<std::string, SourceTensor> fileOf(const std::string& model, const std::string& prefix) {
    std::map<std::string, SourceTensor> tensors;
    for (const TensorSpec& tensor : layoutOf(model).tensors) tensors[prefix + tensor.name] = {DType::Float32, turned(tensor)};
    return tensors;
}

/// A file as transformers writes it, with the model's seeded weights.
void writeWeights(const StagedModel& model, const std::filesystem::path& file) {
    SafetensorsWriter writer;
    std::vector<torch::Tensor> values;
    for (const TensorSpec& spec : layoutOf("small_gpt").tensors)
        for (const Parameter& parameter : model.stateDict())
            if (parameter.name == spec.name)
                values.push_back(spec.transposed ? parameter.value.t().contiguous() : parameter.value);
    std::size_t next = 0;
    for (const TensorSpec& spec : layoutOf("small_gpt").tensors) {
        const torch::Tensor& value = values[next++];
        writer.add("transformer." + spec.name, DType::Float32, value.sizes().vec(), value.data_ptr<float>());
    }
    writer.write(file);
}

}  // namespace

class TestGpt : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { useComputeThreads(0); }

    void parametersAreThoseOfTransformers() {
        for (const char* name : {"gpt2", "distilgpt2"}) {
            std::map<std::string, std::vector<std::int64_t>> expected, present;
            const json state = golden()["state"][name];
            for (const json& entry : state) expected[entry[0]] = entry[1].get<std::vector<std::int64_t>>();
            for (const TensorSpec& tensor : layoutOf(name).tensors) present[tensor.name] = turned(tensor);
            QVERIFY(present == expected);
        }
    }

    void equalsTransformers() {
        const json item = golden()["case"];
        StagedModel model = seededModel(configOf(item["shape"]));
        computeExactly(model);
        const ModelInfo& info = model.info();
        LayerMask all(info.layers.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = info.layers[i].hasParameters();
        model.setTrainable(all);
        const torch::Tensor next = idsOf(item, 1);
        torch::AutoGradMode record(true);
        State now = idsOf(item, 0);
        std::size_t seen = 0;
        for (int stage = 0; stage < info.headStage; ++stage) {
            now.hidden = model.stage(stage).forward(now, {});
            if (stage == info.headStage - 2) continue;  // transformers shows the last block only behind the norm
            require(strayOf("hidden." + std::to_string(seen), now.hidden, item["hidden"][seen]), kOutputs,
                    info.stage(stage).path);
            ++seen;
        }
        QCOMPARE(item["hidden"].size(), seen);
        const torch::Tensor logits = model.stage(info.headStage).forward(now, {});
        require(strayOf("logits", logits, item["logits"]), kOutputs, "the scores");
        const torch::Tensor loss = at::cross_entropy_loss(logits.flatten(0, 1), next.flatten());
        QVERIFY(std::abs(loss.item<double>() - item["loss"].get<double>()) < 1e-5);
        loss.backward();
        std::size_t checked = 0;
        for (const Parameter& parameter : model.stateDict()) {
            require(strayOf(parameter.name, parameter.value.grad(), item["gradients"][parameter.name]), kGradients,
                    "the gradient of " + parameter.name);
            ++checked;
        }
        QCOMPARE(checked, item["gradients"].size());
    }

    /// In chunks and without the whole vocabulary's scores in memory the loss and its gradients are the same.
    void theLossIsThatOfTheWholeVocabulary() {
        torch::manual_seed(1);
        const std::int64_t words = 60000, units = 8;  // of which 34 tokens fit into a chunk
        const torch::Tensor hidden = torch::randn({3, 17, units}, torch::requires_grad()),
                            table = torch::randn({words, units}, torch::requires_grad()),
                            next = torch::randint(words, {3, 17}, torch::kInt64);
        const torch::Tensor expected = at::cross_entropy_loss(at::linear(hidden, table).flatten(0, 1), next.flatten());
        expected.backward();
        const torch::Tensor ofTable = table.grad().clone();
        table.mutable_grad() = torch::Tensor();
        const TokenLoss loss = tokenLoss(hidden, table, next, {/*batchRows=*/3, /*hidden=*/true, /*table=*/true});
        QVERIFY(std::abs(loss.sum / 3 - expected.item<double>()) < 1e-5);
        QVERIFY(at::allclose(loss.gradient, hidden.grad(), 1e-4, 1e-7));
        QVERIFY(at::allclose(table.grad(), ofTable, 1e-4, 1e-7));
        tokenLoss(hidden, table, next, {/*batchRows=*/3, /*hidden=*/false, /*table=*/true});
        QVERIFY(at::allclose(table.grad(), 2 * ofTable, 1e-4, 1e-7));  // added, as autograd does
        QVERIFY(!tokenLoss(hidden, table, next).gradient.defined());
        QVERIFY(std::abs(tokenLoss(hidden, table, next).sum - loss.sum) < 1e-9);
    }

    void theTableStandsInTwoPlacesOnce() {
        const RunConfig config = configOf(golden()["case"]["shape"]);
        StagedModel model = seededModel(config);
        const ModelInfo& info = model.info();
        const LayerInfo& scores = info.layers.back();
        QCOMPARE(scores.torchName, std::string("lm_head"));
        QCOMPARE(scores.kindText, std::string("Dense, same as wte"));
        QVERIFY(!scores.hasParameters() && !info.maskOf({"head"})[static_cast<std::size_t>(info.headBegin)]);
        QCOMPARE(info.parameterCount, describeModel(configOf(golden()["case"]["shape"], TaskKind::OneLabel), 2).parameterCount -
                                          (24 * 512 + 512 + 512 * 2 + 2));
        const auto named = [&](const std::string& name) {
            std::vector<Parameter> found;
            for (const Parameter& parameter : model.stateDict())
                if (parameter.name == name) found.push_back(parameter);
            return found;
        };
        QCOMPARE(named("wte.weight").size(), std::size_t{1});
        QVERIFY(named("lm_head.weight").empty());
        const torch::Tensor table = model.stage(info.headStage).tiedTable();
        QVERIFY(table.is_same(named("wte.weight")[0].value));
        model.load("wte.weight", torch::zeros_like(table));
        const torch::Tensor ids = torch::ones({1, 4}, torch::kInt64);
        QCOMPARE(model.forward(ids, 0, model.stageCount()).abs().max().item<float>(), 0.f);
        // A model that takes over another one's stages reads the tables that it has then.
        const StagedModel other = seededModel(config);
        for (int stage = 0; stage < model.stageCount(); ++stage) model.share(stage, other);
        QVERIFY(at::equal(model.forward(ids, 0, model.stageCount()), other.forward(ids, 0, other.stageCount())));
    }

    /// Files of transformers: with and without prefix, with the masks of old versions and with a head.
    void filesOfTransformersFit() {
        for (const char* name : {"gpt2", "distilgpt2"}) {
            for (const char* prefix : {"", "transformer.", "module.transformer."}) {
                auto tensors = fileOf(name, prefix);
                for (int block = 0; block < 6; ++block) {
                    const std::string attention = std::string(prefix) + "h." + std::to_string(block) + ".attn.";
                    tensors[attention + "bias"] = {DType::Float32, {1, 1, 1024, 1024}};
                    tensors[attention + "masked_bias"] = {DType::Float32, {}};
                }
                tensors["lm_head.weight"] = {DType::Float32, {50257, 768}};
                QVERIFY2(matchTrunk(tensors, layoutOf(name)).isTrunk(), prefix);
                QCOMPARE(modelIn(tensors), std::string(name));
            }
        }
        QVERIFY(!matchTrunk(fileOf("gpt2", ""), layoutOf("distilgpt2")).isTrunk());
        auto wrong = fileOf("distilgpt2", "");
        wrong["h.0.attn.c_attn.weight"].shape = {2304, 768};
        const TrunkMatch match = matchTrunk(wrong, layoutOf("distilgpt2"));
        QCOMPARE(match.misshapen,
                 std::vector<std::string>{"h.0.attn.c_attn.weight: expected 768x2304 (inputs first), file has 2304x768"});
    }

    void weightsAreTurnedOnReadingAndWriting() {
        const TemporaryHome home;
        const StagedModel model = seededModel(configOf(golden()["case"]["shape"]));
        const std::filesystem::path file = home / "gpt.safetensors", copy = home / "copy.safetensors";
        writeWeights(model, file);
        const TrunkWeights read = loadTrunkWeights(file, "small_gpt");
        importWeights(file, copy, "small_gpt");
        const TrunkWeights again = loadTrunkWeights(copy, "small_gpt");
        QCOMPARE(SafetensorsReader(copy).entries().at("h.0.attn.c_attn.weight").shape, (std::vector<std::int64_t>{24, 72}));
        for (int stage = 0; stage < model.info().headStage; ++stage) {
            for (const Parameter& parameter : model.parameters(stage)) {
                const HostTensor& tensor = read.tensors.at(parameter.name);
                QCOMPARE(tensor.shape, parameter.value.sizes().vec());
                const torch::Tensor value = parameter.value.contiguous();
                QVERIFY(std::equal(tensor.values.begin(), tensor.values.end(), value.data_ptr<float>()));
                QVERIFY(again.tensors.at(parameter.name).values == tensor.values);
            }
        }
    }

    void continuesAsTransformers() {
        const TemporaryHome home;
        const json item = golden()["continued"];
        writeWeights(seededModel(configOf(item["shape"])), home / "gpt.safetensors");
        GenerationSettings settings;
        settings.prompt = "It is a truth universally acknowledged";
        settings.temperature = 0;
        settings.tokens = 200;
        const GeneratedText made = continueText("small_gpt", home / "gpt.safetensors", settings);
        QCOMPARE(made.prompt, item["prompt"].get<std::vector<TokenId>>());
        QCOMPARE(made.tokens, item["ids"].get<std::vector<TokenId>>());
    }

    /// Token by token with what is remembered of the others, or all at once.
    void theMemoryChangesNothing() {
        const json item = golden()["case"];
        StagedModel model = seededModel(configOf(item["shape"]));
        computeExactly(model);
        torch::NoGradGuard noGrad;
        const torch::Tensor ids = idsOf(item, 0);
        const torch::Tensor whole = model.forward(ids, 0, model.stageCount());
        AttentionMemory memory;
        ForwardContext context;
        context.memory = &memory;
        for (const auto& [begin, end] : {std::pair(0, 5), std::pair(5, 6), std::pair(6, 15), std::pair(15, 31)}) {
            const torch::Tensor part = model.forward(ids.slice(1, begin, end), 0, model.stageCount(), context);
            memory.tokens += end - begin;
            QVERIFY(at::allclose(part, whole.slice(1, begin, end), 1e-9, 1e-9));
        }
    }

    /// Of labelled texts the last real token counts, whatever stands behind it.
    void classesAreReadOffTheLastToken() {
        const json item = golden()["case"];
        StagedModel model = seededModel(configOf(item["shape"], TaskKind::OneLabel));
        computeExactly(model);
        torch::NoGradGuard noGrad;
        const torch::Tensor ids = idsOf(item, 0);
        const std::vector<std::int64_t> lengths{7, 31, 20};
        State texts(ids, torch::zeros({3, 31}));
        for (std::int64_t row = 0; row < 3; ++row)
            for (std::int64_t i = 0; i < lengths[static_cast<std::size_t>(row)]; ++i) texts.mask[row][i] = 1;
        const torch::Tensor together = model.forward(texts, 0, model.info().headStage);
        QCOMPARE(together.sizes().vec(), (std::vector<std::int64_t>{3, 24}));
        for (std::int64_t row = 0; row < 3; ++row) {
            const torch::Tensor one = ids.slice(0, row, row + 1).slice(1, 0, lengths[static_cast<std::size_t>(row)]);
            QVERIFY(at::allclose(model.forward(one, 0, model.info().headStage)[0], together[row], 1e-9, 1e-9));
        }
    }

    void othersCannotContinue() {
        GenerationSettings settings;
        const std::string error = errorOf<ConfigError>([&] { continueText("minilm", {}, settings); });
        QVERIFY2(error.find("MiniLM-L6 cannot continue a text") != std::string::npos, error.c_str());
        settings.topP = 0;
        QVERIFY(!errorOf<ConfigError>([&] { continueText("gpt2", {}, settings); }).empty());
        QVERIFY(modalityOf("gpt2") == Modality::Texts && !listTrunks("gpt2").empty());
    }
};

QTEST_GUILESS_MAIN(TestGpt)
#include "tst_gpt.moc"
