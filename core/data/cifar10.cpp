#include "core/data/cifar10.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/archive.h"
#include "core/data/cifar10_python.h"
#include "core/data/folder_names.h"
#include "core/data/foreign_files.h"
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
constexpr std::int64_t kMaxPickle = 64'000'000;
constexpr std::size_t kTellingNames = 40;
constexpr int kDeepestFolder = 2;
constexpr const char* kGetAgain = "Get CIFAR-10 again in the data panel, or with: thaw-cli data get cifar10";

using FileBytes = std::array<std::vector<std::uint8_t>, kFiles.size()>;

bool wanted(std::size_t file, Split split) { return (file == kTestFile) == (split == Split::Test); }

void checkSize(const std::string& name, std::int64_t size) {
    if (size > 0 && size % kRecord == 0 && size / kRecord <= kRecordsPerFile) return;
    throw DataError(
        name + " has " + std::to_string(size) + " bytes; " + std::to_string(kRecord * kRecordsPerFile) + " are expected.",
        kGetAgain);
}

// The Python version's file of the same pictures.
std::string pythonName(std::size_t file) {
    const std::string name = kFiles[file];
    return name.substr(0, name.size() - 4);
}

// The version that is whole, else the binary one if anything of it is there.
bool isPythonFolder(const fs::path& folder) {
    std::error_code ignored;
    std::size_t binary = 0, python = 0;
    for (std::size_t i = 0; i < kFiles.size(); ++i) {
        binary += fs::exists(folder / kFiles[i], ignored) ? 1 : 0;
        python += fs::is_regular_file(folder / pythonName(i), ignored) ? 1 : 0;
    }
    return binary == 0 ? python > 0 : python == kFiles.size() && binary < kFiles.size();
}

bool isCopy(const fs::path& folder) {
    std::error_code ignored;
    return isPythonFolder(folder) ||
           std::any_of(kFiles.begin(), kFiles.end(), [&](const char* name) { return fs::exists(folder / name, ignored); });
}

// "cifar-10-batches-py", "CIFAR10", "cifar-10-batches-py-target": the names that programs give what they downloaded.
bool isCifar10Name(const std::string& name) {
    const std::string low = lowered(name);
    for (const char* begin : {"cifar-10", "cifar10", "cifar_10"})
        if (low.rfind(begin, 0) == 0) return low.compare(std::string(begin).size(), 1, "0") != 0;  // CIFAR-100
    return false;
}

bool isArchiveName(const std::string& name) {
    for (const std::string ending : {".tar.gz", ".tgz", ".tar"})
        if (name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0) return true;
    return false;
}

// A folder with CIFAR-10's files, here or in folders of its names below; else an archive of them. Empty: there is none.
fs::path copyBelow(const fs::path& folder, int depth) {
    if (isCopy(folder)) return folder;
    std::vector<fs::path> folders, archives;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        const std::string name = at->path().filename().string();
        if (!isCifar10Name(name)) continue;
        if (at->is_directory(ignored))
            folders.push_back(at->path());
        else if (isArchiveName(name) || name.find("_archive") != std::string::npos)  // Keras keeps it under that name
            archives.push_back(at->path());
    }
    // The official names first, then in alphabetical order.
    for (auto* list : {&folders, &archives})
        std::sort(list->begin(), list->end(), [](const fs::path& a, const fs::path& b) {
            const auto isOther = [](const fs::path& path) { return path.filename() != kFolder && path.filename() != kArchive; };
            return std::pair(isOther(a), a) < std::pair(isOther(b), b);
        });
    if (depth < kDeepestFolder)
        for (const fs::path& one : folders)
            if (const fs::path found = copyBelow(one, depth + 1); !found.empty()) return found;
    return archives.empty() ? fs::path() : archives.front();
}

// Calls visit(index, displayed name, size, read) with the records of a file of the Python version.
template <typename Visit>
void visitPython(const Visit& visit, std::size_t i, const std::string& shown, std::int64_t size,
                 const std::function<std::size_t(std::uint8_t*, std::size_t)>& read) {
    if (size > kMaxPickle) throw DataError(shown + " is too large for a file of CIFAR-10.", kGetAgain);
    std::vector<std::uint8_t> pickle(static_cast<std::size_t>(size));
    pickle.resize(read(pickle.data(), pickle.size()));
    const std::vector<std::uint8_t> records = cifar10RecordsOf(std::move(pickle), shown);
    std::size_t done = 0;
    visit(i, shown, static_cast<std::int64_t>(records.size()), [&](void* out, std::size_t bytes) {
        std::copy_n(records.begin() + static_cast<std::ptrdiff_t>(done), bytes, static_cast<std::uint8_t*>(out));
        done += bytes;
    });
}

template <typename Visit>
void visitFolder(const fs::path& location, std::array<bool, kFiles.size()>& seen, const Visit& visit) {
    const bool python = isPythonFolder(location);
    for (std::size_t i = 0; i < kFiles.size(); ++i) {
        const fs::path file = location / (python ? pythonName(i) : kFiles[i]);
        std::error_code error;
        if (!fs::exists(file, error) && !error) continue;
        seen[i] = true;
        GzipReader reader(file);
        if (!python) {
            visit(i, file.string(), reader.upperBound(), [&](void* out, std::size_t bytes) { reader.readExactly(out, bytes); });
            continue;
        }
        visitPython(visit, i, file.string(), std::min(reader.upperBound(), kMaxPickle),
                    [&](std::uint8_t* out, std::size_t bytes) { return reader.read(out, bytes); });
    }
}

bool holdsCifar10(const fs::path& archive) {
    for (const std::string& path : namesInArchive(archive, kTellingNames))
        for (std::size_t i = 0; i < kFiles.size(); ++i)
            if (const std::string name = fs::path(path).filename().string(); name == kFiles[i] || name == pythonName(i))
                return true;
    return false;
}

template <typename Visit>
void visitArchive(const fs::path& location, std::array<bool, kFiles.size()>& seen, bool& python, const Visit& visit) {
    std::size_t others = 0;
    const auto any = [&] { return std::find(seen.begin(), seen.end(), true) != seen.end(); };
    try {
        readArchive(location, {}, [&](const std::string& name, std::int64_t size, const ArchiveRead& read) {
            for (std::size_t i = 0; i < kFiles.size(); ++i) {
                const bool isPython = name == pythonName(i);
                if (!isPython && name != kFiles[i]) continue;
                const std::string shown = name + " in " + location.string();
                if (seen[i]) throw DataError(shown + " is there twice.", kGetAgain);
                seen[i] = true;
                python = python || isPython;
                if (!isPython) return visit(i, shown, size, read);
                return visitPython(visit, i, shown, size, [&](std::uint8_t* out, std::size_t bytes) {
                    read(out, bytes);
                    return bytes;
                });
            }
            if (!any() && ++others >= kTellingNames) throw otherArchive(location);
        });
    } catch (const DataError&) {
        if (any() || namesInArchive(location, 1).empty() || holdsCifar10(location)) throw;
        throw otherArchive(location);
    }
    if (!any()) throw otherArchive(location);
}

// Calls visit(index, displayed name, size, read) for the files of a copy, in whatever order they come; all six must be there.
// Those of the Python version are given as the binary version's.
template <typename Visit>
void visitFiles(const fs::path& location, const Visit& visit) {
    std::array<bool, kFiles.size()> seen{};
    std::error_code ignored;
    bool python = isPythonFolder(location);
    if (fs::is_directory(location, ignored))
        visitFolder(location, seen, visit);
    else
        visitArchive(location, seen, python, visit);
    for (std::size_t i = 0; i < kFiles.size(); ++i)
        if (!seen[i])
            throw DataError((python ? pythonName(i) : kFiles[i]) + " is missing from " + location.string() + '.', kGetAgain);
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
        if (!fs::is_regular_file(place, ignored)) return copyBelow(place, 0);
        const std::string name = place.filename().string();
        if (isArchiveName(name)) return place;
        for (std::size_t i = 0; i < kFiles.size(); ++i)
            if (name == kFiles[i] || name == pythonName(i)) return place.parent_path();
        return {};
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        std::error_code ignored;
        if (!fs::is_directory(location, ignored)) return {location};
        std::vector<fs::path> result;
        const bool python = isPythonFolder(location);
        for (std::size_t i = 0; i < kFiles.size(); ++i) result.push_back(location / (python ? pythonName(i) : kFiles[i]));
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
                requireReadingWanted();
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
        for (std::size_t i = 0; i < kTestFile; ++i)
            labels.train.first.insert(labels.train.first.end(), perFile[i].begin(), perFile[i].end());
        labels.test.first = std::move(perFile[kTestFile]);
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        FileBytes bytes;
        const auto wantedCount = static_cast<std::int64_t>(indices.size());
        visitFiles(location, [&](std::size_t i, const std::string& name, std::int64_t size, const auto& read) {
            checkSize(name, size);
            reading.tell(0, wantedCount);
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
