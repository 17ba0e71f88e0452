#include "core/api/tokenizer.h"

#include <algorithm>

#include "core/api/errors.h"
#include "core/store/paths.h"
#include "core/text/added_tokens.h"
#include "core/text/byte_bpe.h"
#include "core/text/tokenizer_file.h"
#include "core/text/wordpiece.h"
#include "core/util/utf8.h"

namespace thaw::core {

namespace {

std::unique_ptr<PieceModel> modelOf(const TokenizerParts& parts) {
    if (const auto* words = std::get_if<WordPieceParts>(&parts.model)) return std::make_unique<WordPiece>(*words, parts.tokens);
    return std::make_unique<ByteBpe>(std::get<ByteBpeParts>(parts.model), parts.tokens);
}

std::string withCommas(std::size_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, ",");
    return digits;
}

std::string titleOf(const TokenizerParts& parts) {
    const auto* words = std::get_if<WordPieceParts>(&parts.model);
    const std::string kind = !words ? "Byte-level BPE" : words->rules.lowerCase ? "WordPiece, lower case" : "WordPiece, cased";
    return kind + ", " + withCommas(parts.tokens.size()) + " tokens";
}

AddedTokens addedTo(const std::vector<AddedToken>& tokens, bool normalized, PieceModel& model) {
    std::vector<AddedToken> chosen;
    for (AddedToken token : tokens) {
        if (token.normalized != normalized) continue;
        if (normalized) token.content = model.normalized(token.content);
        chosen.push_back(std::move(token));
    }
    return AddedTokens(std::move(chosen));
}

/// Finds the begin of the first broken sequence; the text's size where there is none.
std::size_t firstBroken(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const Utf8Part part = utf8Part(text, at);
        if (!part.whole) return at;
        at += part.bytes;
    }
    return text.size();
}

class TextTokenizer final : public Tokenizer {
public:
    TextTokenizer(const TokenizerParts& parts, std::filesystem::path place) : m_model(modelOf(parts)) {
        m_shared = std::make_shared<const Shared>(
            Shared{{std::holds_alternative<WordPieceParts>(parts.model) ? TokenizerKind::WordPiece : TokenizerKind::ByteBpe,
                    titleOf(parts), std::move(place), static_cast<int>(parts.tokens.size()), parts.before, parts.after,
                    parts.padding, parts.suggestedTokens, parts.suggestsPadding},
                   parts.tokens,
                   parts.added,
                   addedTo(parts.added, /*normalized=*/false, *m_model),
                   addedTo(parts.added, /*normalized=*/true, *m_model)});
    }
    TextTokenizer(const TextTokenizer& other) : m_shared(other.m_shared), m_model(other.m_model->copy()) {}
    TextTokenizer& operator=(const TextTokenizer&) = delete;

    const TokenizerInfo& info() const override { return m_shared->info; }

    std::size_t encode(std::string_view text, std::vector<TokenId>& ids, std::size_t mostTokens) override {
        if (text.size() > kMostTextBytes)
            throw DataError("A text has " + std::to_string(text.size() >> 20) + " MB, but at most " +
                                std::to_string(kMostTextBytes >> 20) + " MB can be divided into tokens at once.",
                            "Divide it into lines.");
        const std::vector<TokenId>&before = m_shared->info.before, &after = m_shared->info.after;
        const std::size_t around = before.size() + after.size();
        if (mostTokens > 0 && mostTokens <= around)
            throw ConfigError(std::to_string(mostTokens) + " tokens are too few: " + std::to_string(around) +
                              " of them stand around every text.");
        std::size_t replaced = 0;
        if (const std::size_t broken = firstBroken(text); broken < text.size()) {
            replaced = replaceBroken(text, broken);
            text = m_repaired;
        }
        ids.insert(ids.end(), before.begin(), before.end());
        const std::size_t begin = ids.size();
        encodeValid(text, ids);
        if (mostTokens > 0) ids.resize(std::min(ids.size(), begin + mostTokens - around));
        ids.insert(ids.end(), after.begin(), after.end());
        return replaced;
    }

    std::string decode(const std::vector<TokenId>& ids) const override {
        std::string text;
        for (const TokenId id : ids) {
            token(id);
            m_model->decode(id, text);
        }
        return text;
    }

    const std::string& token(TokenId id) const override {
        const std::vector<std::string>& tokens = m_shared->tokens;
        if (id < 0 || static_cast<std::size_t>(id) >= tokens.size() || tokens[static_cast<std::size_t>(id)].empty())
            throw DataError("No token has the id " + std::to_string(id) + " in " + m_shared->info.place.string() + '.');
        return tokens[static_cast<std::size_t>(id)];
    }

    std::unique_ptr<Tokenizer> copy() const override { return std::make_unique<TextTokenizer>(*this); }

private:
    struct Shared {
        TokenizerInfo info;
        std::vector<std::string> tokens;
        std::vector<AddedToken> added;
        AddedTokens before, behind;  // those that are looked for before the text is normalised, and behind
    };

    /// The text into m_repaired; `first` is where its first broken sequence begins. Returns how many there are.
    std::size_t replaceBroken(std::string_view text, std::size_t first) {
        std::size_t replaced = 0;
        m_repaired.assign(text.substr(0, first));
        for (std::size_t at = first; at < text.size();) {
            const Utf8Part part = utf8Part(text, at);
            m_repaired += part.whole ? text.substr(at, part.bytes) : kReplacement;
            replaced += part.whole ? 0 : 1;
            at += part.bytes;
        }
        return replaced;
    }

    void encodeValid(std::string_view text, std::vector<TokenId>& ids) {
        m_pieces.clear();
        m_shared->before.divide(text, m_pieces);
        for (const AddedTokens::Piece& piece : m_pieces) {
            if (piece.text.empty()) {
                ids.push_back(piece.id);
                continue;
            }
            m_normalPieces.clear();
            m_shared->behind.divide(m_model->normalized(piece.text), m_normalPieces);
            for (const AddedTokens::Piece& part : m_normalPieces) {
                if (part.text.empty())
                    ids.push_back(part.id);
                else
                    m_model->encode(part.text, ids);
            }
        }
    }

    std::shared_ptr<const Shared> m_shared;
    std::unique_ptr<PieceModel> m_model;
    std::string m_repaired;
    std::vector<AddedTokens::Piece> m_pieces, m_normalPieces;
};

}  // namespace

std::vector<std::string> builtInTokenizers() { return {"gpt2", "gpt-small", "minilm"}; }

std::unique_ptr<Tokenizer> openTokenizer(const std::string& nameOrPlace) {
    const std::vector<std::string> names = builtInTokenizers();
    std::filesystem::path place = nameOrPlace;
    if (std::find(names.begin(), names.end(), nameOrPlace) != names.end()) {
        place = resourcePath("words/" + nameOrPlace);
        if (place.empty())
            throw DataError(
                "The vocabulary of " + nameOrPlace + " is missing: the folder words of Thaw's resources is not there.",
                "Install Thaw again.");
    }
    const TokenizerParts parts = readTokenizerParts(place);
    try {
        return std::make_unique<TextTokenizer>(parts, place);
    } catch (const DataError& error) {
        throw DataError(place.string() + " cannot be used: " + error.what(), error.hint());
    }
}

}  // namespace thaw::core
