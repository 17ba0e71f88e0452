// PCA and t-SNE against scikit-learn's numbers.
#include <torch/torch.h>

#include <QTest>

#include <algorithm>
#include <set>

#include "core/api/errors.h"
#include "core/inspect/pca.h"
#include "core/inspect/tsne.h"
#include "core/model/safetensors.h"

using namespace thaw::core;

namespace {

constexpr double kPerplexity = 15;

torch::Tensor golden(const std::string& name) {
    const SafetensorsReader reader(THAW_TEST_DATA "/embedding_golden.safetensors");
    torch::Tensor tensor = torch::empty(reader.entries().at(name).shape);
    reader.read(name, tensor.data_ptr<float>());
    return tensor;
}

/// Share of each row's `k` nearest rows that are among its nearest points too.
double keptNeighbours(const torch::Tensor& features, const torch::Tensor& points, std::int64_t k) {
    const auto nearest = [k](const torch::Tensor& rows) {
        torch::Tensor distances = at::cdist(rows, rows);
        distances.fill_diagonal_(1e30);
        return std::get<1>(distances.topk(k, 1, /*largest=*/false));
    };
    const torch::Tensor a = nearest(features), b = nearest(points);
    return a.unsqueeze(2).eq(b.unsqueeze(1)).any(2).to(torch::kFloat64).mean().item<double>();
}

torch::Tensor tsneOf(const torch::Tensor& features, const torch::Tensor& start, std::uint64_t seed, double* divergence) {
    Tsne descent(neighbourProbabilities(features, kPerplexity, {}), start, /*iterations=*/1000, seed);
    while (descent.stepsDone() < 1000) descent.step();
    if (divergence) *divergence = descent.divergence();
    return descent.points();
}

}  // namespace

class TestEmbedding : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void principalAxesAreScikitLearns() {
        const torch::Tensor features = golden("features"), expected = golden("pca"), explained = golden("explained");
        const PrincipalAxes axes = principalAxes(features, {});
        const torch::Tensor points = projectOn(axes, features);
        for (int axis = 0; axis < 2; ++axis) {
            const torch::Tensor mine = points.select(1, axis), theirs = expected.select(1, axis);
            const double sign = (mine * theirs).sum().item<double>() > 0 ? 1 : -1;
            const double difference = (mine * sign - theirs).abs().max().item<double>();
            QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
            QVERIFY(std::abs(explainedBy(points, features)[static_cast<std::size_t>(axis)] - explained[axis].item<double>()) <
                    1e-5);
        }
        const torch::Tensor gram = axes.axes.t().mm(axes.axes);
        QVERIFY((gram - torch::eye(2, torch::kFloat64)).abs().max().item<double>() < 1e-10);
        QVERIFY(projectOn(principalAxes(features, {}), features).equal(points));
    }

    void principalAxesOfDegenerateData() {
        const torch::Tensor line = torch::arange(50, torch::kFloat32).unsqueeze(1) * torch::ones({1, 30});
        const std::array<double, 2> explained = explainedBy(projectOn(principalAxes(line, {}), line), line);
        QVERIFY(std::abs(explained[0] - 1) < 1e-6);
        QVERIFY(std::abs(explained[1]) < 1e-6);
        const torch::Tensor same = torch::ones({20, 16});
        const torch::Tensor points = projectOn(principalAxes(same, {}), same);
        QVERIFY(points.abs().max().item<double>() < 1e-6);
        QVERIFY(torch::isfinite(points).all().item<bool>());
        QVERIFY_EXCEPTION_THROWN(principalAxes(line, [](std::int64_t, std::int64_t) { return false; }), Cancelled);
    }

    void neighbourProbabilitiesAreScikitLearns() {
        const torch::Tensor expected = golden("probabilities"),
                            made = neighbourProbabilities(golden("features"), kPerplexity, {});
        const double difference = ((made - expected).abs().max() / expected.max()).item<double>();
        QVERIFY2(difference < 1e-4, qPrintable(QString::number(difference)));
        QVERIFY(made.equal(made.t()));
        QVERIFY(std::abs(made.sum(torch::kFloat64).item<double>() - 1) < 1e-6);
        QCOMPARE(made.diagonal().abs().max().item<double>(), 0.0);
    }

    void tsneIsAsGoodAsScikitLearns() {
        const torch::Tensor features = golden("features");
        const double theirs = golden("divergence")[0].item<double>();
        double divergence = 0;
        const torch::Tensor points = tsneOf(features, projectOn(principalAxes(features, {}), features), 42, &divergence);
        QVERIFY2(divergence < theirs * 1.05, qPrintable(QStringLiteral("%1, scikit-learn %2").arg(divergence).arg(theirs)));
        const double kept = keptNeighbours(features, points, 10), keptByThem = keptNeighbours(features, golden("tsne"), 10);
        QVERIFY2(kept > keptByThem - 0.03, qPrintable(QStringLiteral("%1, scikit-learn %2").arg(kept).arg(keptByThem)));
        QVERIFY(keptByThem > 0.3);
        // The divergence of its points, by the definition.
        const torch::Tensor p = neighbourProbabilities(features, kPerplexity, {}).to(torch::kFloat64);
        torch::Tensor kernel = 1 / (1 + at::cdist(points.to(torch::kFloat64), points.to(torch::kFloat64)).pow(2));
        kernel.fill_diagonal_(0);
        const torch::Tensor q = kernel / kernel.sum();
        const double byHand =
            at::where(p > 0, p * (p.clamp_min(1e-300) / q.clamp_min(1e-300)).log(), torch::zeros_like(p)).sum().item<double>();
        QVERIFY2(std::abs(byHand - divergence) < 1e-4, qPrintable(QStringLiteral("%1 and %2").arg(byHand).arg(divergence)));
    }

    void tsneIsRepeatableAndSeeded() {
        const torch::Tensor features = golden("features"), start = projectOn(principalAxes(features, {}), features);
        const torch::Tensor once = tsneOf(features, start, 42, nullptr);
        QVERIFY(once.equal(tsneOf(features, start, 42, nullptr)));
        QVERIFY(!once.equal(tsneOf(features, start, 43, nullptr)));
        const int threads = at::get_num_threads();
        at::set_num_threads(threads == 1 ? 2 : 1);
        const torch::Tensor other = tsneOf(features, start, 42, nullptr);
        at::set_num_threads(threads);
        QVERIFY(other.equal(once));
    }

    void equalRowsComeApartAndStayTogether() {
        const torch::Tensor features = golden("features").clone();
        features.slice(0, 0, 8).copy_(features.slice(0, 0, 1).expand({8, 12}));
        const torch::Tensor points = tsneOf(features, projectOn(principalAxes(features, {}), features), 1, nullptr);
        QVERIFY(torch::isfinite(points).all().item<bool>());
        QVERIFY(at::cdist(points.slice(0, 0, 8), points.slice(0, 0, 8)).max().item<double>() <
                0.2 * at::cdist(points, points).max().item<double>());
    }
};

QTEST_APPLESS_MAIN(TestEmbedding)
#include "tst_embedding.moc"
