#include <algorithm>
#include <charconv>

#include "core/api/prediction.h"
#include "core/store/atomic_file.h"
#include "core/util/csv_text.h"

namespace thaw::core {
namespace {

constexpr int kGuesses = 5;

std::string number(float value) {
    char buffer[32];
    return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

}  // namespace

std::string predictionTable(const std::vector<FilePrediction>& files, const std::vector<std::string>& classNames) {
    const auto nameOf = [&](int index) { return csvField(validUtf8(classNames[static_cast<std::size_t>(index)])); };
    const bool labelled = std::any_of(files.begin(), files.end(), [](const FilePrediction& file) { return file.label >= 0; });
    std::string table = labelled ? "file,true,predicted,probability" : "file,predicted,probability";
    for (int place = 1; place <= kGuesses; ++place)
        table += ",top" + std::to_string(place) + ",top" + std::to_string(place) + "_probability";
    table += ",error\r\n";
    for (const FilePrediction& file : files) {
        const int classes = static_cast<int>(std::min(file.probabilities.size(), classNames.size()));
        const std::vector<int> best = topK(file.probabilities.data(), classes, kGuesses);
        const auto guess = [&](std::size_t place) {
            if (place >= best.size()) return std::string(",,");
            return ',' + nameOf(best[place]) + ',' + number(file.probabilities[static_cast<std::size_t>(best[place])]);
        };
        table += csvName(file.file.string());
        if (labelled) table += ',' + (file.label >= 0 ? nameOf(file.label) : std::string());
        table += guess(0);
        for (std::size_t place = 0; place < kGuesses; ++place) table += guess(place);
        table += ',' + csvField(validUtf8(file.error)) + "\r\n";
    }
    return table;
}

void writePredictionTable(const std::vector<FilePrediction>& files, const std::vector<std::string>& classNames,
                          const std::filesystem::path& csv) {
    writeFileAtomically(csv, predictionTable(files, classNames));
}

}  // namespace thaw::core
