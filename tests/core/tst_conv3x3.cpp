// The fast convolutions against the definition, in double precision.
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/kernels/conv3x3.h"
#include "core/kernels/instruction_set.h"

using namespace thaw::core::kernels;

namespace {

using Values = std::vector<float>;

Values randomValues(std::size_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal;
    Values values(count);
    for (float& value : values) value = normal(generator);
    return values;
}

struct Problem {
    ConvShape shape;
    Values x, weights, bias;

    explicit Problem(const ConvShape& s)
        : shape(s),
          x(randomValues(pixels() * static_cast<std::size_t>(s.inChannels), 1)),
          weights(randomValues(static_cast<std::size_t>(s.outChannels * s.inChannels) * 9, 2)),
          bias(randomValues(static_cast<std::size_t>(s.outChannels), 3)) {}
    std::size_t pixels() const { return static_cast<std::size_t>(shape.batch) * shape.height * shape.width; }
    std::size_t outputs() const { return pixels() * static_cast<std::size_t>(shape.outChannels); }
    double weight(int o, int i, int row, int column) const {
        return weights[((static_cast<std::size_t>(o) * shape.inChannels + i) * 3 + row) * 3 + column];
    }
    std::size_t at(int picture, int row, int column, int channels) const {
        return ((static_cast<std::size_t>(picture) * shape.height + row) * shape.width + column) * channels;
    }
};

/// Calls visit(outputPixel, inputPixel, tapRow, tapColumn) for every pair of pixels that a tap connects.
template <typename Visit>
void forEachTap(const Problem& p, Visit visit) {
    for (int n = 0; n < p.shape.batch; ++n)
        for (int y = 0; y < p.shape.height; ++y)
            for (int x = 0; x < p.shape.width; ++x)
                for (int row = 0; row < 3; ++row)
                    for (int column = 0; column < 3; ++column) {
                        const int sy = y + row - 1, sx = x + column - 1;
                        if (sy < 0 || sx < 0 || sy >= p.shape.height || sx >= p.shape.width) continue;
                        visit(p.at(n, y, x, 1), p.at(n, sy, sx, 1), row, column);
                    }
}

std::vector<double> exactForward(const Problem& p) {
    const int in = p.shape.inChannels, out = p.shape.outChannels;
    std::vector<double> y(p.outputs(), 0.0);
    forEachTap(p, [&](std::size_t target, std::size_t source, int row, int column) {
        for (int o = 0; o < out; ++o)
            for (int i = 0; i < in; ++i) y[target * out + o] += p.weight(o, i, row, column) * p.x[source * in + i];
    });
    return y;
}

double relativeError(const Values& actual, const std::vector<double>& expected) {
    double difference = 0, norm = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        norm += expected[i] * expected[i];
    }
    return std::sqrt(difference / norm);
}

std::vector<double> withEpilogue(const Problem& p, std::vector<double> y, bool pool) {
    const int out = p.shape.outChannels;
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::max(0.0, y[i] + p.bias[i % out]);
    if (!pool) return y;
    const int height = p.shape.height / 2, width = p.shape.width / 2;
    std::vector<double> pooled(static_cast<std::size_t>(p.shape.batch) * height * width * out);
    for (int n = 0; n < p.shape.batch; ++n)
        for (int row = 0; row < height; ++row)
            for (int column = 0; column < width; ++column)
                for (int o = 0; o < out; ++o) {
                    double largest = 0;
                    for (int i = 0; i < 4; ++i)
                        largest = std::max(largest, y[p.at(n, 2 * row + i / 2, 2 * column + i % 2, out) + o]);
                    pooled[((static_cast<std::size_t>(n) * height + row) * width + column) * out + o] = largest;
                }
    return pooled;
}

}  // namespace

class TestConv3x3 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (instructionSet() == InstructionSet::None)
            QSKIP("This processor has neither AVX2 nor AVX-512: LibTorch computes everything.");
        qInfo("Instruction set: %s", toString(instructionSet()));
    }

    void shapes_data() {
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("out");
        QTest::newRow("2x2 planes") << 13 << 2 << 2 << 64 << 128;
        QTest::newRow("4x4 planes") << 7 << 4 << 4 << 128 << 64;
        QTest::newRow("one picture") << 1 << 8 << 8 << 64 << 64;
        QTest::newRow("many tiles") << 5 << 16 << 16 << 64 << 64;
        QTest::newRow("ragged 14x14") << 2 << 14 << 14 << 64 << 64;
        QTest::newRow("ragged 3x3") << 3 << 3 << 3 << 64 << 64;
        QTest::newRow("not square 5x9") << 2 << 5 << 9 << 64 << 64;
        QTest::newRow("not square 5x7, one picture") << 1 << 5 << 7 << 64 << 128;
        QTest::newRow("deep") << 3 << 4 << 4 << 512 << 64;
        QTest::newRow("more tiles than are multiplied at once") << 20 << 12 << 12 << 64 << 64;
        QTest::newRow("more 2x2 planes than are multiplied at once") << 150 << 2 << 2 << 64 << 64;
        QTest::newRow("tiles in two slabs") << 18 << 30 << 30 << 64 << 64;
        QTest::newRow("three channels") << 3 << 10 << 13 << 3 << 64;
    }

    void forward_data() { shapes_data(); }
    void forward() {
        const Problem p = problem();
        const ConvMethod method = forwardMethod(p.shape);
        QVERIFY(method != ConvMethod::None);
        PackedFilter filter;
        filter.pack(method, p.weights.data(), p.shape.outChannels, p.shape.inChannels, 2);
        const std::vector<double> exact = exactForward(p);

        Values y(p.outputs());
        thaw::core::kernels::forward(p.shape, p.x.data(), filter, {}, y.data(), 2);
        QVERIFY2(relativeError(y, exact) < 1e-5, qPrintable(QString::number(relativeError(y, exact))));

        for (const int threads : {1, 3, 5, 2}) {
            PackedFilter repacked;
            repacked.pack(method, p.weights.data(), p.shape.outChannels, p.shape.inChannels, threads);
            Values again(p.outputs());
            thaw::core::kernels::forward(p.shape, p.x.data(), repacked, {}, again.data(), threads);
            QCOMPARE(again, y);
        }
        // One float beside every alignment.
        Values shiftedX(p.x.size() + 1), shiftedY(p.outputs() + 1);
        std::copy(p.x.begin(), p.x.end(), shiftedX.begin() + 1);
        thaw::core::kernels::forward(p.shape, shiftedX.data() + 1, filter, {}, shiftedY.data() + 1, 2);
        QVERIFY(std::equal(y.begin(), y.end(), shiftedY.begin() + 1));

        const std::vector<double> rectified = withEpilogue(p, exact, false);
        thaw::core::kernels::forward(p.shape, p.x.data(), filter, {p.bias.data(), true, false}, y.data(), 2);
        QVERIFY(relativeError(y, rectified) < 1e-5);

        if (method == ConvMethod::Direct) return;
        const std::vector<double> pooled = withEpilogue(p, exact, true);
        Values small(pooled.size());
        thaw::core::kernels::forward(p.shape, p.x.data(), filter, {p.bias.data(), true, true}, small.data(), 2);
        QVERIFY(relativeError(small, pooled) < 1e-5);
    }

    void gradients_data() { shapes_data(); }
    void gradients() {
        const Problem p = problem();
        if (p.shape.inChannels == 3) {  // left to LibTorch
            QVERIFY(!hasGradients(p.shape));
            return;
        }
        const int in = p.shape.inChannels, out = p.shape.outChannels;
        const Values dy = randomValues(p.outputs(), 4);
        std::vector<double> exactData(p.x.size(), 0.0), exactWeights(p.weights.size(), 0.0);
        forEachTap(p, [&](std::size_t target, std::size_t source, int row, int column) {
            for (int o = 0; o < out; ++o)
                for (int i = 0; i < in; ++i) {
                    exactData[source * in + i] += p.weight(o, i, row, column) * dy[target * out + o];
                    exactWeights[((static_cast<std::size_t>(o) * in + i) * 3 + row) * 3 + column] +=
                        static_cast<double>(p.x[source * in + i]) * dy[target * out + o];
                }
        });

        PackedFilter filter;
        filter.packForGradient(forwardMethod(p.shape), p.weights.data(), out, in, 2);
        Values dx(p.x.size());
        dataGradient(p.shape, dy.data(), filter, dx.data(), 2);
        QVERIFY2(relativeError(dx, exactData) < 5e-6, qPrintable(QString::number(relativeError(dx, exactData))));

        Values dw(p.weights.size(), 7.f);
        weightGradient(p.shape, p.x.data(), dy.data(), dw.data(), 2);
        QVERIFY2(relativeError(dw, exactWeights) < 1e-5, qPrintable(QString::number(relativeError(dw, exactWeights))));
        for (const int threads : {1, 3, 5, 2}) {
            Values again(dw.size());
            weightGradient(p.shape, p.x.data(), dy.data(), again.data(), threads);
            QCOMPARE(again, dw);
            Values dataAgain(dx.size());
            dataGradient(p.shape, dy.data(), filter, dataAgain.data(), threads);
            QCOMPARE(dataAgain, dx);
        }
        Values shiftedX(p.x.size() + 1), shiftedDy(dy.size() + 1), shiftedDx(dx.size() + 1), shiftedDw(dw.size() + 1);
        std::copy(p.x.begin(), p.x.end(), shiftedX.begin() + 1);
        std::copy(dy.begin(), dy.end(), shiftedDy.begin() + 1);
        weightGradient(p.shape, shiftedX.data() + 1, shiftedDy.data() + 1, shiftedDw.data() + 1, 2);
        QVERIFY(std::equal(dw.begin(), dw.end(), shiftedDw.begin() + 1));
        dataGradient(p.shape, shiftedDy.data() + 1, filter, shiftedDx.data() + 1, 2);
        QVERIFY(std::equal(dx.begin(), dx.end(), shiftedDx.begin() + 1));
    }

    void unknownShapesAreLeftToLibTorch() {
        QCOMPARE(forwardMethod({1, 4, 4, 32, 64}), ConvMethod::None);
        QCOMPARE(forwardMethod({1, 4, 4, 64, 10}), ConvMethod::None);
        QCOMPARE(forwardMethod({1, 1, 1, 64, 64}), ConvMethod::None);
        QCOMPARE(forwardMethod({1, 2, 9, 64, 64}), ConvMethod::None);
        QCOMPARE(forwardMethod({1, 3, 2, 64, 64}), ConvMethod::None);
        QCOMPARE(forwardMethod({1, 0, 0, 64, 64}), ConvMethod::None);
        QCOMPARE(forwardMethod({1, 0, 4, 3, 64}), ConvMethod::None);
        QVERIFY(!hasGradients({1, 8, 8, 3, 64}));
    }

    void emptyBatch() {
        const Problem p({1, 4, 4, 64, 64});
        PackedFilter filter;
        filter.pack(ConvMethod::Winograd, p.weights.data(), 64, 64, 1);
        thaw::core::kernels::forward({0, 4, 4, 64, 64}, nullptr, filter, {}, nullptr, 2);
        Values dw(p.weights.size(), 7.f);
        weightGradient({0, 4, 4, 64, 64}, nullptr, nullptr, dw.data(), 2);
        QCOMPARE(dw, Values(dw.size(), 0.f));
    }

private:
    Problem problem() {
        QFETCH(int, batch);
        QFETCH(int, height);
        QFETCH(int, width);
        QFETCH(int, in);
        QFETCH(int, out);
        return Problem({batch, height, width, in, out});
    }
};

QTEST_GUILESS_MAIN(TestConv3x3)
#include "tst_conv3x3.moc"
