// tokenizer.json. What it says of truncation and padding is passed on; what changes ids otherwise is heeded or refused.
#include <set>

#include "core/store/strict_json.h"
#include "core/text/token_list.h"
#include "core/text/tokenizer_file.h"

namespace thaw::core {

namespace {

using nlohmann::json;

constexpr const char* kKnownKinds = "Thaw reads the tokenisers of BERT (WordPiece) and GPT-2 (byte-level BPE).";
constexpr int kLongestWordLimit = 10'000;

[[noreturn]] void refuse(const std::string& what) { throw ConfigError(what, kKnownKinds); }

/// An object's fields. What nobody asks for is refused at the end.
class Part {
public:
    Part(const json& object, const std::string& path) : m_fields(object, path) {}

    bool flag(const char* name, bool otherwise) {
        if (isNull(name)) return otherwise;
        m_fields.read(name, otherwise);
        return otherwise;
    }
    std::string text(const char* name, std::string otherwise = {}) {
        if (isNull(name)) return otherwise;
        m_fields.read(name, otherwise);
        return otherwise;
    }
    int number(const char* name, int otherwise, int least, int most) {
        if (isNull(name)) return otherwise;
        m_fields.read(name, otherwise);
        if (otherwise < least || otherwise > most)
            refuse(m_fields.pathOf(name) + " is " + std::to_string(otherwise) + ", but must be from " + std::to_string(least) +
                   " to " + std::to_string(most) + '.');
        return otherwise;
    }
    const json& value(const char* name) {
        static const json nothing;
        const json* found = m_fields.take(name);
        return found ? *found : nothing;
    }
    std::string pathOf(const std::string& name) const { return m_fields.pathOf(name); }
    void ignore(const char* name) { m_fields.take(name); }
    /// Only nothing, false, zero or an empty text.
    void refuseUnlessOff(const char* name) {
        const json& found = value(name);
        const bool off =
            found.is_null() || found == false || found == 0.0 || (found.is_string() && found.get<std::string>().empty());
        if (!off) refuse("It has " + pathOf(name) + ", which Thaw's tokenisers do not know.");
    }
    void end() const {
        if (const std::vector<std::string> left = m_fields.left(); !left.empty())
            refuse("It has the field " + quotedToken(left.front()) + ", which Thaw does not know and which may change the ids.");
    }

private:
    bool isNull(const char* name) { return value(name).is_null(); }
    JsonFields m_fields;
};

std::string typeOf(Part& part) { return part.text("type"); }

std::pair<std::string, std::string> mergeFrom(const json& value, const std::string& path) {
    if (value.is_array() && value.size() == 2 && value[0].is_string() && value[1].is_string()) return {value[0], value[1]};
    if (!value.is_string()) throw ConfigError(path + ": expected two tokens.");
    return divideMerge(value.get_ref<const std::string&>());
}

BertRules rulesFrom(const json& value) {
    BertRules rules{false, false, false, false};
    if (value.is_null()) return rules;
    Part part(value, "normalizer");
    if (const std::string type = typeOf(part); type != "BertNormalizer")
        refuse("Its normalizer is " + quotedToken(type) + ", but only BertNormalizer can be used with WordPiece.");
    rules.clean = part.flag("clean_text", true);
    rules.spaceChinese = part.flag("handle_chinese_chars", true);
    rules.lowerCase = part.flag("lowercase", true);
    rules.dropMarks = part.flag("strip_accents", rules.lowerCase);
    part.end();
    return rules;
}

WordPieceParts wordPieceFrom(Part& model, Part& file) {
    WordPieceParts parts;
    parts.unknown = model.text("unk_token", parts.unknown);
    parts.continuing = model.text("continuing_subword_prefix", parts.continuing);
    parts.longestWord = model.number("max_input_chars_per_word", parts.longestWord, 1, kLongestWordLimit);
    parts.rules = rulesFrom(file.value("normalizer"));
    Part words(file.value("pre_tokenizer"), "pre_tokenizer");
    if (const std::string type = typeOf(words); type != "BertPreTokenizer")
        refuse("Its pre_tokenizer is " + quotedToken(type) + ", but only BertPreTokenizer can be used with WordPiece.");
    words.end();
    return parts;
}

ByteBpeParts byteBpeFrom(Part& model, Part& file) {
    ByteBpeParts parts;
    for (const char* name : {"dropout", "continuing_subword_prefix", "end_of_word_suffix"}) model.refuseUnlessOff(name);
    for (const char* name : {"unk_token", "fuse_unk", "byte_fallback"}) model.ignore(name);  // no byte is ever unknown
    parts.wholeWords = model.flag("ignore_merges", false);
    const json& merges = model.value("merges");
    if (!merges.is_array()) throw ConfigError("model.merges: expected a list in [ ].");
    for (const json& merge : merges) parts.merges.push_back(mergeFrom(merge, "model.merges"));
    if (!file.value("normalizer").is_null()) refuse("It has a normalizer, but none can be used with byte-level BPE.");
    Part words(file.value("pre_tokenizer"), "pre_tokenizer");
    if (const std::string type = typeOf(words); type != "ByteLevel")
        refuse("Its pre_tokenizer is " + quotedToken(type) + ", but only ByteLevel can be used with byte-level BPE.");
    parts.spaceBefore = words.flag("add_prefix_space", true);
    parts.divides = words.flag("use_regex", true);
    words.ignore("trim_offsets");
    words.end();
    return parts;
}

void readModel(Part& file, TokenizerParts& parts) {
    Part model(file.value("model"), "model");
    std::string type = typeOf(model);
    const json& merges = model.value("merges");
    if (type.empty()) type = merges.is_null() ? "WordPiece" : "BPE";  // older files do not say it
    const json& vocabulary = model.value("vocab");
    if (type != "WordPiece" && type != "BPE") refuse("Its model is " + quotedToken(type) + '.');
    parts.tokens = tokensFrom(vocabulary, "model.vocab");
    if (type == "WordPiece")
        parts.model = wordPieceFrom(model, file);
    else
        parts.model = byteBpeFrom(model, file);
    model.end();
}

void readAdded(const json& list, TokenizerParts& parts) {
    if (list.is_null()) return;
    if (!list.is_array()) throw ConfigError("added_tokens: expected a list in [ ].");
    std::set<std::string> contents;
    for (const json& item : list) {
        Part part(item, "added_tokens");
        AddedToken token;
        token.content = part.text("content");
        token.id = tokenIdFrom(part.value("id"), "added_tokens.id");
        token.takesSpaceBefore = part.flag("lstrip", false);
        token.takesSpaceAfter = part.flag("rstrip", false);
        token.normalized = part.flag("normalized", !part.flag("special", false));
        if (part.flag("single_word", false))
            refuse("Its added token " + quotedToken(token.content) +
                   " counts only as a whole word (single_word), which Thaw does not know.");
        part.end();
        if (token.content.empty()) continue;
        if (!contents.insert(token.content).second)
            throw ConfigError("The added token " + quotedToken(token.content) + " stands there twice.");
        placeToken(token.content, token.id, parts.tokens);
        parts.added.push_back(std::move(token));
    }
}

/// What stands around one text.
class Frame {
public:
    explicit Frame(TokenizerParts& parts) : m_parts(parts) {}

    void read(const json& value) {
        if (value.is_null()) return;
        Part part(value, "post_processor");
        const std::string type = typeOf(part);
        if (type == "Sequence") {
            for (const json& one : part.value("processors")) read(one);
        } else if (type == "TemplateProcessing") {
            readTemplate(part);
        } else if (type == "BertProcessing" || type == "RobertaProcessing") {
            once();
            m_parts.before = {pairId(part.value("cls"))};
            m_parts.after = {pairId(part.value("sep"))};
            for (const char* name : {"trim_offsets", "add_prefix_space"}) part.ignore(name);
        } else if (type == "ByteLevel") {  // changes only where a token is said to stand
            for (const char* name : {"add_prefix_space", "trim_offsets", "use_regex"}) part.ignore(name);
        } else {
            refuse("Its post_processor is " + quotedToken(type) + '.');
        }
        part.end();
    }

private:
    void once() {
        if (m_known) refuse("Its post_processor puts tokens around a text twice.");
        m_known = true;
    }

    TokenId pairId(const json& pair) const {
        if (!pair.is_array() || pair.size() != 2) throw ConfigError("post_processor: expected a token and its id.");
        return known(tokenIdFrom(pair[1], "post_processor"));
    }

    TokenId known(TokenId id) const {
        if (static_cast<std::size_t>(id) >= m_parts.tokens.size() || m_parts.tokens[static_cast<std::size_t>(id)].empty())
            throw ConfigError("post_processor: no token has the id " + std::to_string(id) + '.');
        return id;
    }

    void readTemplate(Part& part) {
        once();
        part.ignore("pair");  // of two texts
        const json& specials = part.value("special_tokens");
        int texts = 0;
        for (const json& item : part.value("single")) {
            if (!item.is_object() || item.size() != 1) throw ConfigError("post_processor.single: expected objects of one field.");
            Part inner(item.begin().value(), "post_processor.single");
            const std::string id = inner.text("id");
            if (item.begin().key() == "Sequence") {
                ++texts;
                continue;
            }
            const auto special = specials.is_object() ? specials.find(id) : specials.end();
            if (special == specials.end() || !special->is_object() || !special->contains("ids"))
                throw ConfigError("post_processor: the special token " + quotedToken(id) + " has no ids.");
            for (const json& one : special->at("ids"))
                (texts == 0 ? m_parts.before : m_parts.after).push_back(known(tokenIdFrom(one, "post_processor.special_tokens")));
        }
        if (texts != 1) refuse("Its post_processor does not take each text once.");
    }

    TokenizerParts& m_parts;
    bool m_known = false;
};

void readLengths(Part& file, TokenizerParts& parts) {
    if (const json& truncation = file.value("truncation"); truncation.is_object())
        parts.suggestedTokens = Part(truncation, "truncation").number("max_length", 0, 0, 1 << 30);
    if (const json& padding = file.value("padding"); padding.is_object()) {
        parts.suggestsPadding = true;
        if (padding.contains("pad_id")) parts.padding = tokenIdFrom(padding["pad_id"], "padding.pad_id");
    }
}

}  // namespace

TokenizerParts tokenizerPartsFromJson(const std::string& text) {
    const json document = parseForeignJson(text);
    Part file(document, "");
    TokenizerParts parts;
    readModel(file, parts);
    readAdded(file.value("added_tokens"), parts);
    Frame(parts).read(file.value("post_processor"));
    readLengths(file, parts);
    for (const char* name : {"version", "decoder"}) file.ignore(name);
    file.end();
    return parts;
}

}  // namespace thaw::core
