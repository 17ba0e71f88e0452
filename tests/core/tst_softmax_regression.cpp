#include <torch/torch.h>

#include <QTest>

#include <limits>

#include "core/api/errors.h"
#include "core/train/softmax_regression.h"
#include "tests/support/expect_error.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

/// Three clouds that overlap.
struct Clouds {
    explicit Clouds(std::int64_t each = 40, std::int64_t features = 8) {
        torch::Generator generator = torch::make_generator<torch::CPUGeneratorImpl>(7);
        x = torch::randn({3 * each, features}, generator);
        y = torch::arange(3).repeat_interleave(each);
        for (int i = 0; i < 3; ++i) x.narrow(0, i * each, each).select(1, i) += 1.5;
        x = x * 5 + 100;
    }
    torch::Tensor x, y;
};

double largestGradient(const SoftmaxRegression& fit, const Clouds& clouds, double penalty) {
    const torch::Tensor x = ((clouds.x - fit.mean) * fit.scale).to(torch::kFloat64);
    const torch::Tensor weights = fit.weights.to(torch::kFloat64), bias = fit.bias.to(torch::kFloat64);
    const torch::Tensor error =
        (torch::softmax(torch::mm(x, weights.t()) + bias, 1) - torch::one_hot(clouds.y, 3)) / static_cast<double>(x.size(0));
    const torch::Tensor gradient = torch::mm(error.t(), x) + penalty * weights;
    return std::max(gradient.abs().max().item<double>(), error.sum(0).abs().max().item<double>());
}

}  // namespace

class TestSoftmaxRegression : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theGradientIsZeroAtTheEnd() {
        const Clouds clouds;
        for (const double penalty : {1e-3, 1e-2, 1.0}) {
            RegressionOptions options;
            options.penalty = penalty;
            const SoftmaxRegression fit = fitSoftmaxRegression(clouds.x, clouds.y, 3, options);
            QVERIFY(fit.converged);
            QVERIFY(fit.steps > 2 && fit.steps < 100);
            QVERIFY(largestGradient(fit, clouds, penalty) < 2e-4);
        }
    }

    void twoPointsHaveAKnownAnswer() {
        // One feature, standardised to -1 and 1; the weights are w and -w, and 2 * (1 - s(2 w)) / 2 = penalty * 2 w / 2 at the
        // optimum.
        const torch::Tensor x = torch::tensor({3.0f, 7.0f}).view({2, 1}), y = torch::tensor({1, 0}, torch::kInt64);
        RegressionOptions options;
        options.penalty = 0.1;
        options.tolerance = 1e-7;
        const SoftmaxRegression fit = fitSoftmaxRegression(x, y, 2, options);
        QCOMPARE(fit.mean.item<float>(), 5.0f);
        QCOMPARE(fit.scale.item<float>(), 0.5f);
        const double w = fit.weights[0][0].item<double>();
        QVERIFY(w > 0);
        QVERIFY(std::abs(fit.weights[1][0].item<double>() + w) < 1e-5);
        const double wrong = 1 / (1 + std::exp(2 * w));
        QVERIFY2(std::abs(wrong - 0.1 * w) < 1e-5, qPrintable(QString::number(w)));
        QVERIFY(fit.bias.abs().max().item<float>() < 1e-5);
    }

    void theSameSamplesGiveTheSameBits() {
        const Clouds clouds;
        const SoftmaxRegression once = fitSoftmaxRegression(clouds.x, clouds.y, 3),
                                again = fitSoftmaxRegression(clouds.x, clouds.y, 3);
        QVERIFY(torch::equal(once.weights, again.weights));
        QVERIFY(torch::equal(once.bias, again.bias));
    }

    void aConstantFeatureTakesNoPart() {
        Clouds clouds;
        clouds.x.select(1, 4).fill_(3);
        const SoftmaxRegression fit = fitSoftmaxRegression(clouds.x, clouds.y, 3);
        QCOMPARE(fit.scale[4].item<float>(), 0.0f);
        QCOMPARE(fit.weights.select(1, 4).abs().max().item<float>(), 0.0f);
        torch::Tensor other = clouds.x.clone();
        other.select(1, 4).fill_(1e6);
        QVERIFY(torch::equal(fit.logits(other), fit.logits(clouds.x)));
    }

    void manyFeaturesAndFewSamplesAreLearned() {
        const Clouds clouds(10, 1280);
        const SoftmaxRegression fit = fitSoftmaxRegression(clouds.x, clouds.y, 3);
        QVERIFY(fit.converged);
        QVERIFY(torch::equal(fit.logits(clouds.x).argmax(1), clouds.y));
    }

    void valuesThatAreNotFiniteAreRefused() {
        Clouds clouds;
        clouds.x[3][2] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(errorOf<TrainingError>([&] { fitSoftmaxRegression(clouds.x, clouds.y, 3); }).find("not finite") !=
                std::string::npos);
    }

    void itStopsWhenItIsTold() {
        const Clouds clouds;
        const std::atomic<bool> stop{true};
        QVERIFY_EXCEPTION_THROWN(fitSoftmaxRegression(clouds.x, clouds.y, 3, {}, &stop), Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestSoftmaxRegression)
#include "tst_softmax_regression.moc"
