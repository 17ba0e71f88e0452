#include "core/data/picture_format.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <mutex>
#include <unordered_set>

#include "core/api/errors.h"
#include "core/util/parallel.h"

namespace thaw::core {

namespace fs = std::filesystem;

const char* const kPictureFormats =
#if defined(THAW_HEIF) && defined(THAW_DICOM)
    "JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC, AVIF and DICOM";
#elif defined(THAW_HEIF)
    "JPEG, PNG, WebP, GIF, TIFF, BMP, HEIC and AVIF";
#elif defined(THAW_DICOM)
    "JPEG, PNG, WebP, GIF, TIFF, BMP and DICOM";
#else
    "JPEG, PNG, WebP, GIF, TIFF and BMP";
#endif

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kHeadBytes = 512;

bool has(std::string_view bytes, std::size_t offset, std::string_view part) {
    return bytes.size() >= offset + part.size() && bytes.compare(offset, part.size(), part) == 0;
}

bool isBmp(std::string_view bytes) {
    if (!has(bytes, 0, "BM"sv) || bytes.size() < 18 || bytes[15] != 0 || bytes[16] != 0 || bytes[17] != 0) return false;
    constexpr std::array<int, 7> kHeaderSizes = {12, 40, 52, 56, 64, 108, 124};
    return std::find(kHeaderSizes.begin(), kHeaderSizes.end(), static_cast<std::uint8_t>(bytes[14])) != kHeaderSizes.end();
}

bool isTiff(std::string_view bytes) {
    for (const std::string_view magic : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})
        if (has(bytes, 0, magic)) return !has(bytes, 8, "CR\x02"sv);  // Canon's raw pictures begin as TIFF
    return false;
}

/// ISO's container of HEIC and AVIF pictures and of MP4 films, by its first brands.
std::string brandOf(std::string_view bytes) {
    if (!has(bytes, 4, "ftyp"sv)) return {};
    const std::string_view brands =
        bytes.substr(8, std::min<std::size_t>(bytes.size(), 64) - std::min<std::size_t>(bytes.size(), 8));
    for (const std::string_view brand : {"avif"sv, "avis"sv})
        if (brands.find(brand) != std::string_view::npos) return "AVIF";
    for (const std::string_view brand : {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv, "mif1"sv, "msf1"sv})
        if (brands.find(brand) != std::string_view::npos) return "HEIC";
    if (brands.find("crx "sv) != std::string_view::npos) return "raw";
    return "film";
}

bool isText(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) {
        return static_cast<std::uint8_t>(c) >= 32 || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\x1b';
    });
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

struct Known {
    std::size_t offset;
    std::string_view bytes;
    const char* name;
};

/// Pictures of other formats, and what stands in folders of pictures under their names.
constexpr std::array<Known, 14> kForeignPictures = {{
    {0, "\0\0\0\x0cJXL \r\n\x87\n"sv, "a JPEG XL picture"},
    {0, "\xFF\x0A"sv, "a JPEG XL picture"},
    {0, "\0\0\0\x0cjP  "sv, "a JPEG 2000 picture"},
    {0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 picture"},
    {0, "II\xBC\x01"sv, "a JPEG XR picture"},
    {0, "8BPS"sv, "a Photoshop file"},
    {0, "gimp xcf"sv, "a GIMP file"},
    {0, "\x76\x2f\x31\x01"sv, "an OpenEXR picture"},
    {0, "#?RADIANCE"sv, "a Radiance picture"},
    {0, "DDS "sv, "a DDS texture"},
    {0, "qoif"sv, "a QOI picture"},
    {0, "SIMPLE  ="sv, "a FITS picture"},
    {0, "FUJIFILMCCD-RAW"sv, "a camera's raw picture"},
    {128, "DICM"sv, "a DICOM picture"},
}};
constexpr std::array<Known, 9> kForeignFiles = {{
    {0, "%PDF-"sv, "a PDF document"},
    {0, "PK\x03\x04"sv, "a ZIP archive"},
    {0, "\x1f\x8b"sv, "a gzip archive"},
    {0, "7z\xBC\xAF"sv, "a 7z archive"},
    {0, "Rar!"sv, "a RAR archive"},
    {0, "\0\0\1\0"sv, "an icon"},
    {0, "\x1A\x45\xDF\xA3"sv, "a film"},
    {0, "OggS"sv, "a film or a sound"},
    {0, "SQLite format"sv, "a database"},
}};

std::string named(const std::string& what) { return "it is " + what + ", which Thaw does not read; convert it to JPEG or PNG"; }

/// Files that passed, as they were then: a folder is listed several times, and opening is what takes long on other machines'
/// disks.
class KnownPictures {
public:
    /// 0: not to be kept.
    static std::uint64_t keyOf(const fs::path& file) {
        struct stat info {};
        if (::stat(file.c_str(), &info) != 0) return 0;
        std::uint64_t key = std::hash<std::string>()(file.string());
        for (const std::uint64_t part :
             {static_cast<std::uint64_t>(info.st_size), static_cast<std::uint64_t>(info.st_ino),
              static_cast<std::uint64_t>(info.st_mtim.tv_sec), static_cast<std::uint64_t>(info.st_mtim.tv_nsec),
              static_cast<std::uint64_t>(info.st_ctim.tv_sec), static_cast<std::uint64_t>(info.st_ctim.tv_nsec)})
            key = (key ^ part) * 0x9E3779B97F4A7C15u + (key >> 29);
        return key;
    }
    bool has(std::uint64_t key) {
        const std::lock_guard lock(m_mutex);
        return key != 0 && m_keys.count(key) != 0;
    }
    void add(std::uint64_t key) {
        const std::lock_guard lock(m_mutex);
        if (key != 0) m_keys.insert(key);
    }

private:
    std::mutex m_mutex;
    std::unordered_set<std::uint64_t> m_keys;
};

/// What has nothing to do with the file is no DataError.
std::string errorText(int code) {
    switch (code) {
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            throw StoreError(std::string("No more files can be opened: ") + std::strerror(code) + '.', "Close other programs.");
        case ENOENT:
            return "the file is not there";
        case ENOTDIR:
            return "a part of its path is no folder";
        case ELOOP:
            return "it is a link that leads in a circle";
        case EACCES:
        case EPERM:
            return "the file cannot be opened; check its permissions";
        default:
            return std::string("the file cannot be opened: ") + std::strerror(code);
    }
}

}  // namespace

PictureFormat formatOf(std::string_view bytes) {
    if (has(bytes, 0, "\xFF\xD8\xFF"sv)) return PictureFormat::Jpeg;
    if (has(bytes, 0, "\x89PNG\r\n\x1a\n"sv)) return PictureFormat::Png;
    if (has(bytes, 0, "RIFF"sv) && has(bytes, 8, "WEBP"sv)) return PictureFormat::WebP;
    if (has(bytes, 0, "GIF87a"sv) || has(bytes, 0, "GIF89a"sv)) return PictureFormat::Gif;
    if (isTiff(bytes)) return PictureFormat::Tiff;
    if (isBmp(bytes)) return PictureFormat::Bmp;
#ifdef THAW_HEIF
    if (const std::string brand = brandOf(bytes); brand == "HEIC" || brand == "AVIF") return PictureFormat::Heif;
#endif
#ifdef THAW_DICOM
    if (has(bytes, 128, "DICM"sv)) return PictureFormat::Dicom;
#endif
    return PictureFormat::None;
}

std::optional<std::pair<std::int64_t, std::int64_t>> claimedSize(std::string_view bytes) {
    const auto number = [&](std::size_t offset, int count, bool little) {
        std::int64_t value = 0;
        for (int i = 0; i < count; ++i) {
            const std::size_t at = offset + static_cast<std::size_t>(little ? count - 1 - i : i);
            value = value << 8 | (at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0);
        }
        return value;
    };
    using Size = std::pair<std::int64_t, std::int64_t>;
    switch (formatOf(bytes)) {
        case PictureFormat::Png:
            return Size{number(16, 4, false), number(20, 4, false)};
        case PictureFormat::Gif:
            return std::nullopt;  // the screen's, which many write wrongly
        case PictureFormat::WebP:
            if (has(bytes, 12, "VP8X"sv)) return Size{number(24, 3, true) + 1, number(27, 3, true) + 1};
            if (has(bytes, 12, "VP8L"sv))
                return Size{(number(21, 4, true) & 0x3FFF) + 1, (number(21, 4, true) >> 14 & 0x3FFF) + 1};
            return Size{number(26, 2, true) & 0x3FFF, number(28, 2, true) & 0x3FFF};
        case PictureFormat::Bmp: {
            if (number(14, 4, true) == 12) return Size{number(18, 2, true), number(20, 2, true)};  // OS/2's
            const auto height = static_cast<std::int32_t>(number(22, 4, true));  // negative: rows from top to bottom
            return Size{static_cast<std::int32_t>(number(18, 4, true)), std::abs(std::int64_t{height})};
        }
        default:
            return std::nullopt;
    }
}

void requirePictureSize(std::int64_t width, std::int64_t height) {
    if (width <= 0 || height <= 0) throw DataError("the file is damaged: its width or height is 0");
    if (width > kMaxPicturePixels / height)
        throw DataError("it has " + std::to_string(width) + " x " + std::to_string(height) +
                        " pixels, which is too large: at most 100 million pixels are read");
}

void requirePictureBytes(std::int64_t bytes) {
    if (bytes == 0) throw DataError("the file is empty");
    if (bytes > kMaxPictureBytes)
        throw DataError("its " + std::to_string(bytes / 1'000'000) + " MB are too large: at most " +
                        std::to_string(kMaxPictureBytes >> 20) + " MB are read");
}

std::string foreignContent(std::string_view bytes, bool* foreignPicture) {
    bool ignored = false;
    bool& picture = foreignPicture != nullptr ? *foreignPicture : ignored;
    picture = true;
    const std::string brand = brandOf(bytes);
    if (brand == "HEIC")
        return "it is a HEIC picture, as iPhones make them, which Thaw does not read; convert it to JPEG, for instance with "
               "heif-convert";
    if (brand == "AVIF") return named("an AVIF picture");
    if (brand == "raw" || has(bytes, 8, "CR\x02"sv)) return named("a camera's raw picture");
    for (const Known& known : kForeignPictures)
        if (has(bytes, known.offset, known.bytes)) return named(known.name);
    picture = false;
    if (brand == "film" || (has(bytes, 0, "RIFF"sv) && has(bytes, 8, "AVI "sv))) return "it is a film, not a picture";
    for (const Known& known : kForeignFiles)
        if (has(bytes, known.offset, known.bytes)) return std::string("it is ") + known.name + ", not a picture";
    const std::string text = lowered(bytes.substr(0, kHeadBytes));
    if (text.find("<svg") != std::string::npos) return named("an SVG drawing");
    if (text.find("<!doctype html") != std::string::npos || text.find("<html") != std::string::npos)
        return "it is a web page, not a picture; download the picture again";
    if (text.rfind("version https://git-lfs", 0) == 0)
        return "it is Git LFS's placeholder for a picture; get the pictures with: git lfs pull";
    if (!bytes.empty() && isText(bytes.substr(0, kHeadBytes))) return "it is a text, not a picture";
    if (!bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; }))
        return "the file holds only zeros; copy or download it again";
    return std::string("Thaw reads ") + kPictureFormats + " pictures, and this is none of them";
}

OpenedPicture::OpenedPicture(const fs::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) {
        const int code = errno;
        if (code == ENOENT && ::lstat(file.c_str(), &info) == 0) throw DataError("it is a link to a file that is not there");
        throw DataError(errorText(code));
    }
    if (S_ISDIR(info.st_mode)) throw DataError("it is a folder, not a file");
    if (!S_ISREG(info.st_mode)) throw DataError("it is not a file");
    m_size = info.st_size;
    m_descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (m_descriptor < 0) throw DataError(errorText(errno));
}

OpenedPicture::~OpenedPicture() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

std::string OpenedPicture::read(std::int64_t limit, const std::atomic<bool>* stop) {
    constexpr std::int64_t kPiece = 1 << 20;
    std::string bytes;
    while (static_cast<std::int64_t>(bytes.size()) < limit) {
        if (stop != nullptr && *stop) throw Cancelled();
        const std::size_t before = bytes.size();
        bytes.resize(before + static_cast<std::size_t>(std::min(limit - static_cast<std::int64_t>(before), kPiece)));
        const ssize_t got = ::read(m_descriptor, bytes.data() + before, bytes.size() - before);
        const int code = errno;
        bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && code != EINTR) throw DataError(std::string("the file cannot be read: ") + std::strerror(code));
        if (got == 0) break;
    }
    return bytes;
}

PictureCheck checkPicture(const fs::path& file) {
    using Verdict = PictureCheck::Verdict;
    const bool called = isPictureName(file);
    try {
        OpenedPicture opened(file);
        const std::string head = opened.read(kHeadBytes);
        const PictureFormat format = formatOf(head);
        bool foreignPicture = false;
        const std::string foreign = format == PictureFormat::None ? foreignContent(head, &foreignPicture) : std::string();
        if (format == PictureFormat::None && !foreignPicture && !called) return {};
        requirePictureBytes(opened.size());
        if (!foreign.empty()) return {Verdict::Bad, foreign};
        if (const auto claimed = claimedSize(head)) requirePictureSize(claimed->first, claimed->second);
        return {Verdict::Picture, {}};
    } catch (const DataError& error) {
        return called ? PictureCheck{Verdict::Bad, error.what()} : PictureCheck{};
    }
}

std::vector<PictureCheck> checkPictures(const std::vector<fs::path>& files, const CountCallback& progress) {
    static KnownPictures known;
    std::vector<PictureCheck> checks(files.size());
    forEachInParallel(
        static_cast<std::int64_t>(files.size()),
        [&](std::int64_t i, const std::atomic<bool>&) {
            const auto at = static_cast<std::size_t>(i);
            const std::uint64_t key = KnownPictures::keyOf(files[at]);
            if (known.has(key)) {
                checks[at].verdict = PictureCheck::Verdict::Picture;
                return;
            }
            checks[at] = checkPicture(files[at]);
            if (checks[at].verdict == PictureCheck::Verdict::Picture) known.add(key);
        },
        progress);
    return checks;
}

bool isPictureName(const fs::path& file) {
    constexpr std::array<const char*, 27> kEndings = {
        ".png",  ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".heic",
        ".heif", ".hif", ".avif", ".jxl", ".jp2",  ".j2k", ".cr2",   ".cr3",  ".nef", ".arw", ".dng", ".dcm", ".dicom"};
    const std::string ending = lowered(file.extension().string());
    return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace thaw::core
