#include "core/data/folder_names.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

namespace thaw::core {

namespace {

bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isLower(char c) { return c >= 'a' && c <= 'z'; }

using Words = std::initializer_list<const char*>;
constexpr Words kTrain = {"train", "training", "trn", "trainval", "trainvalid"};
constexpr Words kValidation = {"val",  "valid",    "validate",   "validation",  "validating", "dev",      "devel",
                               "eval", "evaluate", "evaluation", "development", "holdout",    "crossval", "heldout"};
constexpr Words kTest = {"test", "testing", "tests", "tst"};
constexpr Words kUnlabelled = {"unlabeled", "unlabelled", "unlabel",     "unsup",     "unsupervised", "unannotated", "pred",
                               "predict",   "prediction", "predictions", "inference", "submission",   "submissions"};
// Stand beside such a word and change nothing.
constexpr Words kFillers = {"set",    "sets",   "data",    "dataset",  "datasets", "image",  "images", "img", "imgs",
                            "pics",   "pic",    "picture", "pictures", "photo",    "photos", "folder", "dir", "split",
                            "splits", "sample", "samples", "file",     "files",    "part",   "subset", "seg", "the",
                            "final",  "new",    "full",    "small",    "raw",      "jpg",    "jpeg",   "png", "only"};
constexpr Words kHolders = {"image", "images", "img", "imgs", "jpegimages", "imagesets", "data", "dataset", "datasets"};
constexpr Words kMarks = {
    "label",       "labels",       "annotation",        "annotations",       "annot", "annots", "bboxes", "masks", "mask",
    "groundtruth", "segmentation", "segmentationclass", "segmentationobject"};
constexpr Words kJunk = {"__macosx",    "@eadir",   "$recycle.bin", "system volume information",
                         "lost+found",  "#recycle", "@recycle",     "recycler",
                         "__pycache__", "#snapshot"};

bool isOneOf(Words words, const std::string& text) {
    return std::any_of(words.begin(), words.end(), [&](const char* word) { return text == word; });
}

// "TrainingSet_2" as {"training", "set"}: digits tell parts of one thing apart.
std::vector<std::string> wordsOf(const std::string& name) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool letter = isUpper(c) || isLower(c) || static_cast<unsigned char>(c) >= 0x80;
        const bool begins = isUpper(c) && i > 0 && isLower(name[i - 1]);
        if ((!letter || begins) && !words.back().empty()) words.emplace_back();
        if (letter) words.back() += c;
    }
    for (std::string& word : words) word = lowered(word);
    words.erase(std::remove(words.begin(), words.end(), std::string()), words.end());
    return words;
}

// The word itself, or with a filler joined to it: "trainset", "testimages".
bool means(Words roles, const std::string& word) {
    return std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
        return word == role || (word.compare(0, role.size(), role) == 0 && isOneOf(kFillers, word.substr(role.size())));
    });
}

FolderRole roleOfWord(const std::string& word) {
    for (const auto& [roles, role] : {std::pair(kTrain, FolderRole::Train), std::pair(kValidation, FolderRole::Validation),
                                      std::pair(kTest, FolderRole::Test), std::pair(kUnlabelled, FolderRole::Unlabelled)})
        if (means(roles, word)) return role;
    return FolderRole::Plain;
}

std::string lettersOf(const std::string& name) {
    std::string letters;
    for (const std::string& word : wordsOf(name)) letters += word;
    return letters;
}

// "asl_alphabet_train": the word of a split, and the words around it.
struct Divided {
    FolderRole role = FolderRole::Plain;
    std::string rest;
};

Divided dividedName(const std::string& name) {
    Divided divided;
    for (const std::string& word : wordsOf(name)) {
        const FolderRole role = roleOfWord(word);
        if (role == FolderRole::Plain)
            divided.rest += word + ' ';
        else
            divided.role = role;
    }
    return divided;
}

}  // namespace

std::string unlabelledNote(const std::filesystem::path& folder) {
    return "The folder \"" + folder.filename().string() + "\" has no labels: its pictures are for the trained network to name.";
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return isUpper(c) ? char(c - 'A' + 'a') : c; });
    return text;
}

FolderRole folderRole(const std::string& name) {
    if (name.rfind('.', 0) == 0 || isOneOf(kJunk, lowered(name))) return FolderRole::Junk;
    const std::string letters = lettersOf(name);
    if (isOneOf(kHolders, letters) || isOneOf(kMarks, letters)) return FolderRole::Holder;
    if (const FolderRole joined = roleOfWord(letters); joined != FolderRole::Plain) return joined;  // "un-labelled", "hold out"
    FolderRole role = FolderRole::Plain;
    bool holder = false;
    for (const std::string& word : wordsOf(name)) {
        const FolderRole own = roleOfWord(word);
        if (own == FolderRole::Plain && !isOneOf(kFillers, word)) return own;
        holder = holder || isOneOf(kHolders, word);
        if (own == FolderRole::Plain) continue;
        if (role != FolderRole::Plain && role != own) return FolderRole::Holder;  // "train_test_split"
        role = own;
    }
    return role == FolderRole::Plain && holder ? FolderRole::Holder : role;
}

FolderRole folderRole(const std::string& name, const std::vector<std::string>& others) {
    const FolderRole own = folderRole(name);
    if (own != FolderRole::Plain) return own;
    const Divided mine = dividedName(name);
    if (mine.role == FolderRole::Plain) return own;
    const bool paired = std::any_of(others.begin(), others.end(), [&](const std::string& other) {
        const Divided theirs = dividedName(other);
        return theirs.rest == mine.rest && theirs.role != mine.role && theirs.role != FolderRole::Plain;
    });
    return paired ? mine.role : own;
}

bool holdsMarks(const std::string& name) { return isOneOf(kMarks, lettersOf(name)); }

bool isBareTrain(const std::string& name) { return lowered(name) == "train"; }

bool hasContrary(const std::string& name, const std::vector<std::string>& others) {
    const std::string letters = lettersOf(name);
    return std::any_of(others.begin(), others.end(), [&](const std::string& other) {
        const std::string theirs = lettersOf(other);
        for (const char* prefix : {"in", "un", "no", "non", "not", "without"})
            if (theirs == prefix + letters || letters == prefix + theirs) return true;
        return false;
    });
}

}  // namespace thaw::core
