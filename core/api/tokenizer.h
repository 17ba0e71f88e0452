// Texts as numbers: the tokenisers of BERT (WordPiece) and of GPT-2 (byte-level BPE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace thaw::core {

using TokenId = std::int32_t;
inline constexpr TokenId kNoToken = -1;

enum class TokenizerKind {
    WordPiece,  ///< words are cleaned and divided into the longest pieces of the vocabulary
    ByteBpe,    ///< bytes are merged in the order that the vocabulary was learned in
};

/// Bytes that one text may have.
inline constexpr std::size_t kMostTextBytes = std::size_t{16} << 20;

struct TokenizerInfo {
    TokenizerKind kind = TokenizerKind::WordPiece;
    std::string title;            ///< "WordPiece, lower case, 30,522 tokens"
    std::filesystem::path place;  ///< the folder or file that it was read from
    int vocabularySize = 0;       ///< all ids are below it: the rows that a model's table of tokens needs
    std::vector<TokenId> before;  ///< what encode() puts before each text: [CLS]
    std::vector<TokenId> after;   ///< and behind it: [SEP]
    TokenId padding = kNoToken;   ///< fills a batch's shorter texts up; kNoToken: there is none
    int suggestedTokens = 0;  ///< at which its file asks to cut a text; 0: it does not. encode() cuts only where it is told to
    bool suggestsPadding = false;  ///< its file asks to fill texts up; encode() never does
};

/// One thread at a time. copy() shares the vocabulary, so that each thread can have its own.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;
    virtual const TokenizerInfo& info() const = 0;

    /// Appends the ids of a text to `ids`: `before`, those of the text, `after`. They are those of Hugging Face's tokenizers as
    /// far as both know the same version of Unicode. `mostTokens` cuts the text's end so that all of them are no more; 0: does
    /// not. Broken UTF-8 stands for U+FFFD, as Python's errors="replace" has it; returns how many of them there were. Throws
    /// DataError for a text of more than kMostTextBytes, ConfigError when mostTokens has no room for before and after.
    virtual std::size_t encode(std::string_view text, std::vector<TokenId>& ids, std::size_t mostTokens = 0) = 0;

    /// The text of ids, all special tokens included. ByteBpe: the bytes that were encoded, whatever the ids (which may end within
    /// a letter). WordPiece: words in lower case, as the vocabulary has them, with a space between. Throws DataError for an id
    /// that the vocabulary does not have.
    virtual std::string decode(const std::vector<TokenId>& ids) const = 0;

    /// As the vocabulary's file spells it: "##ing", "Ġthe". Throws DataError as decode() does.
    virtual const std::string& token(TokenId id) const = 0;

    virtual std::unique_ptr<Tokenizer> copy() const = 0;
};

/// Those that come with Thaw: "gpt2", "minilm".
std::vector<std::string> builtInTokenizers();

/// A built-in tokeniser by its name; otherwise a folder with tokenizer.json, or vocab.txt, or vocab.json and merges.txt (looked
/// for in this order; what tokenizer_config.json says of the last two is heeded), or one of the first two files itself. All that
/// changes ids is heeded or refused. Throws DataError that names the file and the reason.
std::unique_ptr<Tokenizer> openTokenizer(const std::string& nameOrPlace);

}  // namespace thaw::core
