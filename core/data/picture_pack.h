// Decoded pictures kept in the user's cache, so that the second epoch and the next run decode nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace thaw::core {

/// Pictures of one size in two files: NAME.pixels, and NAME.index with each picture's key, place and checksum. A picture counts
/// once its line of the index is written, so that a program that is killed loses nothing else. Thread-safe. Another process that
/// has the pack open only reads it. Nothing here throws: without room, or with a damaged file, fewer pictures are kept.
class PicturePack {
public:
    static constexpr std::int64_t kMostBytes = 4'000'000'000;      ///< of one pack
    static constexpr std::int64_t kMostTogether = 12'000'000'000;  ///< of all in a folder: those that were opened longest ago go

    /// `name` without an ending; `bytes`: of a picture.
    PicturePack(const std::filesystem::path& name, std::size_t bytes);
    ~PicturePack();
    PicturePack(const PicturePack&) = delete;
    PicturePack& operator=(const PicturePack&) = delete;

    /// False: it is not kept, or its checksum is wrong.
    bool read(std::uint64_t key, std::uint8_t* pixels) const;
    /// `key`: of a file as it is now.
    void keep(std::uint64_t key, const std::uint8_t* pixels);
    std::int64_t count() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace thaw::core
