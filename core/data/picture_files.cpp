#include "core/data/picture_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/data/picture_file.h"
#include "core/data/picture_pack.h"
#include "core/store/paths.h"
#include "core/util/hash.h"
#include "core/util/parallel.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kToldEvery = 4096;
constexpr std::size_t kReadEnough = 200;  // pictures, to judge by what was read so far

struct FileState {
    std::int64_t size = -1, seconds = 0, nanoseconds = 0;
    bool operator==(const FileState& other) const {
        return size == other.size && seconds == other.seconds && nanoseconds == other.nanoseconds;
    }
};

FileState stateOf(const fs::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return {};
    return {info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

/// The rest of a path that begins so.
std::string nameWithin(const std::string& text, const std::string& prefix) {
    return text.compare(0, prefix.size(), prefix) == 0 ? text.substr(prefix.size()) : text;
}

[[noreturn]] void throwChanged(const fs::path& file, const FileState& now) {
    throw DataError(file.string() + (now.size < 0 ? " is not there any more." : " has changed since the data set was listed."),
                    "Put the file back as it was and resume the run, or start a new run.");
}

std::string kindKey(const PictureKind& kind) {
    return std::to_string(kind.side) + '|' + std::to_string(static_cast<int>(kind.fit)) + '|' + (kind.grey ? "grey" : "");
}

std::string packName(const fs::path& location, const PictureKind& kind) {
    std::error_code ignored;
    const std::string of = fs::weakly_canonical(location, ignored).string() + "|squares 1|" + kindKey(kind);
    return digestOf(of.data(), of.size()).substr(0, 32);
}

class PictureFiles final : public PictureReader {
public:
    PictureFiles(const PictureSet& set, const fs::path& location, std::vector<std::string> files, std::vector<FileState> states,
                 const PictureKind& kind)
        : m_location(location),
          m_files(std::move(files)),
          m_states(std::move(states)),
          m_labels(set.labels),
          m_kind(kind),
          m_bytes(static_cast<std::size_t>(set.bytesEach())),
          m_pack(cacheFolder() / "pictures" / packName(location, kind), m_bytes) {}

    void read(const std::vector<std::int64_t>& rows, std::uint8_t* out) const override {
        forEachInParallel(static_cast<std::int64_t>(rows.size()),
                          [&](std::int64_t i, const std::atomic<bool>& stop) {
                              readOrReplace(static_cast<std::size_t>(rows[static_cast<std::size_t>(i)]),
                                            out + static_cast<std::size_t>(i) * m_bytes, stop);
                          },
                          {});
    }

    std::vector<LeftOutFile> damaged() const override {
        const std::lock_guard lock(m_mutex);
        std::vector<LeftOutFile> list;
        for (const auto& [row, reason] : m_damaged) list.push_back({m_files[row], reason});
        return list;
    }

private:
    std::uint64_t keyOf(std::size_t row) const {
        const FileState& state = m_states[row];
        const std::string text = m_files[row] + '|' + std::to_string(state.size) + '|' + std::to_string(state.seconds) + '.' +
                                 std::to_string(state.nanoseconds);
        return std::stoull(digestOf(text.data(), text.size()).substr(0, 16), nullptr, 16);
    }

    void readOrReplace(std::size_t row, std::uint8_t* out, const std::atomic<bool>& stop) const {
        if (readOne(row, out, stop)) return;
        for (std::size_t step = 1; step < m_files.size(); ++step) {
            const std::size_t other = (row + step) % m_files.size();
            if (m_labels[other] == m_labels[row] && readOne(other, out, stop)) return;
        }
        throwEmptyClass(fs::path(m_files[row]).parent_path().filename().string(), damaged());
    }

    /// False: it is damaged.
    bool readOne(std::size_t row, std::uint8_t* out, const std::atomic<bool>& stop) const {
        const std::uint64_t key = keyOf(row);
        if (m_pack.read(key, out)) return true;
        if (isDamaged(row)) return false;
        const std::optional<std::string> fault = decode(row, out, stop);
        if (const FileState now = stateOf(m_files[row]); !(now == m_states[row])) throwChanged(m_files[row], now);
        ++m_read;
        if (fault) {
            remember(row, *fault);
            return false;
        }
        m_pack.keep(key, out);
        return true;
    }

    std::optional<std::string> decode(std::size_t row, std::uint8_t* out, const std::atomic<bool>& stop) const {
        try {
            const std::vector<std::uint8_t> square = squareOfFile(m_files[row], m_kind, DecodedSize::AsNeeded, &stop);
            std::copy(square.begin(), square.end(), out);
            return std::nullopt;
        } catch (const DataError& error) {
            return error.what();
        }
    }

    bool isDamaged(std::size_t row) const {
        const std::lock_guard lock(m_mutex);
        return m_damaged.count(row) != 0;
    }

    void remember(std::size_t row, const std::string& reason) const {
        {
            const std::lock_guard lock(m_mutex);
            m_damaged[row] = reason;
        }
        const std::vector<LeftOutFile> all = damaged();
        rememberDamaged({{m_files[row], reason}});
        const std::size_t judged = m_read < kReadEnough ? m_files.size() : std::min<std::size_t>(m_read, m_files.size());
        requireFewUnreadable(m_location, all, static_cast<double>(all.size()) / static_cast<double>(judged));
    }

    const fs::path m_location;
    const std::vector<std::string> m_files;
    const std::vector<FileState> m_states;
    const std::vector<int> m_labels;
    const PictureKind m_kind;
    const std::size_t m_bytes;
    mutable PicturePack m_pack;
    mutable std::atomic<std::size_t> m_read{0};  // decoded, or tried
    mutable std::mutex m_mutex;
    mutable std::map<std::size_t, std::string> m_damaged;
};

}  // namespace

void readOnDemand(PictureSet& set, const fs::path& location, std::vector<std::string> files, const PictureKind& kind,
                  const PictureReading& reading) {
    std::vector<FileState> states;
    states.reserve(files.size());
    Digest names, times;
    const std::string prefix = location.string() + '/';
    const auto total = static_cast<std::int64_t>(files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (static_cast<std::int64_t>(i) % kToldEvery == 0) reading.tell(static_cast<std::int64_t>(i), total);
        const FileState state = stateOf(files[i]);
        if (state.size < 0) throwChanged(files[i], state);
        const std::string line =
            nameWithin(files[i], prefix) + '|' + std::to_string(state.size) + '|' + std::to_string(set.labels[i]) + '\n';
        names.update(line.data(), line.size());
        times.update(&state, sizeof state);
        states.push_back(state);
    }
    names.update(set.labelSets.data(), set.labelSets.size());
    const std::string how = kindKey(kind);
    names.update(how.data(), how.size());
    set.identity.digest = "files:" + names.hex();
    set.identity.state = times.hex();
    set.reader = std::make_shared<PictureFiles>(set, location, std::move(files), std::move(states), kind);
}

}  // namespace thaw::core
