// What every reader of foreign weight files shares: positioned reads that never leave the file, and names in quotes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace thaw::core {

/// A regular file whose size is known. Every error is a WeightsError that names it.
class UntrustedFile {
public:
    explicit UntrustedFile(std::filesystem::path path);
    ~UntrustedFile();
    UntrustedFile(const UntrustedFile&) = delete;
    UntrustedFile& operator=(const UntrustedFile&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    std::uint64_t size() const { return m_size; }
    /// Exactly `bytes` from `offset`; fails when the file does not reach so far.
    void read(std::uint64_t offset, void* out, std::size_t bytes) const;
    /// Throws WeightsError "<file> cannot be used: <why>."
    [[noreturn]] void fail(const std::string& why, const std::string& hint = {}) const;

private:
    std::filesystem::path m_path;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;
};

/// A name from a file, in quotes, as printableLine() shows it, cut after about 80 bytes.
std::string inQuotes(const std::string& name);

}  // namespace thaw::core
