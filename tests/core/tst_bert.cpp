// Networks of BERT's kind against transformers' modules on the same weights: names, shapes, every hidden state and the gradient
// of every parameter, with padding. tests/data/make_bert_golden.py made the numbers.
#include <torch/torch.h>

#include <QTest>

#include <cmath>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/trunks.h"
#include "core/model/families.h"
#include "core/model/staged_model.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "tests/support/expect_error.h"
#include "tests/support/golden_numbers.h"

using namespace thaw::core;
using namespace thaw::test;
using nlohmann::json;

namespace {

constexpr double kNothing = 1e-9;  // what a gradient is that arithmetic makes of zero

json golden() {
    std::ifstream file(THAW_TEST_DATA "/bert_golden.json");
    return json::parse(file);
}

BertShape shapeOf(const json& from) {
    BertShape shape{from["layers"], from["width"], from["heads"], from["hidden"]};
    shape.distilled = from["distilled"];
    shape.vocabulary = from["vocabulary"];
    shape.places = from["places"];
    return shape;
}

/// In float64, as transformers computed.
StagedModel exactModel(const json& item) {
    RunConfig config;
    chooseModel(config, "minilm");
    if (item.contains("shape")) {
        const BertShape shape = shapeOf(item["shape"]);
        addModel(bertModel("small_bert", "Small BERT", shape));
        config.model = "small_bert";
        config.inputSize = shape.places;
    }
    StagedModel model(networkOf(config, /*classCount=*/2), /*seed=*/1);
    if (item.contains("shape")) {
        for (const Parameter& parameter : model.stateDict()) fill(parameter.name, parameter.value);
    } else {
        model.loadTrunk(loadTrunkWeights({}, "minilm"));
    }
    for (const Parameter& parameter : model.stateDict()) {
        torch::Tensor value = parameter.value;
        value.set_data(value.to(torch::kFloat64));
    }
    return model;
}

/// The texts of a case; `padded`: with a mask even where none is shorter.
State textsOf(const json& item, bool padded) {
    const std::int64_t vocabulary = item.contains("shape") ? item["shape"]["vocabulary"].get<std::int64_t>() : 30522;
    const std::vector<std::int64_t> lengths = item["lengths"];
    const std::int64_t rows = static_cast<std::int64_t>(lengths.size()),
                       longest = *std::max_element(lengths.begin(), lengths.end());
    State state(torch::zeros({rows, longest}, torch::kInt64), torch::zeros({rows, longest}));
    const Drawn drawn("ids");
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t i = 0; i < lengths[static_cast<std::size_t>(row)]; ++i) {
            state.hidden[row][i] =
                static_cast<std::int64_t>(std::floor(drawn.unit(row * 64 + i) * static_cast<double>(vocabulary)));
            state.mask[row][i] = 1;
        }
    }
    if (!padded && state.mask.min().item<float>() > 0) state.mask = torch::Tensor();
    return state;
}

std::map<std::string, SourceTensor> fileOf(const std::string& model, const std::string& prefix) {
    std::map<std::string, SourceTensor> tensors;
    for (const TensorSpec& tensor : layoutOf(model).tensors) tensors[prefix + tensor.name] = {DType::Float32, tensor.shape};
    return tensors;
}

}  // namespace

class TestBert : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { useComputeThreads(0); }

    void parametersAreThoseOfTransformers_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"minilm", "bert-base-uncased", "distilbert-base-uncased"}) QTest::newRow(name) << name;
    }
    void parametersAreThoseOfTransformers() {
        QFETCH(QString, name);
        std::map<std::string, std::vector<std::int64_t>> expected, present;
        const json state = golden()["state"][name.toStdString()];
        for (const json& entry : state) expected[entry[0]] = entry[1].get<std::vector<std::int64_t>>();
        for (const TensorSpec& tensor : layoutOf(name.toStdString()).tensors) present[tensor.name] = tensor.shape;
        QVERIFY(present == expected);
    }

    void equalsTransformers_data() {
        QTest::addColumn<int>("index");
        const json cases = golden()["cases"];
        for (std::size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i]["name"].get<std::string>().c_str()) << static_cast<int>(i);
    }
    void equalsTransformers() {
        QFETCH(int, index);
        const json item = golden()["cases"][static_cast<std::size_t>(index)];
        StagedModel model = exactModel(item);
        const State texts = textsOf(item, /*padded=*/false);
        const torch::Tensor real = textsOf(item, /*padded=*/true).mask.to(torch::kFloat64).unsqueeze(2);
        LayerMask trunk(model.info().layers.size(), false);
        std::fill_n(trunk.begin(), model.info().headBegin, true);
        model.setTrainable(trunk);
        torch::AutoGradMode record(true);
        State now = texts;
        const int pooling = model.info().headStage - 1;
        for (int stage = 0; stage < pooling; ++stage) {
            now.hidden = model.stage(stage).forward(now, {});
            require(
                strayOf("hidden." + std::to_string(stage), now.hidden * real, item["hidden"][static_cast<std::size_t>(stage)]),
                kOutputs, model.info().stage(stage).path);
        }
        QCOMPARE(item["hidden"].size(), static_cast<std::size_t>(pooling));
        const torch::Tensor mean = model.stage(pooling).forward(now, {});
        require(strayOf("mean", mean, item["mean"]), kOutputs, "the mean");
        (mean * drawnLike("loss", mean.sizes().vec(), 1)).sum().backward();
        std::size_t checked = 0;
        for (int stage = 0; stage < pooling; ++stage) {
            for (const Parameter& parameter : model.parameters(stage)) {
                const json& seen = item["gradients"][parameter.name];
                const torch::Tensor gradient = parameter.value.grad();
                if (seen[0].get<double>() < kNothing)  // a key's bias changes all scores of a token alike
                    QVERIFY2(gradient.norm().item<double>() < kNothing, parameter.name.c_str());
                else
                    require(strayOf(parameter.name, gradient, seen), kGradients, "the gradient of " + parameter.name);
                ++checked;
            }
        }
        QCOMPARE(checked, item["gradients"].size());
    }

    /// What stands beside a text in its batch does not change it.
    void paddingIsNotSeen() {
        const StagedModel model = exactModel(golden()["cases"][0]);
        torch::NoGradGuard noGrad;
        const State texts = textsOf(golden()["cases"][0], /*padded=*/true);
        const torch::Tensor together = model.forward(texts, 0, model.info().headStage);
        for (std::int64_t row = 0; row < texts.rows(); ++row) {
            const std::int64_t length = texts.mask[row].sum().item<std::int64_t>();
            const torch::Tensor alone =
                model.forward(texts.hidden.slice(0, row, row + 1).slice(1, 0, length), 0, model.info().headStage);
            QVERIFY(at::allclose(alone[0], together[row], 1e-9, 1e-9));
        }
        // A whole batch without padding is the same with and without a mask.
        const State same = textsOf(golden()["cases"][1], /*padded=*/true);
        QVERIFY(
            at::allclose(model.forward(same, 0, model.info().headStage), model.forward(same.hidden, 0, model.info().headStage)));
    }

    /// Files of transformers: with the model's prefix, with a head or a pooler, with the numbers of the places, with old names.
    void filesOfTransformersFit() {
        for (const char* name : {"minilm", "bert-base-uncased", "distilbert-base-uncased"}) {
            for (const char* prefix : {"", "bert.", "distilbert.", "module.bert."}) {
                auto tensors = fileOf(name, prefix);
                tensors[std::string(prefix) + "embeddings.position_ids"] = {DType::Int64, {1, 512}};
                tensors[std::string(prefix) + "pooler.dense.weight"] = {DType::Float32, {768, 768}};
                tensors["classifier.weight"] = {DType::Float32, {2, 768}};
                tensors["cls.predictions.bias"] = {DType::Float32, {30522}};
                QVERIFY2(matchTrunk(tensors, layoutOf(name)).isTrunk(), prefix);
                QCOMPARE(modelIn(tensors), std::string(name));
            }
        }
        std::map<std::string, SourceTensor> old;
        for (const auto& [tensor, kind] : fileOf("bert-base-uncased", "bert.")) {
            std::string before = tensor;
            for (const auto& [now, then] : {std::pair<std::string, std::string>("LayerNorm.weight", "LayerNorm.gamma"),
                                            std::pair<std::string, std::string>("LayerNorm.bias", "LayerNorm.beta")})
                if (const std::size_t at = before.find(now); at != std::string::npos) before.replace(at, now.size(), then);
            old[before] = kind;
        }
        QVERIFY(old.count("bert.embeddings.LayerNorm.gamma") == 1);
        QVERIFY(matchTrunk(old, layoutOf("bert-base-uncased")).isTrunk());
        // Another network of the kind is refused.
        QVERIFY(!matchTrunk(fileOf("bert-base-uncased", ""), layoutOf("minilm")).isTrunk());
        auto deeper = fileOf("minilm", "");
        for (const auto& [tensor, kind] : fileOf("minilm", ""))
            if (const std::size_t at = tensor.find("layer.5"); at != std::string::npos)
                deeper[tensor.substr(0, at) + "layer.6" + tensor.substr(at + 7)] = kind;
        QVERIFY(!matchTrunk(deeper, layoutOf("minilm")).isTrunk());
    }

    void sizesAreChecked() {
        RunConfig config;
        chooseModel(config, "minilm");
        QCOMPARE(config.inputSize, 128);
        config.inputSize = 513;
        const std::string error = errorOf<ConfigError>([&] { networkOf(config, 2); });
        QVERIFY2(error.find("cannot read texts of 513 tokens") != std::string::npos, error.c_str());
        config.inputSize = 4;
        QVERIFY(!errorOf<ConfigError>([&] { networkOf(config, 2); }).empty());
    }

    void theGalleryShowsThem() {
        QVERIFY(modalityOf("minilm") == Modality::Texts && modalityOf("vgg16") == Modality::Pictures);
        QCOMPARE(listTrunks("minilm").size(), std::size_t{1});
        QVERIFY(listTrunks("minilm").front().model.builtIn);
        QVERIFY(listTrunks("bert-base-uncased").front().bytes > 100'000'000);
    }
};

QTEST_GUILESS_MAIN(TestBert)
#include "tst_bert.moc"
