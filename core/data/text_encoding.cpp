#include "core/data/text_encoding.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include <iconv.h>
#include <uchardet/uchardet.h>
#include <utf8proc.h>

namespace thaw::core {
namespace {

constexpr std::size_t kGuessedFrom = std::size_t{1} << 20;  // bytes

/// Some broken letters among many whole ones do not make another encoding.
bool isUtf8(const std::string& bytes) {
    constexpr std::int64_t kWholeForBroken = 10;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(bytes.data());
    std::int64_t whole = 0, broken = 0;
    for (auto left = static_cast<utf8proc_ssize_t>(bytes.size()); left > 0;) {
        utf8proc_int32_t letter = 0;
        const utf8proc_ssize_t length = std::max<utf8proc_ssize_t>(utf8proc_iterate(at, left, &letter), 0);
        if (length == 0) ++broken;
        if (length > 1) ++whole;
        at += std::max<utf8proc_ssize_t>(length, 1);
        left -= std::max<utf8proc_ssize_t>(length, 1);
    }
    return whole >= kWholeForBroken * broken;
}

/// The part that the guess is made from: it begins where bytes first are no plain ASCII.
std::string guessed(const std::string& bytes) {
    const auto foreign = std::find_if(bytes.begin(), bytes.end(), [](char byte) { return static_cast<signed char>(byte) < 0; });
    const auto at = static_cast<std::size_t>(foreign - bytes.begin());
    const std::size_t begin = at > kGuessedFrom / 2 ? at - kGuessedFrom / 2 : 0;
    const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), uchardet_delete);
    uchardet_handle_data(detector.get(), bytes.data() + begin, std::min(kGuessedFrom, bytes.size() - begin));
    uchardet_data_end(detector.get());
    const std::string name = uchardet_get_charset(detector.get());
    // A Macintosh's of 1990 are guessed where few letters are foreign; today such files come from Windows.
    return name == "MAC-CENTRALEUROPE" || name == "MACINTOSH" ? "WINDOWS-1252" : name;
}

std::string encodingOf(const std::string& bytes) {
    if (bytes.rfind("\xFF\xFE", 0) == 0) return "UTF-16LE";
    if (bytes.rfind("\xFE\xFF", 0) == 0) return "UTF-16BE";
    if (isUtf8(bytes)) return {};
    return guessed(bytes);
}

/// False: there is no such encoding here, or the bytes are none of it.
bool convert(const std::string& bytes, const std::string& encoding, std::string& text) {
    const iconv_t converter = iconv_open("UTF-8", encoding.c_str());
    if (reinterpret_cast<std::intptr_t>(converter) == -1) return false;
    const std::unique_ptr<void, decltype(&iconv_close)> closing(converter, iconv_close);
    std::array<char, 1 << 16> piece{};
    char* from = const_cast<char*>(bytes.data());
    for (std::size_t left = bytes.size(); left > 0;) {
        char* to = piece.data();
        std::size_t room = piece.size();
        const std::size_t done = iconv(converter, &from, &left, &to, &room);
        text.append(piece.data(), piece.size() - room);
        if (done == static_cast<std::size_t>(-1) && errno != E2BIG) return false;
    }
    return true;
}

}  // namespace

std::string toUtf8(std::string bytes, EncodingCounts& others) {
    const std::string encoding = encodingOf(bytes);
    std::string text;
    if (encoding.empty() || encoding == "UTF-8" || encoding == "ASCII" || !convert(bytes, encoding, text))
        text = std::move(bytes);
    else
        ++others[encoding];
    constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";
    if (text.rfind(kByteOrderMark, 0) == 0) text.erase(0, 3);
    return text;
}

std::string noteOf(const EncodingCounts& others) {
    std::string names;
    std::int64_t files = 0;
    for (const auto& [name, count] : others) {
        names += (names.empty() ? "" : ", ") + name;
        files += count;
    }
    if (files == 0) return {};
    const std::string what = files == 1 ? "A file is not UTF-8; it is" : std::to_string(files) + " files are not UTF-8; they are";
    return what + " read in the encoding that fits best: " + names + '.';
}

}  // namespace thaw::core
