// The fast convolutions between LibTorch's tensors: values, gradients, odd input, and whole runs on them. ctest also runs this on
// smaller instruction sets (THAW_ISA).
#include <QTest>

#include <torch/torch.h>

#include <array>
#include <functional>
#include <limits>

#include "core/api/runs.h"
#include "core/kernels/fast_conv.h"
#include "core/kernels/instruction_set.h"
#include "core/model/families.h"
#include "tests/support/drawn_tensor.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

using torch::Tensor;

constexpr double kNearZero = 1e-3;  // values about as small as rounding: whether the ReLU passes them is chance

struct Problem {
    Tensor x, weight, bias;
    Problem(std::int64_t batch, std::int64_t height, std::int64_t width, std::int64_t in = 64, std::int64_t out = 64)
        : x(drawn({batch, in, height, width}, 1)), weight(drawn({out, in, 3, 3}, 2) * 0.05), bias(drawn({out}, 3)) {}
    Problem inDouble() const {
        Problem other = *this;
        for (Tensor* tensor : {&other.x, &other.weight, &other.bias}) *tensor = tensor->to(torch::kFloat64);
        return other;
    }
    Tensor convolved() const { return at::conv2d(x, weight, bias, /*stride=*/1, /*padding=*/1); }
};

using Layer = std::function<Tensor(const Problem&)>;

Tensor byLibTorch(const Problem& p) { return p.convolved().relu(); }
Tensor byThaw(const Problem& p) { return FastConv().forwardRecorded(p.x, p.weight, p.bias); }

/// Gradients of sum(layer * slope) to x, weight and bias.
std::vector<Tensor> gradientsOf(const Problem& p, const Tensor& slope, const Layer& layer) {
    Problem leaves = p;
    for (Tensor* tensor : {&leaves.x, &leaves.weight, &leaves.bias}) *tensor = tensor->detach().clone().set_requires_grad(true);
    return torch::autograd::grad({layer(leaves)}, {leaves.x, leaves.weight, leaves.bias}, {slope});
}

/// A slope that is zero where the ReLU's decision is chance.
Tensor decidedSlope(const Problem& p) {
    const Tensor before = p.inDouble().convolved();
    return drawn(before.sizes().vec(), 4) * before.abs().gt(kNearZero).to(torch::kFloat32);
}

/// A trunk with as many channels as the kernels need, block 5 on planes of 2x2.
class WideLesson : public TinyLesson {
public:
    WideLesson() : TinyLesson(/*trainPerClass=*/10, /*testPerClass=*/5) {
        addModel(vggModel("vgg16", "Wide", {{64}, {64}, {64}, {64}, {64, 64}}));
    }
    /// One phase of SGD on the head and what else is named.
    RunConfig config(const std::string& run, const std::vector<std::string>& trainable, int threads) const {
        RunConfig config = TinyLesson::config(run);
        config.threads = threads;
        config.phases.resize(1);
        config.phases[0].epochs = 1;
        config.phases[0].trainable = trainable;
        config.phases[0].optimizer.kind = OptimizerKind::Sgd;
        config.phases[0].optimizer.momentum = 0.9;
        return config;
    }
};

}  // namespace

class TestFastConv : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { qInfo("Instruction set: %s", kernels::toString(kernels::instructionSet())); }

    void shapes_data() {
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("out");
        QTest::newRow("2x2") << 5 << 2 << 2 << 64 << 128;
        QTest::newRow("4x4") << 3 << 4 << 4 << 128 << 64;
        QTest::newRow("5x7, one picture") << 1 << 5 << 7 << 64 << 64;
        QTest::newRow("3x3") << 2 << 3 << 3 << 64 << 64;
        QTest::newRow("14x14") << 2 << 14 << 14 << 64 << 64;
    }

    // The reference itself: LibTorch's double precision against differences.
    void referenceIsTheDerivative() {
        const Problem p = Problem(2, 3, 5, 2, 3).inDouble();
        const Tensor slope = decidedSlope(p).to(torch::kFloat64);
        const std::vector<Tensor> gradients = gradientsOf(p, slope, byLibTorch);
        Problem moved = p;
        const std::vector<Tensor> values{moved.x, moved.weight, moved.bias};
        constexpr double kStep = 1e-6;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const Tensor flat = values[i].view({-1}), gradient = gradients[i].reshape({-1});
            for (std::int64_t j = 0; j < flat.numel(); ++j) {
                const auto lossAt = [&](double step) {
                    flat[j] += step;
                    const double loss = (byLibTorch(moved) * slope).sum().item<double>();
                    flat[j] -= step;
                    return loss;
                };
                const double difference = (lossAt(kStep) - lossAt(-kStep)) / (2 * kStep);
                QVERIFY2(std::abs(difference - gradient[j].item<double>()) < 1e-7, std::to_string(difference).c_str());
            }
        }
    }

    void gradientsEqualDoublePrecision_data() { shapes_data(); }
    void gradientsEqualDoublePrecision() {
        const Problem p = problem();
        if (!FastConv::supportsGradients(p.x, p.weight, p.bias, {})) QSKIP("No kernels on this instruction set.");
        const Tensor slope = decidedSlope(p);
        QVERIFY(relative(byThaw(p), byLibTorch(p.inDouble())) < 1e-5);
        const std::vector<Tensor> exact = gradientsOf(p.inDouble(), slope.to(torch::kFloat64), byLibTorch);
        const std::vector<Tensor> plain = gradientsOf(p, slope, byLibTorch), ours = gradientsOf(p, slope, byThaw);
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY2(relative(ours[i], exact[i]) < 3e-5, std::to_string(relative(ours[i], exact[i])).c_str());
            QVERIFY2(relative(ours[i], plain[i]) < 3e-5, std::to_string(relative(ours[i], plain[i])).c_str());
        }
    }

    // Half of the channels far above the ReLU's corner and half below: linear there, so that differences are exact.
    void gradientsAreDifferences_data() { shapes_data(); }
    void gradientsAreDifferences() {
        Problem p = problem();
        if (!FastConv::supportsGradients(p.x, p.weight, p.bias, {})) QSKIP("No kernels on this instruction set.");
        p.bias = torch::where(torch::arange(p.bias.numel()).remainder(2).eq(0), torch::full_like(p.bias, 30),
                              torch::full_like(p.bias, -30));
        const Tensor slope = drawn(p.convolved().sizes().vec(), 4);
        const std::vector<Tensor> gradients = gradientsOf(p, slope, byThaw);
        const auto lossAt = [&](std::size_t which, const Tensor& step) {
            Problem moved = p;
            Tensor* const values[] = {&moved.x, &moved.weight, &moved.bias};
            *values[which] = *values[which] + step;
            return (byThaw(moved).to(torch::kFloat64) * slope.to(torch::kFloat64)).sum().item<double>();
        };
        for (std::size_t i = 0; i < 3; ++i) {
            // Along the gradient itself, so that the difference is large.
            const Tensor step = gradients[i] * (0.02 / gradients[i].abs().max().item<double>());
            const double expected = (gradients[i].to(torch::kFloat64) * step.to(torch::kFloat64)).sum().item<double>();
            const double difference = (lossAt(i, step) - lossAt(i, -step)) / 2;
            QVERIFY2(std::abs(difference / expected - 1) < 1e-4, std::to_string(difference / expected - 1).c_str());
        }
    }

    void othersAreLeftToLibTorch() {
        const auto supported = [](const Problem& p) {
            return FastConv::supports(p.x, p.weight, p.bias, {}) || FastConv::supportsGradients(p.x, p.weight, p.bias, {});
        };
        for (const auto& [height, width] : std::vector<std::pair<int, int>>{{1, 1}, {3, 2}, {2, 3}, {1, 9}, {2, 1}})
            QVERIFY2(!supported(Problem(2, height, width)), std::to_string(height).c_str());
        QVERIFY(!supported(Problem(2, 4, 4, 32, 64)));
        QVERIFY(!supported(Problem(2, 4, 4, 64, 10)));
        QVERIFY(!supported(Problem(2, 4, 4).inDouble()));
        const Problem plain(1, 4, 4);
        QVERIFY(!FastConv::supports(drawn({64, 4, 4}, 1), plain.weight, plain.bias, {}));
        const bool any = kernels::instructionSet() != kernels::InstructionSet::None;
        QCOMPARE(supported(Problem(1, 5, 7)), any);
        QCOMPARE(supported(Problem(1, 2, 2)), any);
        const Problem colours(1, 1, 1, 3);
        QCOMPARE(FastConv::supports(colours.x, colours.weight, colours.bias, {}), any);
    }

    void onlyTheGeometryThatTheKernelsKnow_data() {
        QTest::addColumn<int>("channels");
        QTest::newRow("first layer") << 3;
        QTest::newRow("others") << 64;
    }
    void onlyTheGeometryThatTheKernelsKnow() {
        QFETCH(int, channels);
        const Problem p(2, 8, 8, channels);
        const auto supported = [](const Problem& one, const ConvGeometry& geometry = {}) {
            return FastConv::supports(one.x, one.weight, one.bias, geometry) ||
                   FastConv::supportsGradients(one.x, one.weight, one.bias, geometry);
        };
        QCOMPARE(supported(p), kernels::instructionSet() != kernels::InstructionSet::None);

        using Pair = std::array<std::int64_t, 2>;
        for (Pair ConvGeometry::*field : {&ConvGeometry::stride, &ConvGeometry::padding, &ConvGeometry::dilation})
            for (const Pair& value : {Pair{2, 2}, Pair{1, 2}, Pair{2, 1}, Pair{0, 0}, Pair{0, 1}, Pair{1, 0}, Pair{3, 3}}) {
                ConvGeometry other;
                other.*field = value;
                QVERIFY(!supported(p, other));
            }
        for (const int groups : {0, 2, 64}) {
            ConvGeometry other;
            other.groups = groups;
            QVERIFY(!supported(p, other));
        }
        for (const auto& [height, width] :
             std::vector<std::pair<int, int>>{{1, 1}, {5, 5}, {7, 7}, {1, 3}, {3, 1}, {3, 5}, {5, 3}, {2, 2}, {4, 4}, {9, 1}}) {
            Problem other = p;
            other.weight = drawn({64, channels, height, width}, 2);
            QVERIFY2(!supported(other), std::to_string(height).c_str());
        }
        // Kernels of a grouped or depthwise convolution have fewer channels than its input.
        for (const int inputs : {1, 32, 128}) {
            Problem other = p;
            other.weight = drawn({64, inputs, 3, 3}, 2);
            QVERIFY2(!supported(other), std::to_string(inputs).c_str());
        }
        for (const Tensor& bias : {Tensor(), drawn({1}, 3), drawn({128}, 3), drawn({64, 1}, 3), p.bias.to(torch::kFloat64)}) {
            Problem other = p;
            other.bias = bias;
            QVERIFY(!supported(other));
        }
        Problem half = p;
        half.weight = p.weight.to(torch::kBFloat16);
        QVERIFY(!supported(half));
    }

    void anyMemoryIsTaken() {
        const Problem p(3, 5, 7);
        if (!FastConv::supports(p.x, p.weight, p.bias, {})) QSKIP("No kernels on this instruction set.");
        const Tensor slope = decidedSlope(p);
        const std::vector<Tensor> expected = gradientsOf(p, slope, byThaw);
        const Tensor plain = FastConv().forward(p.x, p.weight, p.bias, /*pool=*/true);
        // One float off every alignment, transposed, every other column of something wider, channels last.
        const auto transposed = [](const Tensor& tensor) { return tensor.transpose(2, 3).contiguous().transpose(2, 3); };
        const auto strided = [](const Tensor& tensor) {
            Tensor wide = torch::full({tensor.size(0), tensor.size(1), tensor.size(2), 2 * tensor.size(3)}, std::nan(""));
            return wide.slice(3, 0, c10::nullopt, 2).copy_(tensor);
        };
        std::vector<Problem> variants(4, p);
        for (Tensor* tensor : {&variants[0].x, &variants[0].weight, &variants[0].bias}) *tensor = offset(*tensor);
        for (Tensor* tensor : {&variants[1].x, &variants[1].weight}) *tensor = transposed(*tensor);
        for (Tensor* tensor : {&variants[2].x, &variants[2].weight}) *tensor = strided(*tensor);
        variants[3].x = p.x.contiguous(at::MemoryFormat::ChannelsLast);
        for (const Problem& variant : variants) {
            QVERIFY(torch::equal(variant.x, p.x));
            QVERIFY(torch::equal(FastConv().forward(variant.x, variant.weight, variant.bias, /*pool=*/true), plain));
            Problem leaves = variant;
            for (Tensor* tensor : {&leaves.x, &leaves.weight, &leaves.bias}) tensor->set_requires_grad(true);
            const auto gradients =
                torch::autograd::grad({byThaw(leaves)}, {leaves.x, leaves.weight, leaves.bias}, {transposed(slope)});
            for (std::size_t i = 0; i < 3; ++i) QVERIFY(torch::equal(gradients[i], expected[i]));
            for (Tensor* tensor : {&leaves.x, &leaves.weight, &leaves.bias}) tensor->set_requires_grad(false);
        }
    }

    void releasedFormsAreMadeAnew() {
        const Problem p(2, 4, 4);
        if (!FastConv::supports(p.x, p.weight, p.bias, {})) QSKIP("No kernels on this instruction set.");
        FastConv layer;
        const Tensor before = layer.forward(p.x, p.weight, p.bias, /*pool=*/false);
        layer.release();
        QVERIFY(torch::equal(layer.forward(p.x, p.weight, p.bias, /*pool=*/false), before));
        layer.release();
        QVERIFY(torch::equal(layer.forwardRecorded(p.x, p.weight, p.bias), before));
    }

    void emptyBatch() {
        for (const std::int64_t in : {3, 64}) {
            const Problem p(0, 4, 4, in);
            if (!FastConv::supports(p.x, p.weight, p.bias, {})) QSKIP("No kernels on this instruction set.");
            QCOMPARE(FastConv().forward(p.x, p.weight, p.bias, /*pool=*/true).sizes(), at::IntArrayRef({0, 64, 2, 2}));
            if (!FastConv::supportsGradients(p.x, p.weight, p.bias, {})) continue;
            const std::vector<Tensor> gradients = gradientsOf(p, torch::empty({0, 64, 4, 4}), byThaw);
            QCOMPARE(gradients[0].sizes(), p.x.sizes());
            for (std::size_t i = 1; i < 3; ++i) QCOMPARE(gradients[i].abs().max().item<float>(), 0.0f);
        }
    }

    // Where LibTorch gives something that is no number so do the kernels, through ReLU and pooling; more may be touched.
    void notANumberStays_data() {
        QTest::addColumn<int>("side");
        QTest::addColumn<int>("channels");
        QTest::addColumn<double>("value");
        for (const double value :
             {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()})
            for (const auto& [side, channels] : std::vector<std::pair<int, int>>{{2, 64}, {8, 64}, {7, 64}, {8, 3}})
                QTest::addRow("%g, %d px, %d channels", value, side, channels) << side << channels << value;
    }
    void notANumberStays() {
        QFETCH(int, side);
        QFETCH(int, channels);
        QFETCH(double, value);
        for (const bool inWeights : {false, true})
            for (const bool pool : {false, true}) {
                for (std::int64_t place = 0; place < (inWeights ? 9 : side * side); ++place) {
                    // Taps that touch only the padding of such a small plane: LibTorch multiplies that too, the kernels do not.
                    if (inWeights && side == 2 && place != 4) continue;
                    Problem p(1, side, side, channels);
                    if (!FastConv::supports(p.x, p.weight, p.bias, {})) QSKIP("No kernels on this instruction set.");
                    (inWeights ? p.weight : p.x).select(0, 0).select(0, 1).view({-1})[place] = value;
                    const Tensor ours = FastConv().forward(p.x, p.weight, p.bias, pool);
                    Tensor plain = byLibTorch(p);
                    if (pool) plain = at::max_pool2d(plain, /*kernel_size=*/2, /*stride=*/2);
                    const Tensor lost = plain.isfinite().logical_not().logical_and(ours.isfinite());
                    QVERIFY2(!lost.any().item<bool>(), std::to_string(place).c_str());
                    if (inWeights) continue;
                    // What the window of no output touches stays as it is: another picture.
                    Problem two = p;
                    two.x = torch::cat({p.x, drawn(p.x.sizes().vec(), 5)});
                    QVERIFY(FastConv().forward(two.x, two.weight, two.bias, pool)[1].isfinite().all().item<bool>());
                }
            }
    }

    void theFirstEpochAgreesWithLibTorch_data() {
        QTest::addColumn<QStringList>("trainable");
        QTest::newRow("head") << QStringList{"head"};
        QTest::newRow("block 5") << QStringList{"head", "block5"};
        QTest::newRow("everything") << QStringList{"all"};
    }
    void theFirstEpochAgreesWithLibTorch() {
        QFETCH(QStringList, trainable);
        std::vector<std::string> names;
        for (const QString& name : trainable) names.push_back(name.toStdString());
        const WideLesson lesson;
        const auto lossesWith = [&](KernelKind kernels) {
            RunConfig config = lesson.config(toString(kernels), names, /*threads=*/2);
            config.kernels = kernels;
            const Events events = drive(*makeTrainer(config));
            std::vector<double> losses;
            for (const BatchFinished& batch : all<BatchFinished>(events)) losses.push_back(batch.loss);
            for (const EpochFinished& epoch : all<EpochFinished>(events)) losses.push_back(epoch.valLoss);
            return losses;
        };
        const std::vector<double> thaw = lossesWith(KernelKind::Thaw), plain = lossesWith(KernelKind::LibTorch);
        QCOMPARE(thaw.size(), std::size_t(8));
        QCOMPARE(plain.size(), thaw.size());
        double largest = 0;
        for (std::size_t i = 0; i < thaw.size(); ++i) largest = std::max(largest, std::abs(thaw[i] / plain[i] - 1));
        qInfo("largest relative difference of a loss: %.2g", largest);
        QVERIFY(largest < 1e-5);
        QVERIFY(plain[6] != plain[0]);
        if (kernels::instructionSet() != kernels::InstructionSet::None) QVERIFY(thaw != plain);  // other kernels did compute
    }

    // Also with pictures that are prepared anew for every batch, whose next ones were under way when the run was cut.
    void resumedRunsHaveTheSameBits_data() {
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("shift");
        for (const int threads : {1, 2})
            for (const int shift : {0, 2}) QTest::addRow("%d threads, shift %d", threads, shift) << threads << shift;
    }
    void resumedRunsHaveTheSameBits() {
        QFETCH(int, threads);
        QFETCH(int, shift);
        const WideLesson lesson;
        RunConfig config = lesson.config("whole", {"all"}, threads);
        config.phases[0].optimizer.kind = OptimizerKind::Adam;
        config.augmentation.shift = shift;
        drive(*makeTrainer(config));
        const std::string expected = weightsDigest(config.output);
        config.output = lesson.home() / "again";
        drive(*makeTrainer(config));
        QCOMPARE(weightsDigest(config.output), expected);

        config.output = lesson.home() / "cut";
        {
            const auto trainer = makeTrainer(config);
            std::int64_t step = 0;
            while (step < 3)
                for (const Event& event : trainer->step())
                    if (const auto* batch = std::get_if<BatchFinished>(&event.data)) step = batch->step;
            trainer->apply({0, SaveCheckpoint{}});
            drive(*trainer, holds<CheckpointSaved>);
            drive(*trainer, holds<BatchFinished>);  // lost
        }
        const Events rest = drive(*resumeTrainer(config.output));
        QVERIFY2(all<RunStarted>(rest)[0].bitExact, all<RunStarted>(rest)[0].bitExactReason.c_str());
        QCOMPARE(all<BatchFinished>(rest).size(), std::size_t(4));
        QCOMPARE(weightsDigest(config.output), expected);
    }

private:
    Problem problem() {
        QFETCH(int, batch);
        QFETCH(int, height);
        QFETCH(int, width);
        QFETCH(int, in);
        QFETCH(int, out);
        return {batch, height, width, in, out};
    }
};

QTEST_GUILESS_MAIN(TestFastConv)
#include "tst_fast_conv.moc"
