// Faults that every reader of foreign files must survive: cut files, flipped bytes, and little memory while it looks at them.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "core/api/errors.h"
#include "tests/support/drawn_data.h"

namespace thaw::test {

/// Lets the process take `bytes` of addresses more than it has, until the end of the scope. Without effect under a sanitizer.
class MemoryLimit {
public:
    explicit MemoryLimit(std::size_t bytes) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        ::getrlimit(RLIMIT_AS, &m_old);
        unsigned long long pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        rlimit limit = m_old;
        limit.rlim_cur = static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + bytes;
        ::setrlimit(RLIMIT_AS, &limit);
#else
        (void)bytes;
#endif
    }
    ~MemoryLimit() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        ::setrlimit(RLIMIT_AS, &m_old);
#endif
    }
    MemoryLimit(const MemoryLimit&) = delete;
    MemoryLimit& operator=(const MemoryLimit&) = delete;

private:
    rlimit m_old{};
};

using OpenFile = std::function<void(const std::filesystem::path&)>;

/// "": opened. Else what it said, with a mark when it was anything but a WeightsError that names the file.
inline std::string openFault(const std::filesystem::path& file, const OpenFile& open) {
    try {
        open(file);
        return {};
    } catch (const core::WeightsError& error) {
        const std::string what = error.what();
        return what.find(file.filename().string()) == std::string::npos ? "UNNAMED: " + what : what;
    } catch (const std::exception& error) {
        return std::string("ESCAPED: ") + error.what();
    }
}
inline bool isBad(const std::string& fault) { return fault.rfind("UNNAMED: ", 0) == 0 || fault.rfind("ESCAPED: ", 0) == 0; }

/// Every length up to `headerBytes` and about 256 even points beyond must be refused, with 64 MB of memory.
inline void refuseTruncations(const Bytes& good, std::size_t headerBytes, const std::filesystem::path& file,
                              const OpenFile& open) {
    const MemoryLimit limit(64u << 20);
    std::vector<std::size_t> lengths;
    for (std::size_t length = 0; length < std::min(headerBytes, good.size()); ++length) lengths.push_back(length);
    const std::size_t step = std::max<std::size_t>(1, (good.size() - lengths.size()) / 256);
    for (std::size_t length = lengths.size(); length < good.size(); length += step) lengths.push_back(length);
    writeFile(file, good);
    for (auto length = lengths.rbegin(); length != lengths.rend(); ++length) {
        std::filesystem::resize_file(file, *length);
        const std::string fault = openFault(file, open);
        QVERIFY2(!fault.empty() && !isBad(fault), ("length " + std::to_string(*length) + ": " + fault).c_str());
    }
    qInfo("%zu truncations refused", lengths.size());
}

/// Each step-th byte in [begin, end) becomes 0, 255, itself with the lowest and itself with the highest bit flipped. The file may
/// stay readable (a flipped number is a number), but nothing worse than a WeightsError may happen, with 64 MB of memory.
inline void surviveFlips(const Bytes& good, std::size_t begin, std::size_t end, const std::filesystem::path& file,
                         const OpenFile& open, std::size_t step = 1) {
    const MemoryLimit limit(64u << 20);
    std::size_t refused = 0, accepted = 0;
    writeFile(file, good);
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto put = [&](std::size_t at, int value) {
        stream.seekp(static_cast<std::streamoff>(at));
        stream.put(static_cast<char>(value));
        stream.flush();
    };
    for (std::size_t at = begin; at < end; at += step) {
        for (const int value : {0x00, 0xff, good[at] ^ 0x01, good[at] ^ 0x80}) {
            if (value == good[at]) continue;
            put(at, value);
            const std::string fault = openFault(file, open);
            QVERIFY2(!isBad(fault), (std::to_string(at) + ": " + fault).c_str());
            ++(fault.empty() ? accepted : refused);
        }
        put(at, good[at]);
    }
    qInfo("%zu flips: %zu refused, %zu harmless", refused + accepted, refused, accepted);
}

}  // namespace thaw::test
