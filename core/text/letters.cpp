#include "core/text/letters.h"

#include <utf8proc.h>

#include <algorithm>
#include <string>

#include "core/api/errors.h"

namespace thaw::core {

namespace {

utf8proc_category_t categoryOf(char32_t code) { return utf8proc_category(static_cast<utf8proc_int32_t>(code)); }

bool isWithin(char32_t code, char32_t first, char32_t last) { return code >= first && code <= last; }

bool isWithin(utf8proc_category_t category, utf8proc_category_t first, utf8proc_category_t last) {
    return category >= first && category <= last;
}

}  // namespace

bool isWhiteSpace(char32_t code) {
    if (isWithin(code, 0x09, 0x0D) || code == 0x20 || code == 0x85) return true;
    return code > 0x85 && isWithin(categoryOf(code), UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}

bool isOther(char32_t code) { return isWithin(categoryOf(code), UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CO); }

bool isPunctuation(char32_t code) {
    if (code < 0x80)
        return isWithin(code, '!', '/') || isWithin(code, ':', '@') || isWithin(code, '[', '`') || isWithin(code, '{', '~');
    return isWithin(categoryOf(code), UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

// BERT's own choice, its gap before U+2B920 included: https://github.com/huggingface/tokenizers, normalizers/bert.rs
bool isChineseSign(char32_t code) {
    return isWithin(code, 0x4E00, 0x9FFF) || isWithin(code, 0x3400, 0x4DBF) || isWithin(code, 0x20000, 0x2A6DF) ||
           isWithin(code, 0x2A700, 0x2B73F) || isWithin(code, 0x2B740, 0x2B81F) || isWithin(code, 0x2B920, 0x2CEAF) ||
           isWithin(code, 0xF900, 0xFAFF) || isWithin(code, 0x2F800, 0x2FA1F);
}

bool isNonSpacingMark(char32_t code) { return categoryOf(code) == UTF8PROC_CATEGORY_MN; }

bool isLetter(char32_t code) { return isWithin(categoryOf(code), UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO); }

bool isNumber(char32_t code) { return isWithin(categoryOf(code), UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO); }

int combiningClass(char32_t code) { return utf8proc_get_property(static_cast<utf8proc_int32_t>(code))->combining_class; }

char32_t simpleLowerCase(char32_t code) { return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code))); }

std::size_t decompose(char32_t code, char32_t (&parts)[kLongestDecomposition]) {
    utf8proc_int32_t found[kLongestDecomposition];
    int boundary = 0;
    const utf8proc_ssize_t count =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code), found, kLongestDecomposition, UTF8PROC_DECOMPOSE, &boundary);
    if (count < 1 || count > static_cast<utf8proc_ssize_t>(kLongestDecomposition))
        throw DataError("Unicode's table of letters does not know the code point " + std::to_string(code) + '.');
    std::copy(found, found + count, parts);
    return static_cast<std::size_t>(count);
}

}  // namespace thaw::core
