// A file in memory with a path, for readers that open paths.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace thaw::test {

class MemoryFile {
public:
    MemoryFile(const std::uint8_t* data, std::size_t bytes) : m_descriptor(::memfd_create("fuzz", MFD_CLOEXEC)) {
        if (::write(m_descriptor, data, bytes) != static_cast<ssize_t>(bytes)) std::abort();
    }
    ~MemoryFile() { ::close(m_descriptor); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

private:
    int m_descriptor;
};

}  // namespace thaw::test
