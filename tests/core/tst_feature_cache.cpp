#include <QTest>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "core/api/errors.h"
#include "core/train/feature_cache.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
namespace fs = std::filesystem;

namespace {

void fill(FeatureBlock& block, float first) {
    std::vector<float> row(static_cast<std::size_t>(block.floats()));
    for (std::int64_t i = 0; i < block.rows(); ++i) {
        for (std::int64_t j = 0; j < block.floats(); ++j)
            row[static_cast<std::size_t>(j)] = first + static_cast<float>(i * block.floats() + j);
        block.write(i, row.data(), 1);
    }
}

std::shared_ptr<FeatureBlock> blockOf(std::int64_t rows, std::int64_t floats, float first) {
    auto block = std::make_shared<FeatureBlock>(rows, floats);
    fill(*block, first);
    return block;
}

void write(const fs::path& folder, const std::string& key, const std::shared_ptr<const FeatureBlock>& block,
           std::int64_t budget = 1 << 30) {
    FeatureWriter writer(folder, key, block, budget);
    while (!writer.advance(Deadline(0))) {
    }
}

std::shared_ptr<FeatureBlock> read(const fs::path& folder, const std::string& key, std::int64_t rows, std::int64_t floats) {
    FeatureReader reader;
    if (!reader.open(folder, key, rows, floats)) return nullptr;
    while (!reader.advance(Deadline(0))) {
    }
    return reader.block();
}

int filesIn(const fs::path& folder) {
    int count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++count;
    return count;
}

}  // namespace

class TestFeatureCache : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void store() {
        FeatureStore store;
        const std::vector<FeaturePart> parts = featureParts({});
        store.put(14, kTrainPart, blockOf(3, 4, 0));
        QVERIFY(!store.holds(14, parts));
        store.put(14, kTestPart, blockOf(2, 4, 0));
        store.put(18, kTestPart, blockOf(2, 1, 0));
        QVERIFY(store.holds(14, parts));
        QCOMPARE(store.rungs(), (std::vector<int>{14, 18}));
        QCOMPARE(store.bytesInMemory(), std::int64_t((12 + 8 + 2) * 4));
        QVERIFY(!store.dropAbove(18));
        QVERIFY(store.dropAbove(17));
        QCOMPARE(store.rungs(), (std::vector<int>{14}));
        AugmentationConfig flips;
        flips.flip = true;
        QVERIFY(!store.holds(14, featureParts(flips)));
    }

    void writtenAndReadBack() {
        const thaw::test::TemporaryHome home;
        const fs::path folder = home / "features";
        const auto block = blockOf(5000, 1000, 0.5f);  // more than one piece
        write(folder, "a", block);
        QCOMPARE(filesIn(folder), 1);
        const auto back = read(folder, "a", 5000, 1000);
        QVERIFY(back);
        QCOMPARE(std::memcmp(back->row(0), block->row(0), block->bytes()), 0);
        QVERIFY(!read(folder, "a", 5000, 999));
        QVERIFY(!read(folder, "b", 5000, 1000));
    }

    void filledOnDisk() {
        const thaw::test::TemporaryHome home;
        const fs::path folder = home / "features";
        constexpr std::int64_t rows = 40'000, floats = 1000;  // 160 MB: pages leave the process before the end
        const auto held = [] {
            std::ifstream status("/proc/self/status");
            std::string name;
            long value = 0;
            while (status >> name)
                if (name == "RssFile:" && status >> value) break;
            return value >> 10;
        };
        const long before = held();
        const auto block = std::make_shared<FeatureBlock>(
            std::make_shared<FeatureFile>(folder, "a", rows * floats * sizeof(float), 1 << 30), rows, floats);
        QVERIFY(!block->inMemory());
        fill(*block, 0.5f);
        QCOMPARE(block->row(rows - 1)[floats - 1], 0.5f + static_cast<float>(rows * floats - 1));
        write(folder, "a", block);
        QCOMPARE(filesIn(folder), 1);
        const auto back = read(folder, "a", rows, floats);
        QVERIFY(back && !back->inMemory());
        QCOMPARE(std::memcmp(back->row(rows / 2), block->row(rows / 2), floats * sizeof(float)), 0);
        for (std::int64_t i = 0; i < rows; ++i) {
            QCOMPARE(back->row(i)[0], block->row(i)[0]);
            block->wasRead(floats * sizeof(float));
            back->wasRead(floats * sizeof(float));
        }
        const long more = held() - before;
        FeatureStore store;
        store.put(14, kTestPart, back);
        QCOMPARE(store.bytesInMemory(), std::int64_t(0));
        // Two times 160 MB were read; little of it stays.
        QVERIFY2(more < 100, std::to_string(more).c_str());
        QVERIFY_THROWS_EXCEPTION(StoreError, FeatureFile(folder, "b", 1000, 999));
    }

    void damageIsFound() {
        const thaw::test::TemporaryHome home;
        const fs::path folder = home / "features", file = folder / "a.features";
        const auto block = blockOf(10, 100, 1);
        for (const int position : {0, 5, 50, 4095, 4096, 6000, 4096 + 3999}) {
            write(folder, "a", block);
            {
                std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
                stream.seekg(position);
                const char old = static_cast<char>(stream.get());
                stream.seekp(position);
                stream.put(static_cast<char>(old ^ 1));
            }
            QVERIFY2(!read(folder, "a", 10, 100), std::to_string(position).c_str());
        }
        for (const int size : {0, 100, 4096, 8095}) {
            write(folder, "a", block);
            fs::resize_file(file, static_cast<std::uintmax_t>(size));
            QVERIFY(!read(folder, "a", 10, 100));
        }
    }

    void oldestGoFirst() {
        const thaw::test::TemporaryHome home;
        const fs::path folder = home / "features";
        const auto block = blockOf(1000, 10, 0);  // 44,096 bytes on disk
        const auto now = fs::file_time_type::clock::now();
        for (const char* key : {"a", "b", "c"}) write(folder, key, block);
        fs::last_write_time(folder / "a.features", now - std::chrono::hours(1));
        fs::last_write_time(folder / "b.features", now - std::chrono::hours(3));
        fs::last_write_time(folder / "c.features", now - std::chrono::hours(2));
        QVERIFY(read(folder, "b", 1000, 10));  // used now
        write(folder, "d", block, 3 * 45'000);
        QVERIFY(!fs::exists(folder / "c.features"));
        QCOMPARE(filesIn(folder), 3);
        QVERIFY_THROWS_EXCEPTION(StoreError, write(folder, "e", block, 1000));
        QCOMPARE(filesIn(folder), 3);
    }

    void unfinishedLeavesNothing() {
        const thaw::test::TemporaryHome home;
        const fs::path folder = home / "features";
        { FeatureWriter writer(folder, "a", blockOf(10, 10, 0), 1 << 20); }
        { FeatureBlock block(std::make_shared<FeatureFile>(folder, "a", 400, 1 << 20), 10, 10); }
        QCOMPARE(filesIn(folder), 0);
        std::ofstream(home / "file") << "x";
        QVERIFY_THROWS_EXCEPTION(StoreError, write(home / "file", "a", blockOf(10, 10, 0)));
    }
};

QTEST_GUILESS_MAIN(TestFeatureCache)
#include "tst_feature_cache.moc"
