// Digests by OpenSSL, as lower-case hexadecimal.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

namespace thaw::core {

enum class DigestKind { Sha256, Md5 };

class Digest {
public:
    explicit Digest(DigestKind kind = DigestKind::Sha256);
    ~Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    void update(const void* data, std::size_t bytes);
    std::string hex();  ///< ends the computation

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

std::string digestOf(const void* data, std::size_t bytes, DigestKind kind = DigestKind::Sha256);
/// Reads the file in pieces. Throws StoreError.
std::string digestOfFile(const std::filesystem::path& file, DigestKind kind = DigestKind::Sha256);

}  // namespace thaw::core
