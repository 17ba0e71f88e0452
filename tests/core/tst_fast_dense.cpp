// The dense layer's products: against double precision, between LibTorch's tensors, odd input. ctest also runs this on smaller
// instruction sets (THAW_ISA).
#include <QTest>

#include <torch/torch.h>

#include <limits>

#include "core/kernels/dense.h"
#include "core/kernels/fast_dense.h"
#include "core/kernels/instruction_set.h"
#include "tests/support/drawn_tensor.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

using torch::Tensor;

struct Problem {
    Tensor x, weight, bias;
    Problem(std::int64_t rows, std::int64_t in, std::int64_t out)
        : x(drawn({rows, in}, 1)), weight(drawn({out, in}, 2) * 0.05), bias(drawn({out}, 3)) {}
    std::vector<Tensor> leaves(torch::ScalarType type) const {
        std::vector<Tensor> all;
        for (const Tensor& tensor : {x, weight, bias}) all.push_back(tensor.to(type).detach().clone().set_requires_grad(true));
        return all;
    }
    bool supported() const { return supportsFastDense(x, weight); }
};

}  // namespace

class TestFastDense : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { qInfo("Instruction set: %s", kernels::toString(kernels::instructionSet())); }

    void valuesAndGradients_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("out");
        QTest::newRow("the lesson's head") << 128 << 512 << 512;
        QTest::newRow("one row") << 1 << 64 << 64;
        QTest::newRow("rows that no block divides") << 37 << 192 << 64;
        QTest::newRow("more rows than a pass") << 300 << 64 << 128;
        QTest::newRow("deep") << 5 << 2048 << 64;
    }
    void valuesAndGradients() {
        QFETCH(int, rows);
        QFETCH(int, in);
        QFETCH(int, out);
        const Problem p(rows, in, out);
        if (!p.supported()) QSKIP("No kernels on this instruction set.");
        const Tensor slope = drawn({rows, out}, 4);
        for (const bool relu : {false, true}) {
            const std::vector<Tensor> exact = p.leaves(torch::kFloat64), ours = p.leaves(torch::kFloat32);
            const Tensor before = at::linear(exact[0], exact[1], exact[2]);
            // No slope where the ReLU's decision is chance.
            const Tensor decided = relu ? slope * before.detach().abs().gt(1e-3).to(torch::kFloat32) : slope;
            const Tensor expected = relu ? before.relu() : before, actual = fastDense(ours[0], ours[1], ours[2], relu);
            QVERIFY2(relative(actual, expected) < 1e-6, std::to_string(relative(actual, expected)).c_str());
            const auto exactGradients = torch::autograd::grad({expected}, exact, {decided.to(torch::kFloat64)});
            const auto gradients = torch::autograd::grad({actual}, ours, {decided});
            for (std::size_t i = 0; i < 3; ++i)
                QVERIFY2(relative(gradients[i], exactGradients[i]) < 1e-6,
                         std::to_string(relative(gradients[i], exactGradients[i])).c_str());
        }
    }

    void threadsDoNotChangeBits() {
        const Problem p(50, 320, 128);
        if (!p.supported()) QSKIP("No kernels on this instruction set.");
        const kernels::DenseShape shape{50, 320, 128};
        const Tensor dy = drawn({50, 128}, 4);
        const auto results = [&](int threads) {
            const std::vector<Tensor> all{torch::empty({50, 128}), torch::empty({50, 320}), torch::empty({128, 320})};
            kernels::denseForward(shape, p.x.data_ptr<float>(), p.weight.data_ptr<float>(), p.bias.data_ptr<float>(), true,
                                  all[0].data_ptr<float>(), threads);
            kernels::denseDataGradient(shape, dy.data_ptr<float>(), p.weight.data_ptr<float>(), all[1].data_ptr<float>(),
                                       threads);
            kernels::denseWeightGradient(shape, p.x.data_ptr<float>(), dy.data_ptr<float>(), all[2].data_ptr<float>(), threads);
            return all;
        };
        const std::vector<Tensor> expected = results(1);
        for (const int threads : {2, 3, 5, 16}) {
            const std::vector<Tensor> again = results(threads);
            for (std::size_t i = 0; i < 3; ++i) QVERIFY(torch::equal(again[i], expected[i]));
        }
    }

    void frozenInputsAndWeightsGetNoGradient() {
        const Problem p(4, 64, 64);
        if (!p.supported()) QSKIP("No kernels on this instruction set.");
        Tensor weight = p.weight.clone().set_requires_grad(true);
        fastDense(p.x, weight, p.bias, true).sum().backward();
        QVERIFY(weight.grad().defined());
        Tensor x = p.x.clone().set_requires_grad(true);
        fastDense(x, p.weight, p.bias, true).sum().backward();
        QVERIFY(x.grad().defined() && !p.weight.grad().defined());
        torch::NoGradGuard noGrad;
        QVERIFY(!fastDense(x, weight, p.bias, true).requires_grad());
    }

    void anyMemoryIsTaken() {
        const Problem p(9, 128, 64);
        if (!p.supported()) QSKIP("No kernels on this instruction set.");
        const Tensor expected = fastDense(p.x, p.weight, p.bias, false);
        const auto transposed = [](const Tensor& tensor) { return tensor.t().contiguous().t(); };
        QVERIFY(torch::equal(fastDense(transposed(p.x), transposed(p.weight), p.bias, false), expected));
        QVERIFY(torch::equal(fastDense(offset(p.x), offset(p.weight), offset(p.bias), false), expected));
    }

    void othersAreLeftToLibTorch() {
        QVERIFY(!Problem(4, 64, 10).supported());
        QVERIFY(!Problem(4, 100, 64).supported());
        QVERIFY(!supportsFastDense(drawn({2, 2, 64}, 1), drawn({64, 64}, 2)));
        QVERIFY(!supportsFastDense(drawn({2, 64}, 1).to(torch::kFloat64), drawn({64, 64}, 2).to(torch::kFloat64)));
        QCOMPARE(Problem(1, 64, 64).supported(), kernels::instructionSet() != kernels::InstructionSet::None);
    }

    void noRows() {
        const Problem p(0, 64, 128);
        if (!p.supported()) QSKIP("No kernels on this instruction set.");
        const std::vector<Tensor> leaves = p.leaves(torch::kFloat32);
        const Tensor y = fastDense(leaves[0], leaves[1], leaves[2], true);
        QCOMPARE(y.sizes(), at::IntArrayRef({0, 128}));
        const auto gradients = torch::autograd::grad({y}, leaves, {torch::empty({0, 128})});
        QCOMPARE(gradients[0].sizes(), at::IntArrayRef({0, 64}));
        for (std::size_t i = 1; i < 3; ++i) QCOMPARE(gradients[i].abs().max().item<float>(), 0.0f);
    }

    void notANumberStays() {
        for (const double value : {std::nan(""), std::numeric_limits<double>::infinity()}) {
            const Problem p(3, 64, 64);
            if (!p.supported()) QSKIP("No kernels on this instruction set.");
            p.x[1][5] = value;
            const Tensor y = fastDense(p.x, p.weight, p.bias, true), plain = at::linear(p.x, p.weight, p.bias).relu();
            QVERIFY(torch::equal(y.isfinite(), plain.isfinite()));
            QVERIFY(!plain.isfinite().all().item<bool>());
        }
    }
};

QTEST_GUILESS_MAIN(TestFastDense)
#include "tst_fast_dense.moc"
