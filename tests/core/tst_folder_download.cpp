#include <QTest>

#include <set>

#include "core/data/dataset.h"
#include "core/data/dataset_source.h"
#include "core/store/paths.h"
#include "tests/support/drawn_data.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"
#include "tests/support/torch_writer.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

const DatasetSource& sourceCalled(const std::string& id) {
    for (const auto& source : datasetSources())
        if (source->describe().id == id) return *source;
    throw std::runtime_error("no source " + id);
}

Bytes picture(int label, unsigned seed) {
    std::mt19937 random(seed);
    return encodePng(drawPicture(label, 20, random), 20, 20);
}

bool goOn(std::int64_t, std::int64_t) { return true; }

}  // namespace

// What is downloaded cannot be drawn with the right digest: here the archive is there already, and is installed.
class FolderDownloadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void imagenette() {
        TarWriter tar;
        for (const char* split : {"train", "val"})
            for (int label = 0; label < 2; ++label)
                for (unsigned i = 0; i < 3; ++i)
                    tar.add(std::string("imagenette2-160/") + split + (label == 0 ? "/n01440764/" : "/n02102040/") +
                                std::to_string(i) + ".JPEG",
                            picture(label, i));
        const fs::path archive = datasetsFolder() / "imagenette2-160.tgz";
        writeFile(archive, gzip(tar.finish()));
        sourceCalled("imagenette").install(archive, datasetsFolder(), goOn);
        QVERIFY(!fs::exists(archive));
        const DatasetInfo info = resolveIn({}, "imagenette");
        QCOMPARE(info.title, std::string("Imagenette"));
        QVERIFY(info.classNames == (std::vector<std::string>{"tench", "English springer"}));
        QCOMPARE(info.trainCount, std::int64_t{6});
        RunConfig large;
        large.inputSize = 96;
        QCOMPARE(loadSplit(forInput(info, large), Split::Test, 0, 1)->width, 96);
    }

    void pets() {
        TarWriter tar;
        for (unsigned i = 0; i < 5; ++i) {
            tar.add("images/Abyssinian_" + std::to_string(i) + ".jpg", picture(0, i));
            tar.add("images/great_pyrenees_" + std::to_string(i) + ".jpg", picture(1, i));
        }
        tar.add("images/Abyssinian_101.mat", Bytes(10, 'm'));
        const fs::path archive = datasetsFolder() / "images.tar.gz";
        writeFile(archive, gzip(tar.finish()));
        sourceCalled("pets").install(archive, datasetsFolder(), goOn);
        const DatasetInfo info = resolveIn({}, "pets");
        QVERIFY(info.classNames == (std::vector<std::string>{"Abyssinian", "great_pyrenees"}));
        QCOMPARE(info.testCount, std::int64_t{2});
    }

    void eachHasADigest() {
        std::set<std::string> ids, names;
        for (const auto& source : datasetSources()) {
            const DatasetInfo info = source->describe();
            QVERIFY2(ids.insert(info.id).second, info.id.c_str());
            if (info.download.url.empty()) continue;
            QVERIFY(info.download.url.rfind("https://", 0) == 0);
            QVERIFY(info.download.sha256.size() == 64 || info.download.md5.size() == 32);
            QVERIFY2(names.insert(info.download.fileName).second, info.download.fileName.c_str());
        }
        QCOMPARE(names.size(), std::size_t{16});
    }

private:
    std::unique_ptr<TemporaryHome> m_home;
};

QTEST_GUILESS_MAIN(FolderDownloadTest)
#include "tst_folder_download.moc"
