#include "core/data/cifar.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "core/data/archive.h"
#include "core/data/cifar_python.h"
#include "core/data/cifar_sets.h"
#include "core/data/folder_names.h"
#include "core/data/foreign_files.h"
#include "core/data/gzip_reader.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/system_error.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kTellingNames = 40;
constexpr int kDeepestFolder = 2;

// "CIFAR10", "cifar-10-batches-py-target": names that programs give what they downloaded. CIFAR-100's begin like CIFAR-10's.
bool isNameOf(const CifarSet& set, const std::string& name) {
    const std::string low = lowered(name);
    return std::any_of(set.names.begin(), set.names.end(), [&](const std::string& begin) {
        return low.rfind(begin, 0) == 0 && low.compare(begin.size(), 1, "0") != 0;
    });
}

bool isArchiveName(const std::string& name) {
    for (const std::string ending : {".tar.gz", ".tgz", ".tar"})
        if (name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0) return true;
    return false;
}

class Cifar final : public DatasetSource {
public:
    explicit Cifar(const CifarSet& set) : m_set(set) {}

    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = m_set.id;
        info.title = m_set.title;
        info.description = m_set.description;
        info.pictureKind = {kCifarSide};
        info.classNames = m_set.classNames;
        info.download = m_set.download;
        info.installHint = "Get it in the data panel or with: thaw-cli data get " + m_set.id;
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        if (!fs::is_regular_file(place, ignored)) return copyBelow(place, 0);
        const std::string name = place.filename().string();
        if (isArchiveName(name)) return isNameOf(m_set, name) || holdsCopy(place) ? place : fs::path();
        const fs::path folder = place.parent_path();
        for (const CifarFile& file : m_set.files)
            if ((name == file.binary || name == file.python) && isCopy(folder)) return folder;
        return {};
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        std::error_code ignored;
        if (!fs::is_directory(location, ignored)) return {location};
        std::vector<fs::path> result;
        const bool python = isPythonFolder(location);
        for (const CifarFile& file : m_set.files) result.push_back(location / (python ? file.python : file.binary));
        return result;
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        DatasetLabels labels;
        labels.classNames = m_set.classNames;
        std::vector<std::vector<int>> perFile(m_set.files.size());
        visitFiles(location, [&](std::size_t i, const std::string& name, std::int64_t size, const auto& read) {
            checkSize(i, name, size);
            const std::int64_t record = m_set.recordBytes();
            std::vector<std::uint8_t> records(static_cast<std::size_t>(record * std::min<std::int64_t>(size / record, 500)));
            for (std::int64_t done = 0; done < size;) {
                requireReadingWanted();
                const auto piece =
                    static_cast<std::size_t>(std::min<std::int64_t>(size - done, static_cast<std::int64_t>(records.size())));
                read(records.data(), piece);
                for (std::size_t offset = 0; offset < piece; offset += static_cast<std::size_t>(record))
                    perFile[i].push_back(labelIn(name, static_cast<std::int64_t>(perFile[i].size()), records.data() + offset));
                done += static_cast<std::int64_t>(piece);
            }
        });
        for (std::size_t i = 0; i < perFile.size(); ++i) {
            std::vector<int>& of = m_set.files[i].split == Split::Train ? labels.train.first : labels.test.first;
            of.insert(of.end(), perFile[i].begin(), perFile[i].end());
        }
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        std::vector<std::vector<std::uint8_t>> bytes(m_set.files.size());
        const auto wantedCount = static_cast<std::int64_t>(indices.size());
        visitFiles(location, [&](std::size_t i, const std::string& name, std::int64_t size, const auto& read) {
            checkSize(i, name, size);
            reading.tell(0, wantedCount);
            if (m_set.files[i].split != split) return;
            bytes[i].resize(static_cast<std::size_t>(size));
            read(bytes[i].data(), bytes[i].size());
        });

        PictureSet set;
        set.width = set.height = kCifarSide;
        set.rgb.resize(indices.size() * 3 * kCifarPixels);
        set.labels.reserve(indices.size());
        std::uint8_t* out = set.rgb.data();
        auto next = indices.begin();
        std::int64_t first = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const auto records = static_cast<std::int64_t>(bytes[i].size()) / m_set.recordBytes();
            for (; next != indices.end() && *next < first + records; ++next) {
                const std::uint8_t* record = bytes[i].data() + (*next - first) * m_set.recordBytes();
                set.labels.push_back(labelIn(m_set.files[i].binary, *next - first, record));
                for (std::int64_t pixel = 0; pixel < kCifarPixels; ++pixel)
                    for (int channel = 0; channel < 3; ++channel)
                        *out++ = record[m_set.labelBytes + channel * kCifarPixels + pixel];
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
        const fs::path target = folder / m_set.binaryFolder;
        const fs::path temporary = folder / (std::string(m_set.binaryFolder) + '.' + std::to_string(getpid()) + ".part");
        std::error_code error;
        fs::remove_all(temporary, error);
        ensureFolder(temporary);
        try {
            std::int64_t total = 0, done = 0;
            for (const CifarFile& one : m_set.files) total += m_set.recordBytes() * one.records;
            visitFiles(file, [&](std::size_t i, const std::string& name, std::int64_t size, const auto& read) {
                checkSize(i, name, size);
                AtomicFile out(temporary / m_set.files[i].binary);
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

private:
    void checkSize(std::size_t file, const std::string& name, std::int64_t size) const {
        const std::int64_t record = m_set.recordBytes(), most = m_set.files[file].records;
        if (size > 0 && size % record == 0 && size / record <= most) return;
        throw DataError(name + " has " + std::to_string(size) + " bytes; " + std::to_string(record * most) + " are expected.",
                        m_set.getAgain());
    }

    int labelIn(const std::string& name, std::int64_t index, const std::uint8_t* record) const {
        const int label = record[m_set.labelBytes - 1], classes = static_cast<int>(m_set.classNames.size());
        if (label < classes) return label;
        throw DataError(name + " is damaged: picture " + std::to_string(index) + " has the label " + std::to_string(label) +
                            ", but labels end at " + std::to_string(classes - 1) + '.',
                        m_set.getAgain());
    }

    // The version that is whole, else the binary one if anything of it is there.
    bool isPythonFolder(const fs::path& folder) const {
        std::error_code ignored;
        std::size_t binary = 0, python = 0;
        for (const CifarFile& file : m_set.files) {
            binary += fs::exists(folder / file.binary, ignored) ? 1 : 0;
            python += fs::is_regular_file(folder / file.python, ignored) ? 1 : 0;
        }
        return binary == 0 ? python > 0 : python == m_set.files.size() && binary < m_set.files.size();
    }

    bool isCopy(const fs::path& folder) const {
        std::error_code ignored;
        const auto has = [&](const std::string& name) { return fs::is_regular_file(folder / name, ignored); };
        if (!m_set.companions.empty() && !isNameOf(m_set, folder.filename().string()) &&
            std::none_of(m_set.companions.begin(), m_set.companions.end(), has))
            return false;
        return isPythonFolder(folder) || std::any_of(m_set.files.begin(), m_set.files.end(), [&](const CifarFile& file) {
                   return fs::exists(folder / file.binary, ignored);
               });
    }

    // A folder with the set's files, here or in folders of its names below; else an archive of them. Empty: there is none.
    fs::path copyBelow(const fs::path& folder, int depth) const {
        if (isCopy(folder)) return folder;
        std::vector<fs::path> folders, archives;
        std::error_code error;
        for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
            std::error_code ignored;
            const std::string name = at->path().filename().string();
            if (!isNameOf(m_set, name)) continue;
            if (at->is_directory(ignored))
                folders.push_back(at->path());
            else if (isArchiveName(name) || name.find("_archive") != std::string::npos)  // Keras keeps it under that name
                archives.push_back(at->path());
        }
        // The official names first, then in alphabetical order.
        for (auto* list : {&folders, &archives})
            std::sort(list->begin(), list->end(), [this](const fs::path& a, const fs::path& b) {
                const auto isOther = [this](const fs::path& path) {
                    return path.filename() != m_set.binaryFolder && path.filename() != m_set.download.fileName;
                };
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
                     const std::function<std::size_t(std::uint8_t*, std::size_t)>& read) const {
        if (size > mostPickleBytes(i))
            throw DataError(shown + " is too large for a file of " + m_set.title + '.', m_set.getAgain());
        std::vector<std::uint8_t> pickle(static_cast<std::size_t>(size));
        pickle.resize(read(pickle.data(), pickle.size()));
        const std::vector<std::uint8_t> records = cifarRecordsOf(std::move(pickle), shown, m_set, m_set.files[i].records);
        std::size_t done = 0;
        visit(i, shown, static_cast<std::int64_t>(records.size()), [&](void* out, std::size_t bytes) {
            std::copy_n(records.begin() + static_cast<std::ptrdiff_t>(done), bytes, static_cast<std::uint8_t*>(out));
            done += bytes;
        });
    }

    // Protocol 2 writes a byte as up to two.
    std::int64_t mostPickleBytes(std::size_t file) const { return m_set.files[file].records * 6'400; }

    template <typename Visit>
    void visitFolder(const fs::path& location, std::vector<bool>& seen, const Visit& visit) const {
        const bool python = isPythonFolder(location);
        for (std::size_t i = 0; i < m_set.files.size(); ++i) {
            const fs::path file = location / (python ? m_set.files[i].python : m_set.files[i].binary);
            std::error_code error;
            if (!fs::exists(file, error) && !error) continue;
            seen[i] = true;
            GzipReader reader(file);
            if (!python) {
                visit(i, file.string(), reader.upperBound(),
                      [&](void* out, std::size_t bytes) { reader.readExactly(out, bytes); });
                continue;
            }
            visitPython(visit, i, file.string(), std::min(reader.upperBound(), mostPickleBytes(i)),
                        [&](std::uint8_t* out, std::size_t bytes) { return reader.read(out, bytes); });
        }
    }

    bool holdsCopy(const fs::path& archive) const {
        bool companion = m_set.companions.empty(), any = false;
        for (const std::string& path : namesInArchive(archive, kTellingNames)) {
            const std::string name = fs::path(path).filename().string();
            for (const CifarFile& file : m_set.files) any = any || name == file.binary || name == file.python;
            companion = companion || isNameOf(m_set, path) ||
                        std::find(m_set.companions.begin(), m_set.companions.end(), name) != m_set.companions.end();
        }
        return any && companion;
    }

    template <typename Visit>
    void visitArchive(const fs::path& location, std::vector<bool>& seen, bool& python, const Visit& visit) const {
        std::size_t others = 0;
        const auto any = [&] { return std::find(seen.begin(), seen.end(), true) != seen.end(); };
        try {
            readArchive(location, {}, [&](const std::string& name, std::int64_t size, const ArchiveRead& read) {
                for (std::size_t i = 0; i < m_set.files.size(); ++i) {
                    const bool isPython = name == m_set.files[i].python;
                    if (!isPython && name != m_set.files[i].binary) continue;
                    const std::string shown = name + " in " + location.string();
                    if (seen[i]) throw DataError(shown + " is there twice.", m_set.getAgain());
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
            if (any() || namesInArchive(location, 1).empty() || holdsCopy(location)) throw;
            throw otherArchive(location);
        }
        if (!any()) throw otherArchive(location);
    }

    // Calls visit(index, displayed name, size, read) for the files of a copy, in whatever order they come; all must be there.
    // Those of the Python version are given as the binary version's.
    template <typename Visit>
    void visitFiles(const fs::path& location, const Visit& visit) const {
        std::vector<bool> seen(m_set.files.size());
        std::error_code ignored;
        bool python = isPythonFolder(location);
        if (fs::is_directory(location, ignored))
            visitFolder(location, seen, visit);
        else
            visitArchive(location, seen, python, visit);
        for (std::size_t i = 0; i < seen.size(); ++i)
            if (!seen[i])
                throw DataError(
                    (python ? m_set.files[i].python : m_set.files[i].binary) + (" is missing from " + location.string()) + '.',
                    m_set.getAgain());
    }

    const CifarSet& m_set;
};

}  // namespace

std::unique_ptr<DatasetSource> makeCifar10() { return std::make_unique<Cifar>(cifar10Set()); }
std::unique_ptr<DatasetSource> makeCifar100() { return std::make_unique<Cifar>(cifar100Set()); }

}  // namespace thaw::core
