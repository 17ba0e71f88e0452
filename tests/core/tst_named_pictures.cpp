#include <QTest>

#include "core/data/dataset.h"
#include "core/data/named_pictures.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

class NamedPicturesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void classesInNames() {
        const auto is = [](const char* file, const char* name) { return classInName(file) == name; };
        QVERIFY(is("cat.0.jpg", "cat") && is("x/dog.17.jpg", "dog") && is("Abyssinian_100.jpg", "Abyssinian"));
        QVERIFY(is("great_dane_2.png", "great_dane") && is("cat (12).jpg", "cat") && is("cat12.webp", "cat"));
        QVERIFY(is("0001.jpg", "") && is("cat.jpg", "") && is("12-cat.jpg", "") && is("", ""));
    }

    void asTheyLie() {
        draw(*m_home / "mine", {"cat.", "dog."});
        const DatasetInfo info = resolveIn(*m_home / "mine");
        QCOMPARE(info.id, std::string("named"));
        QVERIFY(info.classNames == (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(info.trainCount, std::int64_t{16});
        QVERIFY(info.testPerClass == (std::vector<std::int64_t>{2, 2}));
        const auto pictures = loadSplit(info, Split::Train, 0, 1);
        QCOMPARE(pictures->width, 64);
        QCOMPARE(std::count(pictures->labels.begin(), pictures->labels.end(), 1), std::ptrdiff_t{8});
    }

    void inATrainingFolder() {
        draw(*m_home / "mine" / "train", {"cat.", "dog."});
        draw(*m_home / "mine" / "test1", {""});
        const DatasetInfo info = resolveIn(*m_home / "mine");
        QCOMPARE(info.location, *m_home / "mine" / "train");
        QCOMPARE(info.trainCount + info.testCount, std::int64_t{20});
        QVERIFY(info.toPredict == (std::vector<fs::path>{*m_home / "mine" / "test1"}));
    }

    void whatIsLeftOutIsSaid() {
        draw(*m_home / "mine", {"cat.", "dog."});
        writeFile(*m_home / "mine" / "cat.99.jpg", {});
        writeFile(*m_home / "mine" / "group.jpg", readFile(*m_home / "mine" / "cat.0.png"));
        const DatasetInfo info = resolveIn(*m_home / "mine");
        QCOMPARE(info.leftOut.size(), std::size_t{2});
        QVERIFY(info.notes.back().find("Left out: 2 pictures") != std::string::npos);
        for (int i = 100; i < 110; ++i) writeFile(*m_home / "mine" / ("dog." + std::to_string(i) + ".jpg"), {});
        QVERIFY(errorOf<DataError>([&] { resolveIn(*m_home / "mine"); }).find("more than a tenth") != std::string::npos);
    }

    void camerasNamesAreNoClasses() {
        draw(*m_home / "mine", {"IMG_", "DSC_"});
        QVERIFY(!errorOf<DataError>([&] { resolveIn(*m_home / "mine"); }).empty());
        draw(*m_home / "one", {"cat."});
        QVERIFY(!errorOf<DataError>([&] { resolveIn(*m_home / "one"); }).empty());
    }

private:
    static void draw(const fs::path& folder, const std::vector<std::string>& beginnings) {
        std::mt19937 random(1);
        for (std::size_t c = 0; c < beginnings.size(); ++c)
            for (int i = 0; i < 10; ++i)
                writeFile(folder / (beginnings[c] + std::to_string(i) + ".png"),
                          encodePng(drawPicture(static_cast<int>(c), 20, random), 20, 20));
    }
    std::unique_ptr<TemporaryHome> m_home;
};

QTEST_GUILESS_MAIN(NamedPicturesTest)
#include "tst_named_pictures.moc"
