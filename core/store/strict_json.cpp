#include "core/store/strict_json.h"

#include <limits>

#include "core/api/text.h"

namespace thaw::core {

using nlohmann::json;

namespace {

constexpr int kMaxDepth = 32;

template <class Json>
Json withBytes(Json value) {
    if (value.is_string()) value = bytesOfText(value.template get_ref<const std::string&>());
    if (value.is_structured())
        for (auto& item : value) item = withBytes(std::move(item));
    return value;
}

}  // namespace

json parseForeignJson(const std::string& text) {
    std::vector<std::set<std::string>> keys;
    const auto watch = [&keys](int depth, json::parse_event_t event, json& value) {
        if (depth > kMaxDepth) throw ConfigError("The JSON text is nested too deeply.");
        if (event == json::parse_event_t::object_start) keys.emplace_back();
        if (event == json::parse_event_t::object_end) keys.pop_back();
        if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
            throw ConfigError("The field \"" + value.get<std::string>() + "\" stands twice in the JSON text.",
                              "Remove one of them.");
        return true;
    };
    try {
        return json::parse(text, watch);
    } catch (const json::exception& error) {
        std::string reason = error.what();
        if (const auto end = reason.find("] "); end != std::string::npos) reason.erase(0, end + 2);
        throw ConfigError("This is not valid JSON: " + reason + '.');
    }
}

json parseStrictJson(const std::string& text) { return withBytes(parseForeignJson(text)); }

nlohmann::ordered_json parseOwnJson(const std::string& text) { return withBytes(nlohmann::ordered_json::parse(text)); }

json parseJsonLine(const std::string& line) {
    json value = json::parse(line, nullptr, false);
    return value.is_object() ? withBytes(std::move(value)) : json::object();
}

std::string jsonText(const nlohmann::ordered_json& value, int indent) {
    nlohmann::ordered_json text = value;
    turnBytesIntoText(text);
    return text.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);  // names of fields
}

JsonFields::JsonFields(const json& object, std::string path) : m_object(object), m_path(std::move(path)) {
    if (!m_object.is_object()) throw ConfigError((m_path.empty() ? "The JSON text" : m_path) + ": expected an object in { }.");
}

std::string JsonFields::pathOf(const std::string& name) const { return m_path.empty() ? name : m_path + '.' + name; }

void JsonFields::fail(const char* name, const std::string& expected) const { throw ConfigError(pathOf(name) + ": " + expected); }

const json* JsonFields::take(const char* name) {
    m_taken.insert(name);
    const auto found = m_object.find(name);
    return found == m_object.end() ? nullptr : &*found;
}

void JsonFields::read(const char* name, bool& target) {
    if (const json* value = take(name)) {
        if (!value->is_boolean()) fail(name, "expected true or false.");
        target = value->get<bool>();
    }
}

void JsonFields::read(const char* name, int& target) {
    std::int64_t wide = target;
    read(name, wide);
    if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) fail(name, "this number is too large.");
    target = static_cast<int>(wide);
}

void JsonFields::read(const char* name, std::int64_t& target) {
    if (const json* value = take(name)) {
        if (!value->is_number_integer()) fail(name, "expected a whole number.");
        if (value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
            fail(name, "this number is too large.");
        target = value->get<std::int64_t>();
    }
}

void JsonFields::read(const char* name, std::uint64_t& target) {
    if (const json* value = take(name)) {
        if (!value->is_number_unsigned()) fail(name, "expected a whole number from 0 on.");
        target = value->get<std::uint64_t>();
    }
}

void JsonFields::read(const char* name, double& target) {
    if (const json* value = take(name)) {
        if (!value->is_number()) fail(name, "expected a number.");
        target = value->get<double>();
    }
}

void JsonFields::read(const char* name, std::string& target) {
    if (const json* value = take(name)) {
        if (!value->is_string()) fail(name, "expected text in quotes.");
        target = value->get<std::string>();
    }
}

void JsonFields::read(const char* name, std::filesystem::path& target) {
    std::string text = target.string();
    read(name, text);
    if (text.find('\0') != std::string::npos) fail(name, "a path cannot contain a zero byte.");
    target = text;
}

void JsonFields::read(const char* name, std::vector<std::string>& target) {
    if (const json* value = take(name)) {
        if (!value->is_array()) fail(name, "expected a list in [ ].");
        target.clear();
        for (const json& item : *value) {
            if (!item.is_string()) fail(name, "expected a list of texts in quotes.");
            target.push_back(item.get<std::string>());
        }
    }
}

void JsonFields::read(const char* name, std::vector<double>& target) {
    if (const json* value = take(name)) {
        if (!value->is_array()) fail(name, "expected a list in [ ].");
        target.clear();
        for (const json& item : *value) {
            if (!item.is_number()) fail(name, "expected a list of numbers.");
            target.push_back(item.get<double>());
        }
    }
}

void JsonFields::read(const char* name, std::vector<std::int64_t>& target) {
    if (const json* value = take(name)) {
        if (!value->is_array()) fail(name, "expected a list in [ ].");
        target.clear();
        for (const json& item : *value) {
            if (!item.is_number_integer()) fail(name, "expected a list of whole numbers.");
            target.push_back(item.get<std::int64_t>());
        }
    }
}

std::vector<std::string> JsonFields::left() const {
    std::vector<std::string> paths;
    for (const auto& field : m_object.items())
        if (m_taken.count(field.key()) == 0) paths.push_back(pathOf(field.key()));
    return paths;
}

}  // namespace thaw::core
