#include <QTest>
#include <algorithm>
#include <set>

#include "core/data/dataset.h"
#include "core/data/dataset_source.h"
#include "core/store/paths.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/faulty_server.h"
#include "tests/support/resolve.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

DatasetInfo resolve(const std::string& dataset, const fs::path& directory = {}) { return resolveIn(directory, dataset); }

std::vector<int> countsOf(const PictureSet& pictures) {
    std::vector<int> counts(10);
    for (const int label : pictures.labels) ++counts[static_cast<std::size_t>(label)];
    return counts;
}

}  // namespace

class DatasetsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void descriptions();
    void nothingThere();
    void orderOfThePlaces();
    void automaticChoice();
    void automaticChoiceInAFolder();
    void badCopyIsPassedOver();
    void chosenFolderMustBeGood();
    void aNamedFolderIsTakenOrRefused();
    void theOneRuleOfTheChoice();
    void whatIsListedIsWhatIsUsed();
    void unknownName();
    void balancedSubsets();
    void unevenClasses();
    void subsetsAreNested();
    void knownSubset();
    void digestTellsEveryChange();
    void samples();
    void goneSinceItWasListed();
    void installUnpacksOnce();
    void installWithoutSpace();
    void downloadOfAWrongFile();
    void downloadOfWhatIsThere();

private:
    fs::path system() const { return *m_home / "share" / "datasets"; }
    std::unique_ptr<TemporaryHome> m_home;
};

void DatasetsTest::descriptions() {
    std::set<std::string> ids;
    for (const auto& source : datasetSources()) {
        const DatasetInfo info = source->describe();
        QVERIFY(ids.insert(info.id).second);
        QVERIFY(!info.title.empty() && !info.description.empty() && !info.installHint.empty());
        QVERIFY(!info.present);
        if (info.download.url.empty()) continue;
        QVERIFY(info.download.sha256.size() == 64 || info.download.md5.size() == 32);
        QVERIFY(!info.download.fileName.empty());
        QVERIFY(info.download.url.rfind("https://", 0) == 0);
    }
}

void DatasetsTest::nothingThere() {
    for (const DatasetInfo& info : listDatasets()) QVERIFY(!info.present);
    std::string message = errorOf<DataError>([] { resolve("auto"); });
    QVERIFY2(message.find("No data set was found in " + datasetsFolder().string()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("thaw-cli data get cifar10") != std::string::npos, message.c_str());
    QVERIFY2(message.find("apt install dataset-fashion-mnist") != std::string::npos, message.c_str());
    message = errorOf<DataError>([] { resolve("cifar10"); });
    QVERIFY2(message.find("CIFAR-10 was not found in") == 0, message.c_str());
    QVERIFY2(message.find("--data DIR") != std::string::npos, message.c_str());
}

void DatasetsTest::orderOfThePlaces() {
    const fs::path extra = *m_home / "extra", variable = *m_home / "variable";
    const std::vector<fs::path> places = {extra, variable, datasetsFolder(), system(), *m_home / "share" / "thaw" / "datasets"};
    const ScopedVariable data("THAW_DATA", variable.string());
    QVERIFY(datasetPlaces(extra) == places);
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
        fs::create_directories(extra);
        writeCifar10Folder(*place / "cifar-10-batches-bin");
        QCOMPARE(resolve("cifar10", extra).location, *place / "cifar-10-batches-bin");
        QCOMPARE(listDatasets(extra).at(0).location, *place / "cifar-10-batches-bin");
    }
}

void DatasetsTest::automaticChoice() {
    writeFashionMnist(system() / "fashion-mnist");
    QCOMPARE(resolve("auto").id, std::string("fashion-mnist"));
    QVERIFY(resolve("auto").substitute);
    writeCifar10Archive(datasetsFolder() / "cifar-10-binary.tar.gz");
    QCOMPARE(resolve("auto").id, std::string("cifar10"));
    QVERIFY(!resolve("auto").substitute);
    writeFile(datasetsFolder() / "cifar-10-binary.tar.gz", Bytes(1000, 'x'));
    QCOMPARE(resolve("auto").id, std::string("fashion-mnist"));
    QVERIFY(!listDatasets().at(0).problem.empty());
}

void DatasetsTest::automaticChoiceInAFolder() {
    writeCifar10Folder(datasetsFolder() / "cifar-10-batches-bin");
    writeFashionMnist(*m_home / "mine");
    QCOMPARE(resolve("auto", *m_home / "mine").id, std::string("fashion-mnist"));
    fs::create_directories(*m_home / "empty");
    const std::string message = errorOf<DataError>([&] { resolve("auto", *m_home / "empty"); });
    QVERIFY2(message.find("holds no data set that Thaw knows") != std::string::npos, message.c_str());
}

void DatasetsTest::badCopyIsPassedOver() {
    writeCifar10Folder(datasetsFolder() / "cifar-10-batches-bin");
    fs::remove(datasetsFolder() / "cifar-10-batches-bin" / "test_batch.bin");
    const DatasetInfo bad = listDatasets().at(0);
    QVERIFY(bad.present);
    QVERIFY2(bad.problem.find("test_batch.bin is missing") != std::string::npos, bad.problem.c_str());
    QVERIFY(errorOf<DataError>([] { resolve("cifar10"); }).find("test_batch.bin is missing") != std::string::npos);

    writeCifar10Archive(system() / "cifar-10-binary.tar.gz");
    const DatasetInfo good = listDatasets().at(0);
    QCOMPARE(good.location, system() / "cifar-10-binary.tar.gz");
    QVERIFY(good.problem.empty());
}

void DatasetsTest::chosenFolderMustBeGood() {
    writeCifar10Folder(system() / "cifar-10-batches-bin");
    writeCifar10Folder(*m_home / "mine");
    fs::resize_file(*m_home / "mine" / "test_batch.bin", 100);
    QVERIFY(errorOf<DataError>([&] { resolve("auto", *m_home / "mine"); }).find("test_batch.bin has 100 bytes") !=
            std::string::npos);
    QVERIFY(errorOf<DataError>([&] { resolve("cifar10", *m_home / "mine"); }).find("test_batch.bin has 100 bytes") !=
            std::string::npos);
    QVERIFY(errorOf<DataError>([&] { resolve("cifar10", *m_home / "missing"); }).find("No such file") != std::string::npos);
}

void DatasetsTest::aNamedFolderIsTakenOrRefused() {
    writeCifar10Folder(system() / "cifar-10-batches-bin");
    writeFashionMnist(*m_home / "fashion");
    writeCifar10Folder(*m_home / "mine");
    QCOMPARE(datasetIn(*m_home / "mine", "cifar10").location, *m_home / "mine");
    QVERIFY(errorOf<DataError>([&] { datasetIn(*m_home / "fashion", "cifar10"); }).find("does not hold CIFAR-10") !=
            std::string::npos);
    QVERIFY(errorOf<DataError>([&] { datasetIn(*m_home / "missing", "cifar10"); }).find("No such file") != std::string::npos);
    fs::resize_file(*m_home / "mine" / "test_batch.bin", 100);
    QVERIFY(errorOf<DataError>([&] { datasetIn(*m_home / "mine", "cifar10"); }).find("100 bytes") != std::string::npos);
}

void DatasetsTest::theOneRuleOfTheChoice() {
    std::vector<DatasetInfo> listed(3);
    const char* const ids[] = {"cifar10", "fashion-mnist", "folder"};
    for (std::size_t i = 0; i < 3; ++i) listed[i].id = ids[i];
    DataConfig config;
    const auto chosen = [&] {
        const DatasetInfo* info = chosenDataset(listed, config);
        return info ? info->id : std::string("none");
    };
    QCOMPARE(chosen(), std::string("none"));
    listed[1].present = listed[1].substitute = true;
    listed[1].place = "/usual";
    QCOMPARE(chosen(), std::string("fashion-mnist"));
    listed[0].present = true;
    listed[0].place = "/usual";
    QCOMPARE(chosen(), std::string("cifar10"));
    listed[0].problem = "cut off";  // another one is at hand
    QCOMPARE(chosen(), std::string("fashion-mnist"));
    config.directory = "/mine";
    QCOMPARE(chosen(), std::string("none"));
    listed[1].place = listed[2].place = "/mine";
    listed[0].problem.clear();
    QCOMPARE(chosen(), std::string("fashion-mnist"));
    listed[2].present = true;
    listed[1].problem = "cut off";
    QCOMPARE(chosen(), std::string("folder"));
    listed[2].problem = "no class";  // nothing else is meant
    QCOMPARE(chosen(), std::string("fashion-mnist"));
    config.dataset = "cifar10";
    QCOMPARE(chosen(), std::string("cifar10"));
    config.dataset = "folder";
    config.directory.clear();
    QCOMPARE(chosen(), std::string("folder"));
}

// For every state of the folders, what listDatasets() leads to is what resolveDataset() takes or refuses.
void DatasetsTest::whatIsListedIsWhatIsUsed() {
    const fs::path mine = *m_home / "mine";
    const auto compare = [&](const std::string& id, const fs::path& directory) {
        DataConfig config;
        config.dataset = id;
        config.directory = directory;
        const std::vector<DatasetInfo> listed = listDatasets(directory);
        const DatasetInfo* chosen = chosenDataset(listed, config);
        fs::path used;
        std::string refusal;
        try {
            used = resolveDataset(config).location;
        } catch (const DataError& error) {
            refusal = error.what();
        }
        if (!chosen || !chosen->present) return used.empty();
        return chosen->problem.empty() ? used == chosen->location : refusal.find(chosen->problem) != std::string::npos;
    };
    const auto all = [&] {
        for (const char* id : {"auto", "cifar10", "fashion-mnist", "folder"})
            for (const fs::path& directory : {fs::path(), mine})
                if (!compare(id, directory)) return false;
        return true;
    };
    fs::create_directories(mine);
    QVERIFY(all());
    writeFashionMnist(mine);
    QVERIFY(all());
    writeCifar10Folder(datasetsFolder() / "cifar-10-batches-bin");
    QVERIFY(all());
    fs::resize_file(datasetsFolder() / "cifar-10-batches-bin" / "test_batch.bin", 100);
    QVERIFY(all());
    writeFashionMnist(system() / "fashion-mnist");
    QVERIFY(all());
    fs::remove(mine / "t10k-labels-idx1-ubyte.gz");
    QVERIFY(all());
    fs::remove_all(mine);
    writeCifar10Folder(mine);
    QVERIFY(all());
    writeImageFolder(*m_home / "mine", {5, 2, 1}, 2, 20, false);
    fs::remove(mine / "test_batch.bin");
    QVERIFY(all());
}

void DatasetsTest::unknownName() {
    const std::string message = errorOf<DataError>([] { resolve("mnist"); });
    QVERIFY2(message.find("\"mnist\"") != std::string::npos &&
                 message.find("auto, cifar10, fashion-mnist, folder") != std::string::npos,
             message.c_str());
}

void DatasetsTest::balancedSubsets() {
    writeCifar10Folder(*m_home / "c", {20, 10, 1});
    const DatasetInfo info = resolve("auto", *m_home / "c");
    for (const int limit : {1, 9, 10, 50, 57, 199}) {
        const auto pictures = loadSplit(info, Split::Train, limit, 5);
        QCOMPARE(pictures->count(), std::int64_t{limit});
        const std::vector<int> counts = countsOf(*pictures);
        QVERIFY(*std::max_element(counts.begin(), counts.end()) - *std::min_element(counts.begin(), counts.end()) <= 1);
    }
    for (const int limit : {0, 200, 100'000}) QCOMPARE(loadSplit(info, Split::Train, limit, 5)->count(), std::int64_t{200});
    QCOMPARE(loadSplit(info, Split::Train, 50, 5)->identity.digest, loadSplit(info, Split::Train, 50, 5)->identity.digest);
    QVERIFY(loadSplit(info, Split::Train, 50, 5)->identity.digest != loadSplit(info, Split::Train, 50, 6)->identity.digest);
}

void DatasetsTest::unevenClasses() {
    writeCifar10Folder(*m_home / "c", {20, 10, 1});
    Bytes first = readFile(*m_home / "c" / "data_batch_1.bin");
    first.resize(3073 * 13);  // classes 0, 1, 2 have a picture more than the others from here
    writeFile(*m_home / "c" / "data_batch_1.bin", first);
    for (int i = 2; i <= 5; ++i)
        writeFile(*m_home / "c" / ("data_batch_" + std::to_string(i) + ".bin"), Bytes(first.begin(), first.begin() + 3073));
    const DatasetInfo info = resolve("auto", *m_home / "c");
    QVERIFY(info.trainPerClass == (std::vector<std::int64_t>{6, 2, 2, 1, 1, 1, 1, 1, 1, 1}));
    QVERIFY(countsOf(*loadSplit(info, Split::Train, 14, 1)) == (std::vector<int>{3, 2, 2, 1, 1, 1, 1, 1, 1, 1}));
}

void DatasetsTest::subsetsAreNested() {
    writeCifar10Folder(*m_home / "c", {20, 10, 1});
    const DatasetInfo info = resolve("auto", *m_home / "c");
    const auto picturesOf = [&](int limit) {
        const auto set = loadSplit(info, Split::Train, limit, 9);
        std::vector<Bytes> pictures;
        for (std::int64_t i = 0; i < set->count(); ++i) pictures.emplace_back(set->picture(i), set->picture(i) + 3072);
        return pictures;
    };
    const std::vector<Bytes> all = picturesOf(0), some = picturesOf(80), few = picturesOf(30);
    const auto isSubsequence = [](const std::vector<Bytes>& part, const std::vector<Bytes>& whole) {
        auto at = whole.begin();
        for (const Bytes& picture : part) {
            at = std::find(at, whole.end(), picture);
            if (at == whole.end()) return false;
            ++at;
        }
        return true;
    };
    QVERIFY(isSubsequence(few, some));
    QVERIFY(isSubsequence(some, all));
}

// The choice may never change between versions or machines: a run is repeated from its seed.
void DatasetsTest::knownSubset() {
    writeCifar10Folder(*m_home / "c", {20, 10, 1});
    const auto all = loadSplit(resolve("auto", *m_home / "c"), Split::Train, 0, 0);
    const auto some = loadSplit(resolve("auto", *m_home / "c"), Split::Train, 10, 42);
    std::vector<std::int64_t> indices;
    for (std::int64_t i = 0, j = 0; i < all->count() && j < some->count(); ++i)
        if (std::equal(all->picture(i), all->picture(i) + 3072, some->picture(j))) {
            indices.push_back(i);
            ++j;
        }
    QCOMPARE(indices.size(), std::size_t{10});
    std::string text;
    for (const std::int64_t index : indices) text += std::to_string(index) + ' ';
    QVERIFY2(text == "18 31 32 40 59 76 94 113 157 185 ", text.c_str());
}

void DatasetsTest::digestTellsEveryChange() {
    writeCifar10Folder(*m_home / "c");
    const std::string before = loadSplit(resolve("auto", *m_home / "c"), Split::Test, 0, 1)->identity.digest;
    QCOMPARE(before.size(), std::size_t{64});
    const Bytes file = readFile(*m_home / "c" / "test_batch.bin");
    for (const std::size_t at : {0u, 1u, 3072u, 3073u}) {
        Bytes changed = file;
        changed[at] ^= 1;
        writeFile(*m_home / "c" / "test_batch.bin", changed);
        QVERIFY(loadSplit(resolve("auto", *m_home / "c"), Split::Test, 0, 1)->identity.digest != before);
    }
}

void DatasetsTest::samples() {
    writeCifar10Folder(*m_home / "c", {20, 10, 1});
    const DatasetInfo info = resolve("auto", *m_home / "c");
    QVERIFY(countsOf(*samplePictures(info, Split::Train, 3, 1)) == std::vector<int>(10, 3));
    QVERIFY(countsOf(*samplePictures(info, Split::Test, 1000, 1)) == std::vector<int>(10, 10));
    QVERIFY(samplePictures(info, Split::Test, 3, 1)->rgb != samplePictures(info, Split::Test, 3, 2)->rgb);
}

void DatasetsTest::goneSinceItWasListed() {
    writeCifar10Folder(*m_home / "c");
    const DatasetInfo info = resolve("auto", *m_home / "c");
    fs::remove_all(*m_home / "c");
    QVERIFY(!errorOf<DataError>([&] { loadSplit(info, Split::Train, 0, 1); }).empty());
    QVERIFY(!errorOf<DataError>([&] { samplePictures(DatasetInfo(), Split::Train, 1, 1); }).empty());
}

void DatasetsTest::installUnpacksOnce() {
    const fs::path archive = datasetsFolder() / "cifar-10-binary.tar.gz";
    writeCifar10Archive(archive);
    const std::string digest = loadSplit(resolve("cifar10"), Split::Train, 0, 1)->identity.digest;
    const DatasetSource& cifar10 = *datasetSources().front();
    std::int64_t last = 0;
    const auto progress = [&](std::int64_t done, std::int64_t total) {
        last = done;
        return done <= total;
    };

    QVERIFY_THROWS_EXCEPTION(Cancelled,
                             cifar10.install(archive, datasetsFolder(), [](std::int64_t, std::int64_t) { return false; }));
    QVERIFY(fs::exists(archive));
    QCOMPARE(std::distance(fs::directory_iterator(datasetsFolder()), {}), 1);

    cifar10.install(archive, datasetsFolder(), progress);
    QCOMPARE(last, std::int64_t{150 * 3073});
    QVERIFY(!fs::exists(archive));
    const DatasetInfo info = resolve("cifar10");
    QCOMPARE(info.location, datasetsFolder() / "cifar-10-batches-bin");
    QCOMPARE(loadSplit(info, Split::Train, 0, 1)->identity.digest, digest);
    QCOMPARE(std::distance(fs::directory_iterator(datasetsFolder()), {}), 1);
}

void DatasetsTest::installWithoutSpace() {
    const fs::path archive = datasetsFolder() / "cifar-10-binary.tar.gz";
    writeCifar10Archive(archive);
    Bytes damaged = readFile(archive);
    damaged.resize(damaged.size() / 2);
    writeFile(archive, damaged);
    const auto goOn = [](std::int64_t, std::int64_t) { return true; };
    QVERIFY(!errorOf<DataError>([&] { datasetSources().front()->install(archive, datasetsFolder(), goOn); }).empty());
    QCOMPARE(std::distance(fs::directory_iterator(datasetsFolder()), {}), 1);
}

void DatasetsTest::downloadOfAWrongFile() {
    FaultyServer server([](const auto& request) { return serveContent(request, std::string(1000, 'x')); });
    const ScopedVariable mirror("THAW_MIRROR", server.url("/"));
    const std::string message = errorOf<NetworkError>([] { downloadDataset("cifar10", {}); });
    QVERIFY2(message.find("1000 bytes on the server; 170052171 are expected") != std::string::npos, message.c_str());
    QVERIFY(!listDatasets().front().present);
    QVERIFY(!errorOf<DataError>([] { downloadDataset("fashion-mnist", {}); }).empty());
    QVERIFY(!errorOf<DataError>([] { downloadDataset("nothing", {}); }).empty());
}

void DatasetsTest::downloadOfWhatIsThere() {
    writeCifar10Folder(datasetsFolder() / "cifar-10-batches-bin");
    QCOMPARE(downloadDataset("cifar10", {}).location, datasetsFolder() / "cifar-10-batches-bin");
}

QTEST_GUILESS_MAIN(DatasetsTest)
#include "tst_datasets.moc"
