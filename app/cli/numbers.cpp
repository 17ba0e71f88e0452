#include "app/cli/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "core/api/errors.h"

namespace thaw::cli {

namespace {

constexpr char kDigits[] = "0123456789";

bool isDigits(const std::string& text) { return !text.empty() && text.find_first_not_of(kDigits) == std::string::npos; }

std::string withoutSign(const std::string& text) { return text.substr(!text.empty() && (text[0] == '+' || text[0] == '-')); }

/// from_chars takes no plus, and takes "nan" and "inf".
std::errc parse(const std::string& text, double& value) {
    const std::string digits = withoutSign(text);
    if (digits.empty() || (digits[0] != '.' && !isDigits(digits.substr(0, 1)))) return std::errc::invalid_argument;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (text[0] == '-') value = -value;
    return end == digits.data() + digits.size() ? error : std::errc::invalid_argument;
}

/// "0,5" to "0.5"; empty where that is no number either.
std::string withPoint(const std::string& text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos) return {};
    std::string changed = text;
    changed[comma] = '.';
    double ignored = 0;
    return parse(changed, ignored) == std::errc() ? changed : std::string();
}

std::vector<std::string> partsOf(const std::string& option, const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == ',')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    for (std::string& part : parts) {
        const std::size_t begin = part.find_first_not_of(' ');
        part = begin == std::string::npos ? "" : part.substr(begin, part.find_last_not_of(' ') - begin + 1);
        if (part.empty() && parts.size() == 1) throw core::ConfigError(option + ": give at least one number.");
        if (part.empty()) throw core::ConfigError(option + ": '" + text + "' has a comma with no number beside it.");
    }
    return parts;
}

double numberIn(const std::string& option, const std::string& part, bool whole) {
    if (const std::string problem = problemOfNumber(part, whole); !problem.empty())
        throw core::ConfigError(option + ": " + problem);
    double value = 0;
    parse(part, value);
    return value;
}

}  // namespace

std::string problemOfNumber(const std::string& text, bool whole) {
    const std::string quoted = "'" + text + "'";
    if (text.empty()) return "'' is empty: give a number.";
    double value = 0;
    const std::errc error = parse(text, value);
    if (error == std::errc::result_out_of_range)
        return quoted + (withoutSign(text).find("e-") == std::string::npos && withoutSign(text).find("E-") == std::string::npos
                             ? " is too large a number."
                             : " is too close to zero for a number.");
    if (whole) {
        if (isDigits(withoutSign(text))) return {};
        const bool grouped = text.find(',') != std::string::npos;
        return quoted + " is not a whole number." + (grouped ? " Write it without commas." : "");
    }
    if (error == std::errc()) return {};
    if (const std::string mended = withPoint(text); !mended.empty())
        return quoted + " has a decimal comma. Write it with a point: " + mended + '.';
    return quoted + " is not a number.";
}

std::vector<double> rateList(const std::string& option, const std::string& text) {
    const std::vector<std::string> parts = partsOf(option, text);
    // Nobody learns at a rate of 0, 1 or 12 and then at another: whole numbers before a comma are the begin of "0,001" or
    // "1,5e-4".
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
        if (isDigits(withoutSign(parts[i]))) {
            const std::string mended = withPoint(parts[i] + ',' + parts[i + 1]);
            throw core::ConfigError(option + ": '" + text + "' looks like a decimal comma" +
                                        (mended.empty() ? "." : ". Write numbers with a point: " + mended + '.'),
                                    "A comma stands between the rates of two phases, as in 0.001,1e-5.");
        }
    std::vector<double> values;
    for (const std::string& part : parts) values.push_back(numberIn(option, part, /*whole=*/false));
    return values;
}

std::vector<int> countList(const std::string& option, const std::string& text) {
    std::vector<int> values;
    for (const std::string& part : partsOf(option, text)) {
        const double value = numberIn(option, part, /*whole=*/true);
        if (std::abs(value) > std::numeric_limits<int>::max())
            throw core::ConfigError(option + ": '" + part + "' is too large a number.");
        values.push_back(static_cast<int>(value));
    }
    return values;
}

void checkNumbers(CLI::App& app) {
    for (CLI::Option* option : app.get_options()) {
        const std::string type = option->get_type_name();
        const auto is = [&type](const char* name) { return type.rfind(name, 0) == 0; };
        const bool whole = is("INT") || is("UINT"), unsignedOnly = is("UINT");
        if (!whole && !is("FLOAT")) continue;
        option->transform(CLI::Validator(
            [whole, unsignedOnly](std::string& text) {
                if (unsignedOnly && text.rfind('-', 0) == 0) return "'" + text + "' is negative.";
                return problemOfNumber(text, whole);
            },
            ""));
    }
    for (CLI::App* inner : app.get_subcommands([](const CLI::App*) { return true; })) checkNumbers(*inner);
}

}  // namespace thaw::cli
