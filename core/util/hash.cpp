#include "core/util/hash.h"

#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <vector>

#include "core/api/errors.h"
#include "core/store/system_error.h"

namespace thaw::core {

struct Digest::Impl {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Digest::Digest(DigestKind kind) : m_impl(std::make_unique<Impl>()) {
    if (!m_impl->context ||
        EVP_DigestInit_ex(m_impl->context.get(), kind == DigestKind::Md5 ? EVP_md5() : EVP_sha256(), nullptr) != 1)
        throw StoreError("This system's OpenSSL refuses to compute checksums.", "Check the system's OpenSSL configuration.");
}

Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::update(const void* data, std::size_t bytes) {
    if (EVP_DigestUpdate(m_impl->context.get(), data, bytes) != 1) throw StoreError("OpenSSL could not compute a checksum.");
}

std::string Digest::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(m_impl->context.get(), raw.data(), &size) != 1)
        throw StoreError("OpenSSL could not compute a checksum.");
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * size);
    for (unsigned int i = 0; i < size; ++i) {
        text += kDigits[raw[i] >> 4];
        text += kDigits[raw[i] & 15];
    }
    return text;
}

std::string digestOf(const void* data, std::size_t bytes, DigestKind kind) {
    Digest digest(kind);
    digest.update(data, bytes);
    return digest.hex();
}

std::string digestOfFile(const std::filesystem::path& file, DigestKind kind) {
    struct Close {
        void operator()(std::FILE* stream) const { std::fclose(stream); }
    };
    const std::unique_ptr<std::FILE, Close> stream(std::fopen(file.c_str(), "rbe"));
    if (!stream) throw systemError("Cannot open", file, errno);
    Digest digest(kind);
    std::vector<unsigned char> buffer(1 << 20);
    std::size_t got = 0;
    while ((got = std::fread(buffer.data(), 1, buffer.size(), stream.get())) > 0) digest.update(buffer.data(), got);
    if (std::ferror(stream.get())) throw systemError("Cannot read", file, errno);
    return digest.hex();
}

}  // namespace thaw::core
