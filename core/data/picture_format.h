// What a file is, told by its first bytes and never by its name. Needs no decoder: folders are listed by it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/api/analysis.h"

namespace thaw::core {

/// Those that are read; the last two where Thaw was built with libheif and DCMTK.
enum class PictureFormat { None, Jpeg, Png, WebP, Gif, Tiff, Bmp, Heif, Dicom };

/// As people call them: "JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC and AVIF".
extern const char* const kPictureFormats;

constexpr std::int64_t kMaxPictureBytes = std::int64_t{64} << 20;
constexpr std::int64_t kMaxPicturePixels = 100'000'000;

/// By a file's first bytes; 132 are enough.
PictureFormat formatOf(std::string_view bytes);
/// Width and height that these bytes claim, of PNG, WebP and BMP; untrusted.
std::optional<std::pair<std::int64_t, std::int64_t>> claimedSize(std::string_view bytes);

/// Throws DataError, whose what() names both the size and the limit, or says that there are no pixels.
void requirePictureSize(std::int64_t width, std::int64_t height);
/// The same for a file.
void requirePictureBytes(std::int64_t bytes);

/// Why bytes of no format that is read are no picture, and what to do: "it is a HEIC picture, ...". `foreignPicture`: they are a
/// picture all the same.
std::string foreignContent(std::string_view bytes, bool* foreignPicture = nullptr);

/// A file that is read. All methods throw DataError with the reason alone: it is a folder, a pipe, a link that leads nowhere, ...
class OpenedPicture {
public:
    explicit OpenedPicture(const std::filesystem::path& file);
    ~OpenedPicture();
    OpenedPicture(const OpenedPicture&) = delete;
    OpenedPicture& operator=(const OpenedPicture&) = delete;

    std::int64_t size() const { return m_size; }
    /// At most `limit` bytes from where the last call ended. Throws Cancelled soon after `stop` became true.
    std::string read(std::int64_t limit, const std::atomic<bool>* stop = nullptr);

private:
    int m_descriptor = -1;
    std::int64_t m_size = 0;
};

/// What a look at the first bytes says. A picture that passes may still turn out to be damaged when it is decoded.
struct PictureCheck {
    enum class Verdict {
        Picture,
        Bad,   ///< a picture by its content or by its name that cannot be read: `reason` says why
        Other  ///< something else, that nobody would call a picture
    };
    Verdict verdict = Verdict::Other;
    std::string reason;
};

/// Reads half a kilobyte at most. Never throws for a bad file. Thread-safe.
PictureCheck checkPicture(const std::filesystem::path& file);
/// Of many files, by several threads; those that passed before and have not changed are not opened again. Throws Cancelled.
std::vector<PictureCheck> checkPictures(const std::vector<std::filesystem::path>& files, const CountCallback& progress = {});

/// Whether the name's ending is one of a picture, of a format that is read or not. Pure.
bool isPictureName(const std::filesystem::path& file);

}  // namespace thaw::core
