#include "core/data/cifar10.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "core/api/errors.h"
#include "core/data/archive.h"
#include "core/data/gzip_reader.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/system_error.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kSide = 32;
constexpr int kPlane = kSide * kSide;
constexpr std::int64_t kRecord = 1 + 3 * kPlane;
constexpr std::int64_t kRecordsPerFile = 10'000;
constexpr int kClasses = 10;

// The training files in data-set order, then the test file.
constexpr std::array<const char*, 6> kFiles = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                               "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"};
constexpr std::size_t kTestFile = 5;
constexpr const char* kFolder = "cifar-10-batches-bin";
constexpr const char* kArchive = "cifar-10-binary.tar.gz";
constexpr const char* kGetAgain = "Get CIFAR-10 again in the data panel, or with: thaw-cli data get cifar10";

using FileBytes = std::array<std::vector<std::uint8_t>, kFiles.size()>;

bool wanted(std::size_t file, Split split) { return (file == kTestFile) == (split == Split::Test); }

void checkSize(const std::string& name, std::int64_t size) {
    if (size > 0 && size % kRecord == 0 && size / kRecord <= kRecordsPerFile) return;
    throw DataError(
        name + " has " + std::to_string(size) + " bytes; " + std::to_string(kRecord * kRecordsPerFile) + " are expected.",
        kGetAgain);
}

[[noreturn]] void throwMissing(const fs::path& location, const std::string& name, bool pythonVersion) {
    if (pythonVersion)
        throw DataError(location.string() + " is the Python version of CIFAR-10.",
                        std::string("Thaw reads the binary version: ") + kArchive + " or the folder " + kFolder + '.');
    throw DataError(name + " is missing from " + location.string() + '.', kGetAgain);
}

// Calls visit(index, displayed name, size, read) for the files of a copy, in whatever order they come; all six must be there.
template <typename Visit>
void visitFiles(const fs::path& location, const Visit& visit) {
    std::array<bool, kFiles.size()> seen{};
    bool pythonVersion = false;
    std::error_code ignored;
    if (fs::is_directory(location, ignored)) {
        pythonVersion = fs::exists(location / "data_batch_1", ignored);
        for (std::size_t i = 0; i < kFiles.size(); ++i) {
            const fs::path file = location / kFiles[i];
            std::error_code error;
            if (!fs::exists(file, error) && !error) continue;
            seen[i] = true;
            GzipReader reader(file);
            visit(i, file.string(), reader.upperBound(), [&](void* out, std::size_t bytes) { reader.readExactly(out, bytes); });
        }
    } else {
        readArchive(location, {}, [&](const std::string& name, std::int64_t size, const ArchiveRead& read) {
            pythonVersion = pythonVersion || name == "data_batch_1";
            const auto known = std::find(kFiles.begin(), kFiles.end(), name);
            if (known == kFiles.end()) return;
            const auto i = static_cast<std::size_t>(known - kFiles.begin());
            const std::string shown = name + " in " + location.string();
            if (seen[i]) throw DataError(shown + " is there twice.", kGetAgain);
            seen[i] = true;
            visit(i, shown, size, read);
        });
    }
    for (std::size_t i = 0; i < kFiles.size(); ++i)
        if (!seen[i]) throwMissing(location, kFiles[i], pythonVersion);
}

void checkLabel(const std::string& name, std::int64_t record, int label) {
    if (label < kClasses) return;
    throw DataError(name + " is damaged: picture " + std::to_string(record) + " has the label " + std::to_string(label) +
                        ", but labels end at 9.",
                    kGetAgain);
}

class Cifar10 final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "cifar10";
        info.title = "CIFAR-10";
        info.description = "60,000 colour pictures of 32 x 32 pixels in ten classes: the lesson's own data set.";
        info.pictureKind = {kSide};
        info.classNames = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
        info.download.url = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
        info.download.bytes = 170'052'171;
        info.download.sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";
        info.download.md5 = "c32a1d4ab5d03f1284b67883e8d87530";
        info.download.fileName = kArchive;
        info.installHint = "Get it in the data panel or with: thaw-cli data get cifar10";
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        if (fs::is_regular_file(place, ignored)) {
            const std::string name = place.filename().string();
            for (const std::string ending : {".tar.gz", ".tgz", ".tar"})
                if (name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0)
                    return place;
            return std::find(kFiles.begin(), kFiles.end(), name) != kFiles.end() ? place.parent_path() : fs::path();
        }
        for (const char* below : {"", "cifar10", "cifar-10"}) {
            const fs::path base = *below ? place / below : place;
            for (const fs::path& folder : {base, base / kFolder})
                for (const char* name : kFiles)
                    if (fs::exists(folder / name, ignored)) return folder;
            if (fs::is_regular_file(base / kArchive, ignored)) return base / kArchive;
            for (const fs::path& folder : {base, base / "cifar-10-batches-py"})
                if (fs::exists(folder / "data_batch_1", ignored)) return folder;
        }
        return {};
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        std::error_code ignored;
        if (!fs::is_directory(location, ignored)) return {location};
        std::vector<fs::path> result;
        for (const char* name : kFiles) result.push_back(location / name);
        return result;
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        DatasetLabels labels;
        labels.classNames = describe().classNames;
        std::array<std::vector<int>, kFiles.size()> perFile;
        visitFiles(location, [&](std::size_t i, const std::string& name, std::int64_t size, const auto& read) {
            checkSize(name, size);
            std::vector<std::uint8_t> records(static_cast<std::size_t>(kRecord * std::min<std::int64_t>(size / kRecord, 500)));
            for (std::int64_t done = 0; done < size;) {
                const auto piece =
                    static_cast<std::size_t>(std::min<std::int64_t>(size - done, static_cast<std::int64_t>(records.size())));
                read(records.data(), piece);
                for (std::size_t offset = 0; offset < piece; offset += kRecord) {
                    checkLabel(name, static_cast<std::int64_t>(perFile[i].size()), records[offset]);
                    perFile[i].push_back(records[offset]);
                }
                done += static_cast<std::int64_t>(piece);
            }
        });
        for (std::size_t i = 0; i < kTestFile; ++i) labels.train.insert(labels.train.end(), perFile[i].begin(), perFile[i].end());
        labels.test = std::move(perFile[kTestFile]);
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int) const override {
        FileBytes bytes;
        visitFiles(location, [&](std::size_t i, const std::string& name, std::int64_t size, const auto& read) {
            checkSize(name, size);
            if (!wanted(i, split)) return;
            bytes[i].resize(static_cast<std::size_t>(size));
            read(bytes[i].data(), bytes[i].size());
        });

        PictureSet set;
        set.width = set.height = kSide;
        set.rgb.resize(indices.size() * 3 * kPlane);
        set.labels.reserve(indices.size());
        std::uint8_t* out = set.rgb.data();
        auto next = indices.begin();
        std::int64_t first = 0;
        for (std::size_t i = 0; i < kFiles.size(); ++i) {
            const auto records = static_cast<std::int64_t>(bytes[i].size()) / kRecord;
            for (; next != indices.end() && *next < first + records; ++next) {
                const std::uint8_t* record = bytes[i].data() + (*next - first) * kRecord;
                checkLabel(kFiles[i], *next - first, record[0]);
                set.labels.push_back(record[0]);
                for (int pixel = 1; pixel <= kPlane; ++pixel)
                    for (int channel = 0; channel < 3; ++channel) *out++ = record[channel * kPlane + pixel];
            }
            first += records;
            bytes[i] = {};
        }
        if (next != indices.end()) throw DataError(location.string() + " has changed while it was read.", "Try again.");
        return set;
    }

    // Unpacked once, so that later starts need not decompress it.
    void install(const fs::path& file, const fs::path& folder,
                 const std::function<bool(std::int64_t, std::int64_t)>& progress) const override {
        const fs::path target = folder / kFolder;
        const fs::path temporary = folder / (std::string(kFolder) + '.' + std::to_string(getpid()) + ".part");
        std::error_code error;
        fs::remove_all(temporary, error);
        ensureFolder(temporary);
        try {
            const std::int64_t total = kRecord * kRecordsPerFile * static_cast<std::int64_t>(kFiles.size());
            std::int64_t done = 0;
            visitFiles(file, [&](std::size_t i, const std::string& name, std::int64_t size, const auto& read) {
                checkSize(name, size);
                AtomicFile out(temporary / kFiles[i]);
                std::vector<std::uint8_t> piece(1u << 20);
                for (std::int64_t written = 0; written < size;) {
                    const auto bytes =
                        static_cast<std::size_t>(std::min<std::int64_t>(size - written, static_cast<std::int64_t>(piece.size())));
                    read(piece.data(), bytes);
                    out.write(piece.data(), bytes);
                    written += static_cast<std::int64_t>(bytes);
                    done += static_cast<std::int64_t>(bytes);
                    if (!progress(done, total)) throw Cancelled();
                }
                out.commit();
            });
            fs::remove_all(target, error);
            fs::rename(temporary, target, error);
            if (error) throw systemError("Cannot write", target, error.value());
            syncFolder(folder);
        } catch (...) {
            fs::remove_all(temporary, error);
            throw;
        }
        fs::remove(file, error);
    }
};

}  // namespace

std::unique_ptr<DatasetSource> makeCifar10() { return std::make_unique<Cifar10>(); }

}  // namespace thaw::core
