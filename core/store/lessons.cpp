#include <algorithm>
#include <array>

#include "core/api/config.h"
#include "core/data/dataset.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/strict_json.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLessonBytes = 1u << 20;

// The order in which people meet them.
constexpr std::array<const char*, 12> kOrder = {"lesson",       "lesson-as-written", "lesson-64",    "fine-tune-all",
                                                "from-scratch", "own-pictures",      "few-pictures", "two-classes",
                                                "words-frozen", "words-last-layer",  "words-all",    "gpt-shakespeare"};

std::size_t rankOf(const Lesson& lesson) {
    return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), lesson.name) - kOrder.begin());
}

Lesson readLesson(const fs::path& file) {
    Lesson lesson;
    lesson.name = file.stem().string();
    lesson.title = lesson.name;
    lesson.file = file;
    try {
        const std::string text = readSmallFile(file, kLessonBytes);
        std::vector<std::string> unknown;
        lesson.config = configFromJson(text, {}, &unknown);
        lesson.note = unknownSettingsNote(unknown);
        lesson.config.preset = lesson.name;
        if (lesson.config.title.empty()) lesson.config.title = lesson.name;
        lesson.title = lesson.config.title;

        const nlohmann::json document = parseStrictJson(text);
        JsonFields fields(document, "");
        fields.read("description", lesson.description);
        fields.read("claims", lesson.claims);
        fields.read("claimsDataset", lesson.claimsDataset);
        for (const double claim : lesson.claims)
            if (!(claim >= 0 && claim <= 1)) throw ConfigError("claims: expected accuracies from 0 to 1.");
        if (lesson.claims.size() > lesson.config.phases.size())
            throw ConfigError("claims: expected at most one accuracy a phase.");

        const std::vector<std::string> known = datasetIds();
        if (!lesson.claimsDataset.empty() && std::find(known.begin(), known.end(), lesson.claimsDataset) == known.end())
            throw ConfigError("claimsDataset: there is no data set \"" + lesson.claimsDataset + "\".");

        const std::vector<std::string> problems = validate(lesson.config);
        if (!problems.empty()) lesson.problem = problems.front();
    } catch (const Error& error) {
        lesson.problem = error.what();
    }
    return lesson;
}

std::vector<Lesson> readFolder(const fs::path& folder) {
    std::vector<Lesson> lessons;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->path().extension() == ".json") lessons.push_back(readLesson(it->path()));
    std::sort(lessons.begin(), lessons.end(),
              [](const Lesson& a, const Lesson& b) { return rankOf(a) != rankOf(b) ? rankOf(a) < rankOf(b) : a.name < b.name; });
    return lessons;
}

/// "My lesson, 2nd try" -> "my-lesson-2nd-try"; letters beyond ASCII stay.
std::string fileNameOf(const std::string& title) {
    std::string name;
    for (const char c : title) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        if (letter)
            name += c;
        else if (c >= 'A' && c <= 'Z')
            name += static_cast<char>(c - 'A' + 'a');
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    while (!name.empty() && name.back() == '-') name.pop_back();
    return name;
}

}  // namespace

Lesson saveLesson(const std::string& title, const std::string& description, const RunConfig& config) {
    const std::string name = fileNameOf(title);
    if (name.empty() || name.size() > 100)
        throw ConfigError("A lesson needs a short name with letters in it.", "Type another name.");
    if (fs::exists(resourcePath("lessons") / (name + ".json")))
        throw ConfigError("Thaw has a lesson called \"" + name + "\" of its own.", "Type another name.");
    RunConfig lesson = config;
    lesson.preset = name;
    lesson.title = title;
    lesson.output.clear();
    lesson.data.directory.clear();
    lesson.cache.directory.clear();
    lesson.weights = absolutePath(lesson.weights);
    const std::vector<std::string> problems = validate(lesson);
    if (!problems.empty()) throw ConfigError(problems.front(), "Correct the setting, then save the lesson.");
    auto document = parseOwnJson(toJson(lesson));
    document["description"] = description;
    const fs::path file = lessonsFolder() / (name + ".json");
    ensureFolder(file.parent_path());
    writeFileAtomically(file, jsonText(document, 2) + '\n');
    return readLesson(file);
}

std::vector<Lesson> listLessons() {
    std::vector<Lesson> lessons = readFolder(resourcePath("lessons"));
    const std::size_t own = lessons.size();
    for (Lesson& lesson : readFolder(lessonsFolder())) {
        const auto sameName = [&lesson](const Lesson& other) { return other.name == lesson.name; };
        if (std::any_of(lessons.begin(), lessons.begin() + static_cast<std::ptrdiff_t>(own), sameName))
            lesson.problem = "Thaw has a lesson of this name. Give the file another one.";
        lessons.push_back(std::move(lesson));
    }
    return lessons;
}

Lesson findLesson(const std::string& name) {
    std::string known;
    for (const Lesson& lesson : listLessons()) {
        if (lesson.name == name) {
            if (lesson.problem.empty()) return lesson;
            throw ConfigError("The lesson " + lesson.file.string() + " cannot be used: " + lesson.problem);
        }
        if (lesson.problem.empty()) known += (known.empty() ? "" : ", ") + lesson.name;
    }
    throw ConfigError("There is no lesson \"" + name + "\".",
                      known.empty() ? "The installation has no lessons. Install Thaw again." : "Lessons: " + known + '.');
}

}  // namespace thaw::core
