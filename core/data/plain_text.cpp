#include "core/data/plain_text.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/api/errors.h"
#include "core/data/text_files.h"
#include "core/store/paths.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20, kSection = 4000;
constexpr double kTrainingShare = 0.9;
constexpr const char* kPlays = "shakespeare.txt";

std::string cleaned(const std::string& text) {
    std::string clean;
    clean.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r')
            clean += text[i];
        else if (i + 1 == text.size() || text[i + 1] != '\n')
            clean += '\n';
    return clean;
}

std::string readAll(const fs::path& location, EncodingCounts& encodings) {
    std::error_code ignored;
    const bool folder = fs::is_directory(location, ignored);
    const std::vector<fs::path> files = folder ? listTexts(location).files : std::vector<fs::path>{location};
    std::string all;
    for (const fs::path& file : files) {
        if (!all.empty() && all.back() != '\n') all += '\n';
        all += cleaned(readTextFile(file, kMostBytes - std::min(kMostBytes - 1, all.size()), encodings));
    }
    return all;
}

/// The place behind the first line end from `at` on; in a line that is longer than a section the next letter's.
std::size_t lineEndAfter(const std::string& text, std::size_t at) {
    const std::size_t line = text.find('\n', at);
    if (line < at + kSection) return line + 1;
    std::size_t place = std::min(text.size(), at + kSection);
    while (place < text.size() && (static_cast<unsigned char>(text[place]) & 0xC0u) == 0x80u) ++place;
    return place;
}

std::vector<std::string> sectionsOf(const std::string& text, std::size_t begin, std::size_t end) {
    std::vector<std::string> sections;
    while (begin < end) {
        const std::size_t next = begin + kSection >= end ? end : std::min(end, lineEndAfter(text, begin + kSection));
        sections.push_back(text.substr(begin, next - begin));
        begin = next;
    }
    return sections;
}

/// By split: training, test.
std::pair<std::vector<std::string>, std::vector<std::string>> splitsOf(const fs::path& location, EncodingCounts& encodings) {
    const std::string text = readAll(location, encodings);
    if (isBlank(text)) throw DataError(location.string() + " holds no text.", "Choose a .txt file with some pages of text.");
    const auto border = static_cast<std::size_t>(kTrainingShare * static_cast<double>(text.size()));
    const std::size_t cut = lineEndAfter(text, border);
    auto train = sectionsOf(text, 0, cut), test = sectionsOf(text, cut, text.size());
    if (test.empty())
        throw DataError(location.string() + " is too short to train on nine tenths of it and to test on the last one.",
                        "Choose a text of several lines and some pages.");
    return {std::move(train), std::move(test)};
}

class PlainText : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "plain-text";
        info.title = "Plain text";
        info.modality = Modality::Texts;
        info.task = TaskKind::ContinueText;
        info.description = "Your own text (.txt): a model learns to continue it.";
        info.installHint = "Choose a .txt file, or a folder of some, whose text the model is to continue";
        return info;
    }

    bool hasOwnNames() const override { return false; }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        if (fs::is_regular_file(place, ignored)) return hasEnding(place, {".txt"}) ? place : fs::path();
        if (!fs::is_directory(place, ignored)) return {};
        try {
            return listTexts(place).files.empty() ? fs::path() : place;
        } catch (const DataError&) {  // a folder that cannot be read
            return {};
        }
    }

    std::vector<fs::path> files(const fs::path& location) const override {
        std::error_code ignored;
        return fs::is_directory(location, ignored) ? listTexts(location).files : std::vector<fs::path>{location};
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        EncodingCounts encodings;
        const auto [train, test] = splitsOf(location, encodings);
        DatasetLabels labels;
        if (const std::string note = noteOf(encodings); !note.empty()) labels.notes.push_back(note);
        labels.task = TaskKind::ContinueText;
        labels.title = "The text of " + location.filename().string();
        labels.classNames = {"text"};
        labels.train.first.assign(train.size(), 0);
        labels.test.first.assign(test.size(), 0);
        return labels;
    }

    PictureSet readPictures(const fs::path& location, Split split, const std::vector<std::int64_t>& indices, int,
                            PictureReading& reading) const override {
        reading.tell(0, static_cast<std::int64_t>(indices.size()));
        EncodingCounts told;  // by readLabels()
        auto [train, test] = splitsOf(location, told);
        std::vector<std::string>& all = split == Split::Test ? test : train;
        auto texts = std::make_shared<std::vector<std::string>>();
        for (const std::int64_t index : indices) texts->push_back(std::move(all.at(static_cast<std::size_t>(index))));
        PictureSet set;
        set.labels.assign(indices.size(), 0);
        set.texts = std::move(texts);
        return set;
    }
};

class Shakespeare final : public PlainText {
public:
    DatasetInfo describe() const override {
        DatasetInfo info = PlainText::describe();
        info.id = "shakespeare";
        info.title = "Shakespeare's plays";
        info.description = "Nine plays. A model learns to continue them.";
        info.installHint = "Install Thaw again: its file share/thaw/texts/shakespeare.txt is missing";
        return info;
    }

    fs::path builtIn() const override { return resourcePath(std::string("texts/") + kPlays); }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        return place.filename() == kPlays && fs::is_regular_file(place, ignored) ? place : fs::path();
    }

    DatasetLabels readLabels(const fs::path& location) const override {
        DatasetLabels labels = PlainText::readLabels(location);
        labels.title.clear();
        return labels;
    }
};

}  // namespace

std::vector<std::unique_ptr<DatasetSource>> makePlainTextSources() {
    std::vector<std::unique_ptr<DatasetSource>> sources;
    sources.push_back(std::make_unique<Shakespeare>());
    sources.push_back(std::make_unique<PlainText>());
    return sources;
}

}  // namespace thaw::core
