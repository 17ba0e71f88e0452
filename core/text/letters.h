// What Unicode says about a code point, by libutf8proc. The groups are those that BERT's and GPT-2's tokenisers ask for; a
// version of Unicode that is newer than another's has more members in them.
#pragma once

#include <cstddef>

namespace thaw::core {

bool isWhiteSpace(char32_t code);      ///< the property White_Space
bool isOther(char32_t code);           ///< Cc, Cf, Co, Cs: controls, formats, private use
bool isPunctuation(char32_t code);     ///< P, and all of ASCII's signs: $ + < = > ^ ` | ~ are symbols to Unicode
bool isChineseSign(char32_t code);     ///< the blocks of ideographs that BERT's authors chose
bool isNonSpacingMark(char32_t code);  ///< Mn
bool isLetter(char32_t code);          ///< L
bool isNumber(char32_t code);          ///< N
int combiningClass(char32_t code);     ///< 0: no mark that may change places with its neighbours

/// Calls `put` with each code point of the lower case, each letter for itself.
template <class Put>
void lowerCase(char32_t code, Put put);

/// The canonical decomposition (NFD of this code point alone); returns how many code points there are.
inline constexpr std::size_t kLongestDecomposition = 8;
std::size_t decompose(char32_t code, char32_t (&parts)[kLongestDecomposition]);

char32_t simpleLowerCase(char32_t code);
inline constexpr char32_t kCapitalIWithDot = 0x130, kDotAbove = 0x307;

template <class Put>
void lowerCase(char32_t code, Put put) {
    if (code != kCapitalIWithDot) return put(simpleLowerCase(code));
    put(U'i');  // the only letter whose lower case is two
    put(kDotAbove);
}

}  // namespace thaw::core
