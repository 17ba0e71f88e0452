#include "core/model/keras_h5.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/api/errors.h"
#include "core/api/text.h"
#include "core/model/keras_h5_child.h"
#include "core/model/stored_zip.h"
#include "core/model/untrusted.h"

extern char** environ;

namespace thaw::core {

namespace {

constexpr std::chrono::seconds kTimeout{120};
constexpr std::size_t kMaxMessage = 4096;
constexpr const char* kWeightsMember = "model.weights.h5";  // of a .keras file

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::error_code error;
        std::string pattern = (std::filesystem::temp_directory_path(error) / "thaw-import-XXXXXX").string();
        if (error || ::mkdtemp(pattern.data()) == nullptr) {
            throw WeightsError(std::string("Cannot make a temporary folder: ") + std::strerror(errno) + ".",
                               "Free space in the folder for temporary files, or set TMPDIR to another one.");
        }
        path = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
};

struct ChildResult {
    int status = 0;  // as from waitpid
    bool timedOut = false;
    std::string message;
};

/// Runs the child and collects what it prints until it ends or the time is up.
ChildResult runChild(const UntrustedFile& file, const std::filesystem::path& hdf5, const std::filesystem::path& output) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) file.fail(std::string("no pipe to the importing process: ") + std::strerror(errno));

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);

    std::string input = hdf5.string(), target = output.string();
    std::string program = "thaw", flag = kHdf5ChildFlag, mark = std::string(kHdf5ChildVariable) + "=1";
    std::array<char*, 5> arguments = {program.data(), flag.data(), input.data(), target.data(), nullptr};
    std::vector<char*> environment;
    for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
    environment.push_back(mark.data());
    environment.push_back(nullptr);

    pid_t child = 0;
    const int error = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environment.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    if (error != 0) {
        ::close(pipe[0]);
        file.fail(std::string("the importing process cannot be started: ") + std::strerror(error),
                  "Close other programs and try again.");
    }

    ChildResult result;
    const auto deadline = std::chrono::steady_clock::now() + kTimeout;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd waiting{pipe[0], POLLIN, 0};
        const int ready = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
        if (ready < 0 && errno == EINTR) continue;
        std::array<char, 512> piece{};
        const ssize_t got = ready > 0 ? ::read(pipe[0], piece.data(), piece.size()) : -1;
        if (got < 0 && ready > 0 && errno == EINTR) continue;
        if (got <= 0) {
            result.timedOut = ready == 0;
            break;
        }
        result.message.append(piece.data(), std::min(static_cast<std::size_t>(got), kMaxMessage - result.message.size()));
    }
    ::close(pipe[0]);
    // Its output has ended: it has left, or it must go now.
    if (result.timedOut) ::kill(child, SIGKILL);
    while (::waitpid(child, &result.status, 0) < 0 && errno == EINTR) {
    }
    return result;
}

/// The HDF5 file inside a .keras file, in a file of its own.
void unpack(const UntrustedFile& file, const std::filesystem::path& output) {
    constexpr std::size_t kPiece = std::size_t{1} << 20;
    const StoredZip zip(file);
    zip.verify(kWeightsMember);
    const StoredZip::Member& member = zip.members().at(kWeightsMember);
    std::ofstream stream(output, std::ios::binary);
    std::vector<char> piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, member.size)));
    for (std::uint64_t at = 0; at < member.size; at += piece.size()) {
        const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), member.size - at));
        file.read(member.offset + at, piece.data(), bytes);
        stream.write(piece.data(), static_cast<std::streamsize>(bytes));
    }
    stream.close();
    if (!stream)
        file.fail("its weights cannot be unpacked: " + std::string(std::strerror(errno)),
                  "Free space in the folder for temporary files, or set TMPDIR to another one.");
}

DType dtypeNamed(const std::string& name, const UntrustedFile& file) {
    for (int i = 0; i <= static_cast<int>(DType::Bool); ++i) {
        if (toString(static_cast<DType>(i)) == name) return static_cast<DType>(i);
    }
    file.fail("the importing process gave a wrong answer");
}

}  // namespace

bool isKerasZip(const std::filesystem::path& path) {
    const UntrustedFile file(path);
    return StoredZip(file).members().count(kWeightsMember) > 0;
}

KerasSource::KerasSource(const std::filesystem::path& path) {
    const UntrustedFile file(path);
    m_format = WeightsFormat::KerasH5;
    // A program that does not call runHdf5ImportChild() would start itself for ever.
    if (std::getenv(kHdf5ChildVariable) != nullptr) file.fail("this program cannot import HDF5 files");

    const TemporaryFolder folder;
    const std::filesystem::path output = folder.path / "weights.safetensors", inside = folder.path / kWeightsMember;
    const bool zipped = detectFormat(path) == WeightsFormat::TorchZip;
    if (zipped) unpack(file, inside);
    const ChildResult child = runChild(file, zipped ? inside : path, output);
    if (child.timedOut) file.fail("reading it took too long");
    if (WIFSIGNALED(child.status)) {
        file.fail("reading it ended with signal " + std::to_string(WTERMSIG(child.status)) + " (" +
                  ::strsignal(WTERMSIG(child.status)) + ")");
    }
    if (WEXITSTATUS(child.status) != 0) {
        file.fail(child.message.empty() ? "reading it failed" : printableLine(child.message));
    }

    m_reader = std::make_unique<SafetensorsReader>(output);
    for (const auto& [name, entry] : m_reader->entries()) m_tensors[name] = {entry.dtype, entry.shape};
    m_metadata = m_reader->metadata();
    const auto listed = m_metadata.find(kHdf5OthersKey);
    if (listed == m_metadata.end()) file.fail("the importing process gave a wrong answer");
    try {
        for (const nlohmann::json& item : nlohmann::json::parse(listed->second)) {
            SourceTensor tensor{dtypeNamed(item.at("dtype").get<std::string>(), file),
                                item.at("shape").get<std::vector<std::int64_t>>()};
            m_tensors.emplace(item.at("name").get<std::string>(), std::move(tensor));
        }
    } catch (const nlohmann::json::exception&) {
        file.fail("the importing process gave a wrong answer");
    }
    m_metadata.erase(listed);
}

KerasSource::~KerasSource() = default;

std::vector<std::uint8_t> KerasSource::read(const std::string& name) const { return m_reader->read(name); }

}  // namespace thaw::core
