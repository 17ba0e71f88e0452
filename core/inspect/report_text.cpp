#include "core/inspect/report_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>

#include "core/api/text.h"
#include "core/util/number_text.h"

namespace thaw::core {

std::string fixedText(double value, int decimals) {
    if (!std::isfinite(value)) return "\u2013";
    char buffer[400];
    std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals).ptr);
    if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);
    return text;
}

std::string numberWords(double value) {
    if (!std::isfinite(value)) return "\u2013";
    if (value != 0 && std::abs(value) < 1e-6) return numberText(value);
    char buffer[64];
    // Four significant digits without an exponent.
    const int decimals = value == 0 ? 0 : std::max(0, 3 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
    std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals).ptr);
    if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

std::string scoreWords(const MetricInfo& metric, double value) {
    return metric.isShare ? percentWords(value) : fixedText(value, 2);
}

std::string percentWords(double share, int decimals) {
    const double percent = share * 100, unit = std::pow(10, decimals);
    // Halves go up, as they do in the window; to_chars takes them to the even digit.
    const bool half = std::fma(percent, unit, -std::floor(percent * unit)) == 0.5;
    return fixedText(half ? std::nextafter(percent, 1000) : percent, decimals) + "\u202F%";
}

std::string intervalWords(const Interval& interval) {
    return fixedText(interval.low * 100, 1) + " to " + percentWords(interval.high);
}

std::string countWords(std::int64_t count) { return groupedText(count); }

std::string durationWords(double seconds) {
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 60) return fixedText(seconds, seconds < 10 ? 1 : 0) + " s";
    if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string momentWords(double secondsSince1970) {
    const auto seconds = static_cast<std::time_t>(secondsSince1970);
    std::tm local{};
    localtime_r(&seconds, &local);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
    return text;
}

std::string shortened(const std::string& text, std::size_t letters) {
    const std::string valid = printableLine(text);
    std::size_t count = 0, cut = 0;
    for (std::size_t at = 0; at < valid.size(); ++at) {
        if ((static_cast<unsigned char>(valid[at]) & 0xC0) == 0x80) continue;
        if (count == letters - 1) cut = at;
        ++count;
    }
    return count <= letters ? valid : valid.substr(0, cut) + "\u2026";
}

std::string augmentationWords(const AugmentationConfig& augmentation) {
    std::string words;
    const auto say = [&words](bool on, const std::string& change) {
        if (on) words += (words.empty() ? "" : ", ") + change;
    };
    say(augmentation.flip, "horizontal flip");
    say(augmentation.verticalFlip, "vertical flip");
    say(augmentation.shift > 0, "shift up to " + std::to_string(augmentation.shift) + " pixels");
    say(augmentation.crop < 1, "random crops of at least " + percentWords(augmentation.crop, 0) + " of the area");
    say(augmentation.rotation > 0, "rotation up to " + numberText(augmentation.rotation) + " degrees");
    say(augmentation.colour > 0, "colours changed by up to " + percentWords(augmentation.colour, 0));
    say(augmentation.blur > 0, "blur up to " + numberText(augmentation.blur) + " pixels");
    say(augmentation.erasing > 0, "a part erased of " + percentWords(augmentation.erasing, 0) + " of the pictures");
    say(augmentation.mixUp > 0, "mix-up with alpha " + numberText(augmentation.mixUp));
    say(augmentation.moves() && augmentation.variants > 0, std::to_string(augmentation.variants) + " kept variants");
    return words.empty() ? "none" : words;
}

std::string classBalanceWords(const ClassBalanceConfig& balance) {
    std::string words = balance.weights == ClassWeights::Balanced ? "balanced class weights" : "";
    if (balance.weights == ClassWeights::ByHand) {
        for (const double weight : balance.byHand) words += (words.empty() ? "class weights " : ", ") + numberText(weight);
    }
    if (balance.balancedSampling) words += (words.empty() ? "" : "; ") + std::string("balanced epochs");
    return words;
}

}  // namespace thaw::core
