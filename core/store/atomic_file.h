// A file that is either the old one or the whole new one, whatever happens in between: temporary file in the same folder,
// fsync, rename, fsync of the folder. Every error is a StoreError that names the file; the old file is then untouched and the
// temporary one removed. Not for several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace thaw::core {

class AtomicFile {
public:
    /// Opens "<name>.<pid>.part" beside `target`.
    explicit AtomicFile(std::filesystem::path target);
    ~AtomicFile();  ///< removes the temporary file unless committed
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(const void* data, std::size_t bytes);
    void write(const std::string& text) { write(text.data(), text.size()); }
    std::int64_t size() const { return m_size; }
    void commit();

private:
    std::filesystem::path m_target, m_temporary;
    int m_descriptor = -1;
    std::int64_t m_size = 0;
};

void writeFileAtomically(const std::filesystem::path& target, const std::string& text);
/// Whole file, at most `limit` bytes. Throws StoreError.
std::string readSmallFile(const std::filesystem::path& file, std::size_t limit = 64u << 20);
/// Makes the folder's names durable: what was created, renamed or removed in it stays so after a power loss. Throws StoreError.
void syncFolder(const std::filesystem::path& folder);
/// Removes "*.part" files and folders of dead processes that an interrupted write left in a folder.
void removeStrayParts(const std::filesystem::path& folder);

}  // namespace thaw::core
