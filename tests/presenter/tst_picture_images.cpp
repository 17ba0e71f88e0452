#include <QSignalSpy>
#include <QTest>

#include <atomic>

#include "core/api/errors.h"
#include "ui/models/picture_images.h"

using namespace thaw;
using namespace thaw::ui;

namespace {

/// 2 x 2 pixels, all as bright as the picture's number; number 9 cannot be read.
class DrawnReader final : public core::PictureReader {
public:
    void read(const std::vector<std::int64_t>& rows, std::uint8_t* out) const override {
        for (const std::int64_t row : rows) {
            ++reads;
            if (row == 9) throw core::DataError("It is gone.");
            out = std::fill_n(out, 12, static_cast<std::uint8_t>(row));
        }
    }
    std::vector<core::LeftOutFile> damaged() const override { return {}; }
    mutable std::atomic<int> reads{0};
};

std::shared_ptr<core::PictureSet> demanded(const std::shared_ptr<DrawnReader>& reader) {
    auto set = std::make_shared<core::PictureSet>();
    set->width = set->height = 2;
    set->labels.assign(600, 0);
    set->reader = reader;
    return set;
}

}  // namespace

class TestPictureImages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void atOnceFromMemory() {
        auto set = std::make_shared<core::PictureSet>();
        set->width = set->height = 1;
        set->labels = {0, 0};
        set->rgb = {1, 2, 3, 40, 50, 60};
        QCOMPARE(PictureImages::instance().image(set, 1).pixelColor(0, 0), QColor(40, 50, 60));
    }

    void laterFromFiles() {
        const auto reader = std::make_shared<DrawnReader>();
        const auto set = demanded(reader);
        QSignalSpy arrived(&PictureImages::instance(), &PictureImages::arrived);
        for (const std::int64_t index : {3, 7}) QVERIFY(PictureImages::instance().image(set, index).isNull());
        QTRY_VERIFY(!PictureImages::instance().image(set, 3).isNull() && !PictureImages::instance().image(set, 7).isNull());
        QCOMPARE(PictureImages::instance().image(set, 7).pixelColor(1, 1), QColor(7, 7, 7));
        QVERIFY(!arrived.isEmpty());
        QCOMPARE(reader->reads.load(), 2);  // each once
    }

    void whatCannotBeReadIsGrey() {
        const auto reader = std::make_shared<DrawnReader>();
        const auto set = demanded(reader);
        PictureImages::instance().image(set, 9);
        QTRY_COMPARE(PictureImages::instance().image(set, 9).pixelColor(0, 0), QColor(Qt::gray));
        QCOMPARE(reader->reads.load(), 1);
    }

    void manyAtOnce() {
        const auto reader = std::make_shared<DrawnReader>();
        const auto set = demanded(reader);
        for (std::int64_t index = 20; index < 120; ++index) PictureImages::instance().image(set, index);
        QTRY_VERIFY(!PictureImages::instance().image(set, 20).isNull() && !PictureImages::instance().image(set, 119).isNull());
        QTRY_COMPARE(reader->reads.load(), 100);
    }

    void anotherSetAtTheSamePlaceIsAnother() {
        QImage first;
        const auto set = demanded(std::make_shared<DrawnReader>());
        QTRY_VERIFY(!PictureImages::instance().image(set, 30).isNull());
        set->reader = std::make_shared<DrawnReader>();
        QVERIFY(PictureImages::instance().image(set, 30).isNull());
    }
};

QTEST_GUILESS_MAIN(TestPictureImages)
#include "tst_picture_images.moc"
