#include <torch/torch.h>

#include <QTest>

#include "core/doctor/nearest.h"
#include "core/doctor/whitened.h"

using namespace thaw::core;

namespace {

torch::Tensor drawn(std::int64_t count, std::int64_t width) {
    torch::Generator generator = torch::make_generator<torch::CPUGeneratorImpl>(3);
    return torch::randn({count, width}, generator);
}

}  // namespace

class TestNearest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void byLengthAndByCosine() {
        const torch::Tensor points = torch::tensor({{1.0F, 0.0F}, {4.0F, 0.0F}, {0.0F, 1.0F}, {1.0F, 0.5F}});
        const Neighbours length = nearestNeighbours(points, NearestBy::Length, 2, 1, {});
        QCOMPARE(length.rows[0][0].item<std::int64_t>(), std::int64_t(3));
        QCOMPARE(length.rows[0][1].item<std::int64_t>(), std::int64_t(2));
        QVERIFY(std::abs(length.distance[0][0].item<float>() - 0.5F) < 1e-5F);
        QVERIFY(std::abs(length.distance[0][1].item<float>() - std::sqrt(2.0F)) < 1e-5F);
        const Neighbours cosine = nearestNeighbours(points, NearestBy::Cosine, 3, 1, {});
        QCOMPARE(cosine.rows[0][0].item<std::int64_t>(), std::int64_t(1));
        QVERIFY(std::abs(cosine.distance[0][0].item<float>()) < 1e-6F);
        QVERIFY(std::abs(cosine.distance[0][2].item<float>() - 1) < 1e-6F);
    }

    void asPlainDistancesSay() {
        const torch::Tensor points = drawn(1300, 6);
        const Neighbours found = nearestNeighbours(points, NearestBy::Length, 5, 1, {});
        torch::Tensor all = torch::cdist(points, points);
        all.fill_diagonal_(std::numeric_limits<float>::infinity());
        QVERIFY(found.distance.allclose(std::get<0>(all.topk(5, 1, /*largest=*/false)), 1e-3, 1e-3));
    }

    void componentsHaveTheSameVariance() {
        const torch::Tensor mixed = drawn(400, 10).matmul(drawn(10, 10)) * 3 + 7;
        const torch::Tensor points = whitened(mixed);
        QCOMPARE(points.size(1), std::int64_t(10));
        const torch::Tensor covariance = points.t().mm(points) / 400;
        QVERIFY(covariance.allclose(torch::eye(10), 1e-2, 1e-2));
        QVERIFY(whitened(mixed).equal(points));
        QCOMPARE(whitened(drawn(30, 20)).size(1), std::int64_t(3));
        QCOMPARE(whitened(drawn(900, 200)).size(1), std::int64_t(64));
    }

    void aPointFarInAWeakDirection() {
        torch::Tensor points = drawn(300, 8);
        points.select(1, 1).copy_(points.select(1, 0) + 0.05 * points.select(1, 1));  // the two go together
        points[17][0] = 1.0F;
        points[17][1] = -1.0F;  // but not here
        const torch::Tensor far = nearestNeighbours(whitened(points), NearestBy::Length, 10, 1, {}).distance.mean(1);
        QCOMPARE(far.argmax().item<std::int64_t>(), std::int64_t(17));
    }

    void constantFeatures() {
        torch::Tensor points = drawn(40, 3);
        points.select(1, 2).fill_(5);
        QVERIFY(torch::isfinite(whitened(points)).all().item<bool>());
        QVERIFY(standardised(points).select(1, 2).eq(0).all().item<bool>());
    }
};

QTEST_APPLESS_MAIN(TestNearest)
#include "tst_nearest.moc"
