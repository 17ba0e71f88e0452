#include <QTest>

#include "core/api/camera.h"
#include "core/api/errors.h"
#include "tests/support/drawn_data.h"
#include "tests/support/drawn_video.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

struct Colour {
    int red, green, blue;
};
Colour colourAt(const RgbPicture& picture, int x, int y) {
    const std::uint8_t* pixel = picture.rgb.data() + (y * picture.width + x) * 3;
    return {pixel[0], pixel[1], pixel[2]};
}
bool isRed(Colour colour) { return colour.red > 150 && colour.green < 90 && colour.blue < 90; }
bool isBlue(Colour colour) { return colour.blue > 150 && colour.green < 90 && colour.red < 90; }

}  // namespace

class TestVideoSource : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aVideoIsReadFrameByFrame() {
        const TemporaryHome home;
        writeVideo(home / "short.avi", {20, 160, 120, 30});
        const std::unique_ptr<FrameSource> video = openVideo(home / "short.avi");
        QCOMPARE(video->title(), std::string("short.avi"));
        QVERIFY(!video->isLive());
        QCOMPARE(video->framesPerSecond(), 30.0);
        VideoFrame frame;
        for (int i = 0; i < 20; ++i) {
            QVERIFY(video->next(frame));
            QCOMPARE(frame.number, i);
            QCOMPARE(frame.picture->width, 160);
            QCOMPARE(frame.picture->height, 120);
            QCOMPARE(frame.picture->rgb.size(), std::size_t(160 * 120 * 3));
            // RGB, and not mirrored.
            QVERIFY(isRed(colourAt(*frame.picture, 20, 10)));
            QVERIFY(isBlue(colourAt(*frame.picture, 140, 10)));
        }
        QVERIFY(!video->next(frame));
        QVERIFY(!video->skip());
        video->rewind();
        QVERIFY(video->skip());
        QVERIFY(video->next(frame));
        QCOMPARE(frame.number, 1);
    }

    void largeFramesAreMadeSmaller() {
        const TemporaryHome home;
        writeVideo(home / "large.avi", {2, 1280, 720, 25});
        VideoFrame frame;
        QVERIFY(openVideo(home / "large.avi")->next(frame));
        QCOMPARE(frame.picture->width, 640);
        QCOMPARE(frame.picture->height, 360);
    }

    void theModelGetsTheCentreSquare() {
        const TemporaryHome home;
        writeVideo(home / "wide.avi", {1, 320, 80, 25});
        VideoFrame frame;
        QVERIFY(openVideo(home / "wide.avi")->next(frame));
        const RgbPicture square = modelPictureOf(*frame.picture, {32});
        QCOMPARE(square.width, 32);
        QCOMPARE(square.height, 32);
        QCOMPARE(square.rgb.size(), std::size_t(32 * 32 * 3));
        QVERIFY(isRed(colourAt(square, 4, 4)));
        QVERIFY(isBlue(colourAt(square, 28, 4)));
    }

    void whatIsNoVideoSaysSo_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("words");
        QTest::newRow("text") << "notes.avi"
                              << "no video that Thaw knows";
        QTest::newRow("empty") << "empty.mp4"
                               << "no video that Thaw knows";
        QTest::newRow("missing") << "missing.avi"
                                 << "missing.avi is not there";
        QTest::newRow("folder") << "."
                                << "not a file";
        QTest::newRow("pattern") << "frame%02d.png"
                                 << "is not there";
        QTest::newRow("address") << "http://localhost/video.avi"
                                 << "is not there";
    }
    void whatIsNoVideoSaysSo() {
        QFETCH(QString, name);
        QFETCH(QString, words);
        const TemporaryHome home;
        writeFile(home / "notes.avi", Bytes(2000, 'a'));
        writeFile(home / "empty.mp4", {});
        std::mt19937 random(1);
        for (const char* file : {"frame00.png", "frame01.png"})
            writeFile(home / file, encodePng(drawPicture(1, 32, random), 32, 32));
        const std::string error = errorOf<DataError>([&] { openVideo(home / name.toStdString()); });
        QVERIFY2(error.find(words.toStdString()) != std::string::npos, error.c_str());
    }

    void aVideoThatBreaksOffSaysSo() {
        const TemporaryHome home;
        writeVideo(home / "whole.avi", {40, 160, 120, 30});
        Bytes bytes = readFile(home / "whole.avi");
        bytes.resize(bytes.size() / 2);
        writeFile(home / "torn.avi", bytes);
        const std::unique_ptr<FrameSource> video = openVideo(home / "torn.avi");
        VideoFrame frame;
        int read = 0;
        const std::string error = errorOf<DataError>([&] {
            while (video->next(frame)) ++read;
        });
        QVERIFY2(error.find("torn.avi breaks off") == 0, error.c_str());
        QVERIFY(read > 5 && read < 30);
    }

    void aCameraThatIsNotThereSaysSo() {
        QVERIFY(errorOf<DataError>([] { openCamera({4711, "Front camera"}); }).find("Front camera is not connected") == 0);
        for (const CameraInfo& camera : listCameras()) QVERIFY(!camera.name.empty());
    }
};

QTEST_GUILESS_MAIN(TestVideoSource)
#include "tst_video_source.moc"
