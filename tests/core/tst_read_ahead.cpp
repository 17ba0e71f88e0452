#include <QTest>

#include <torch/torch.h>

#include <atomic>
#include <stdexcept>

#include "core/train/read_ahead.h"

using namespace thaw::core;

namespace {

PictureRequest requestOf(std::vector<std::int64_t> rows) {
    PictureRequest request;
    request.rows = std::move(rows);
    return request;
}

torch::Tensor rowsAsTensor(const PictureRequest& request) { return torch::tensor(request.rows); }

}  // namespace

class TestReadAhead : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void sameBitsExpectedOrNot() {
        auto pictures = std::make_shared<PictureSet>();
        pictures->width = pictures->height = 20;
        pictures->labels.assign(40, 0);
        for (int i = 0; i < 40 * 20 * 20 * 3; ++i) pictures->rgb.push_back(static_cast<std::uint8_t>(i * 7919 >> 3));
        ReadAhead ahead;
        for (std::int64_t row = 0; row < 40; row += 4) {
            PictureRequest request;
            request.pictures = pictures;
            request.inputSize = 33;
            request.rows = {row, row + 1, row + 2, row + 3};
            request.changes = {{}, {true, 0, 0}, {false, 2, -3}, {true, -1, 1}};
            if (row % 8 == 0) ahead.expect(request);
            QVERIFY(
                torch::equal(ahead.take(request), networkInput(*pictures, request.rows, request.changes, Scaling::ImageNet, 33)));
        }
    }

    void everythingThatIsAskedForCounts() {
        auto pictures = std::make_shared<PictureSet>();
        PictureRequest request;
        request.pictures = pictures;
        request.rows = {1, 2};
        request.changes = {{}, {}};
        const PictureRequest same = request;
        QVERIFY(request == same);
        const std::vector<std::function<void(PictureRequest&)>> others{
            [](PictureRequest& r) { r.pictures = std::make_shared<PictureSet>(); },
            [](PictureRequest& r) { r.rows[1] = 3; },
            [](PictureRequest& r) { r.rows.push_back(3); },
            [](PictureRequest& r) { r.changes[0].flip = true; },
            [](PictureRequest& r) { r.changes[1].shiftX = 1; },
            [](PictureRequest& r) { r.changes[1].shiftY = 1; },
            [](PictureRequest& r) { r.changes.clear(); },
            [](PictureRequest& r) { r.scaling = Scaling::Caffe; },
            [](PictureRequest& r) { r.inputSize = 64; }};
        for (const auto& change : others) {
            PictureRequest other = request;
            change(other);
            QVERIFY(!(other == request));
        }
    }

    void worksWhileTheCallerIsBusy() {
        std::atomic<int> prepared{0};
        ReadAhead ahead([&](const PictureRequest& request) {
            ++prepared;
            return rowsAsTensor(request);
        });
        ahead.expect(requestOf({1}));
        ahead.expect(requestOf({2}));
        ahead.expect(requestOf({3}));  // more than wait at a time
        QTRY_COMPARE(prepared.load(), 2);
        QVERIFY(torch::equal(ahead.take(requestOf({1})), torch::tensor({std::int64_t{1}})));
        QVERIFY(torch::equal(ahead.take(requestOf({2})), torch::tensor({std::int64_t{2}})));
        QCOMPARE(prepared.load(), 2);
        QVERIFY(torch::equal(ahead.take(requestOf({3})), torch::tensor({std::int64_t{3}})));
        QCOMPARE(prepared.load(), 3);
    }

    void anotherOrderIsNoMistake() {
        ReadAhead ahead(rowsAsTensor);
        for (int i = 0; i < 200; ++i) {
            ahead.expect(requestOf({i}));
            ahead.expect(requestOf({i + 1000}));
            const int asked = i % 3 == 0 ? i : i % 3 == 1 ? i + 1000 : i + 2000;
            QVERIFY(torch::equal(ahead.take(requestOf({asked})), torch::tensor({std::int64_t{asked}})));
        }
    }

    void errorsReachTheCaller() {
        std::atomic<bool> prepared{false};
        ReadAhead ahead([&](const PictureRequest& request) -> torch::Tensor {
            prepared = true;
            if (request.rows[0] == 1) throw std::runtime_error("broken");
            return rowsAsTensor(request);
        });
        ahead.expect(requestOf({1}));
        QTRY_VERIFY(prepared.load());
        QVERIFY_EXCEPTION_THROWN(ahead.take(requestOf({1})), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(ahead.take(requestOf({1})), std::runtime_error);
        ahead.expect(requestOf({2}));
        QVERIFY(torch::equal(ahead.take(requestOf({2})), torch::tensor({std::int64_t{2}})));
    }

    void endsWithWorkLeft() {
        for (int i = 0; i < 50; ++i) {
            ReadAhead ahead(rowsAsTensor);
            ahead.expect(requestOf({1}));
            ahead.expect(requestOf({2}));
            if (i % 2) ahead.take(requestOf({1}));
        }
    }
};

QTEST_GUILESS_MAIN(TestReadAhead)
#include "tst_read_ahead.moc"
