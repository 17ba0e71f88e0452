// JSON read as untrusted input: duplicate keys, trailing text and deep nesting are refused, unknown fields are found.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/api/errors.h"

namespace thaw::core {

/// A file of another program: strings stay as they are. Throws ConfigError that says where and what.
nlohmann::json parseForeignJson(const std::string& text);

/// Text of a value; bytes that are not UTF-8 are written as textOfBytes() has them. `indent` < 0: one line.
std::string jsonText(const nlohmann::ordered_json& value, int indent = -1);

// What reads it gives strings back as the bytes that they were.

/// Throws ConfigError that says where and what.
nlohmann::json parseStrictJson(const std::string& text);
/// Of the program's own text a moment ago, fields in their order.
nlohmann::ordered_json parseOwnJson(const std::string& text);
/// An object; an empty one where the line is none.
nlohmann::json parseJsonLine(const std::string& line);

/// One object of a document: each read() takes a field if it is there and leaves the target alone otherwise. Every error is a
/// ConfigError that names the field by its path ("phases[1].optimizer.kind") and what was expected.
class JsonFields {
public:
    JsonFields(const nlohmann::json& object, std::string path);

    void read(const char* name, bool& target);
    void read(const char* name, int& target);
    void read(const char* name, std::int64_t& target);
    void read(const char* name, std::uint64_t& target);
    void read(const char* name, double& target);
    void read(const char* name, std::string& target);
    void read(const char* name, std::filesystem::path& target);
    void read(const char* name, std::vector<std::string>& target);
    void read(const char* name, std::vector<double>& target);
    void read(const char* name, std::vector<std::int64_t>& target);
    /// Text that `fromString` turns into a value; its ConfigError is passed on under the field's name.
    template <class Value, class FromString>
    void read(const char* name, Value& target, const FromString& fromString) {
        std::string text;
        if (!take(name)) return;
        read(name, text);
        try {
            target = fromString(text);
        } catch (const ConfigError& error) {
            fail(name, error.what());
        }
    }

    /// The field's value, null where it is missing.
    const nlohmann::json* take(const char* name);
    std::string pathOf(const std::string& name) const;
    /// Paths of the fields that nobody took.
    std::vector<std::string> left() const;

private:
    [[noreturn]] void fail(const char* name, const std::string& expected) const;

    const nlohmann::json& m_object;
    std::string m_path;
    std::set<std::string> m_taken;
};

}  // namespace thaw::core
