#include <torch/torch.h>

#include <QTest>

#include <cstring>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/train/fused_update.h"
#include "core/train/optimizer.h"

using namespace thaw::core;

namespace {

Parameter parameter(const std::string& name, const std::vector<float>& values) {
    return {name, torch::tensor(values).set_requires_grad(true)};
}

void setGradient(const Parameter& p, const torch::Tensor& gradient) {
    torch::Tensor value = p.value;
    value.mutable_grad() = gradient;
}

void setGradient(const Parameter& p, int step) {
    torch::Tensor gradient = torch::empty(p.value.sizes());
    for (std::int64_t i = 0; i < gradient.numel(); ++i)
        gradient.data_ptr<float>()[i] = static_cast<float>((i * 7 + step * 5) % 11 - 5) / 8;
    setGradient(p, gradient);
}

std::vector<float> values(const Parameter& p) { return {p.value.data_ptr<float>(), p.value.data_ptr<float>() + p.value.numel()}; }

OptimizerConfig config(OptimizerKind kind, double rate) {
    OptimizerConfig result;
    result.kind = kind;
    result.learningRate = rate;
    result.momentum = 0;
    return result;
}

std::map<std::string, OptimizerConfig> goldenCases() {
    std::map<std::string, OptimizerConfig> cases;
    cases["sgd"] = config(OptimizerKind::Sgd, 0.1);
    cases["sgd_decay"] = cases["sgd"];
    cases["sgd_decay"].weightDecay = 0.05;
    cases["sgd_momentum"] = cases["sgd"];
    cases["sgd_momentum"].momentum = 0.9;
    cases["sgd_nesterov_decay"] = cases["sgd_momentum"];
    cases["sgd_nesterov_decay"].nesterov = true;
    cases["sgd_nesterov_decay"].weightDecay = 0.05;
    cases["adam"] = config(OptimizerKind::Adam, 0.01);
    cases["adam_decay"] = cases["adam"];
    cases["adam_decay"].beta1 = 0.8;
    cases["adam_decay"].beta2 = 0.95;
    cases["adam_decay"].epsilon = 1e-5;
    cases["adam_decay"].weightDecay = 0.05;
    cases["adamw"] = config(OptimizerKind::AdamW, 0.01);
    cases["adamw"].weightDecay = 0.05;
    return cases;
}

}  // namespace

class TestOptimizer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// As torch.nn.utils.clip_grad_norm_, over all that trains.
    void longGradientsAreScaledDown() {
        OptimizerConfig settings = config(OptimizerKind::Sgd, 1);
        settings.clipNorm = 1;
        const Parameter a = parameter("a", {1, 1}), b = parameter("b", {1});
        Optimizer optimizer(settings);
        optimizer.setParameters({a, b});
        setGradient(a, torch::tensor({3.0f, 0.0f}));
        setGradient(b, torch::tensor({4.0f}));  // together 5 long
        QVERIFY(optimizer.step());
        QVERIFY(at::allclose(a.value, torch::tensor({0.4f, 1.0f})) && at::allclose(b.value, torch::tensor({0.2f})));
        setGradient(a, torch::tensor({0.1f, 0.0f}));
        setGradient(b, torch::tensor({0.2f}));
        QVERIFY(optimizer.step());
        QVERIFY(at::allclose(a.value, torch::tensor({0.3f, 1.0f})) && at::allclose(b.value, torch::tensor({0.0f}), 1e-5, 1e-7));
    }

    void vectorsNeedNotDecay() {
        for (const OptimizerKind kind : {OptimizerKind::Sgd, OptimizerKind::Adam, OptimizerKind::AdamW}) {
            OptimizerConfig settings = config(kind, 0.1);
            settings.weightDecay = 0.5;
            settings.decayVectors = false;
            const Parameter bias = parameter("bias", {2}), weight{"weight", torch::full({1, 1}, 2.0f).set_requires_grad(true)};
            Optimizer optimizer(settings);
            optimizer.setParameters({bias, weight});
            setGradient(bias, torch::zeros({1}));
            setGradient(weight, torch::zeros({1, 1}));
            QVERIFY(optimizer.step());
            QCOMPARE(bias.value.item<float>(), 2.0f);
            QVERIFY(weight.value.item<float>() < 2.0f);
        }
    }

    void equalsPython() {
        std::ifstream file(THAW_TEST_DATA "/optimizer_golden.json");
        const nlohmann::json golden = nlohmann::json::parse(file);
        const auto cases = goldenCases();
        QCOMPARE(golden.size(), cases.size());
        for (const auto& [name, settings] : cases) {
            const Parameter p = parameter("p", {0.5f, -1.25f, 2.0f, 0.03125f, -0.75f});
            Optimizer optimizer(settings);
            optimizer.setParameters({p});
            const auto expected = golden.at(name).get<std::vector<std::vector<double>>>();
            for (std::size_t t = 0; t < expected.size(); ++t) {
                setGradient(p, static_cast<int>(t) + 1);
                QVERIFY(optimizer.step());
                QVERIFY(!p.value.grad().defined());
                const std::vector<float> now = values(p);
                for (std::size_t i = 0; i < now.size(); ++i)
                    QVERIFY2(std::abs(now[i] - expected[t][i]) <= 1e-6 * std::max(1.0, std::abs(expected[t][i])),
                             (name + " step " + std::to_string(t + 1)).c_str());
            }
        }
    }

    // The loops for wide vectors, their remainders and the plain loop say the same to rounding, on arrays of awkward sizes.
    void allLengthsAgree() {
        for (const std::int64_t count : {1, 7, 16, 33, 1000, 200001}) {
            const torch::Tensor start = torch::randn({count}), gradient = torch::randn({count});
            for (const auto& [name, settings] : goldenCases()) {
                const Parameter whole{"p", start.clone().set_requires_grad(true)};
                Optimizer optimizer(settings);
                optimizer.setParameters({whole});
                std::vector<float> alone;
                for (int t = 0; t < 2; ++t) {
                    setGradient(whole, gradient);
                    optimizer.step();
                }
                // One element at a time cannot use vectors.
                for (const std::int64_t i : {std::int64_t(0), count / 2, count - 1}) {
                    const Parameter one{"p", start.slice(0, i, i + 1).clone().set_requires_grad(true)};
                    Optimizer single(settings);
                    single.setParameters({one});
                    for (int t = 0; t < 2; ++t) {
                        setGradient(one, gradient.slice(0, i, i + 1).clone());
                        single.step();
                    }
                    QVERIFY(std::abs(values(one)[0] - values(whole)[static_cast<std::size_t>(i)]) < 1e-6);
                }
            }
        }
    }

    void frozenStaysThawedStartsAfresh() {
        for (const auto& [name, settings] : goldenCases()) {
            const Parameter kept = parameter("kept", {1, 2, 3}), frozen = parameter("frozen", {4, 5, 6});
            const Parameter alone = parameter("kept", {1, 2, 3});
            Optimizer optimizer(settings), reference(settings);
            optimizer.setParameters({kept, frozen});
            reference.setParameters({alone});
            const auto step = [&](int t) {
                setGradient(kept, t);
                setGradient(alone, t);
                optimizer.step();
                reference.step();
            };
            setGradient(frozen, 1);
            step(1);
            optimizer.setParameters({kept});
            const std::vector<float> before = values(frozen);
            for (int t = 2; t < 20; ++t) step(t);
            QCOMPARE(std::memcmp(values(frozen).data(), before.data(), before.size() * sizeof(float)), 0);
            QCOMPARE(optimizer.records().count("frozen"), std::size_t(0));
            QCOMPARE(values(kept), values(alone));  // its moments were kept
            optimizer.setParameters({kept, frozen});
            setGradient(frozen, 1);
            step(20);
            QCOMPARE(optimizer.records().at("frozen").step, std::int64_t(1));
            QCOMPARE(values(kept), values(alone));
        }
    }

    void recordsRestore() {
        for (const auto& [name, settings] : goldenCases()) {
            const Parameter p = parameter("p", {0.5f, -1.25f, 2.0f}), q = parameter("p", {0.5f, -1.25f, 2.0f});
            Optimizer whole(settings), first(settings), second(settings);
            whole.setParameters({p});
            first.setParameters({q});
            for (int t = 1; t <= 3; ++t) {
                setGradient(p, t);
                whole.step();
                setGradient(q, t);
                first.step();
            }
            second.setParameters({q});
            for (const auto& [parameterName, record] : first.records()) second.setRecord(parameterName, record);
            for (int t = 4; t <= 6; ++t) {
                setGradient(p, t);
                whole.step();
                setGradient(q, t);
                second.step();
            }
            QCOMPARE(values(p), values(q));
        }
    }

    void noticesWhatIsNotFinite() {
        for (const auto& [name, settings] : goldenCases()) {
            Optimizer optimizer(settings);
            const Parameter p = parameter("p", std::vector<float>(100, 1.0f));
            optimizer.setParameters({p});
            torch::Tensor gradient = torch::zeros({100});
            gradient[77] = std::numeric_limits<float>::quiet_NaN();
            setGradient(p, gradient);
            QVERIFY(!optimizer.step());
        }
    }
};

QTEST_GUILESS_MAIN(TestOptimizer)
#include "tst_optimizer.moc"
