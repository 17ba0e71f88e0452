// What the name of a folder says about it: people name splits and holders of pictures in many ways, and none of these is a class.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::core {

enum class FolderRole {
    Plain,       ///< nothing: it may be a class
    Train,       ///< "train", "Training Set", "seg_train", "TRAIN", "train2017"
    Validation,  ///< "val", "validate", "dev", "eval", "valid_images"
    Test,        ///< "test", "Testing", "test1", "test-set"
    Unlabelled,  ///< "unlabeled", "pred", "submission"
    Holder,      ///< "images", "labels", "annotations", "data": pictures or what belongs to them, whatever they show
    Junk,        ///< "__MACOSX", "@eaDir", hidden folders: left by programs, holds no pictures of the user's
};

/// By the name alone, in any case and with any separators. Pure.
FolderRole folderRole(const std::string& name);

/// Of a folder that stands beside `others`: also "pets_train" where "pets_test" is there. Pure.
FolderRole folderRole(const std::string& name, const std::vector<std::string>& others);

/// A holder of what is drawn on pictures: "masks", "labels", "annotations". Pure.
bool holdsMarks(const std::string& name);

/// "train" itself, in any case: also a word for a class. Pure.
bool isBareTrain(const std::string& name);

/// Whether one of `others` is the contrary of this name ("invalid" of "valid", "no_data" of "data"): both are classes then. Pure.
bool hasContrary(const std::string& name, const std::vector<std::string>& others);

/// What is said of a folder whose pictures have no labels.
std::string unlabelledNote(const std::filesystem::path& folder);

/// Letters A to Z as a to z; others as they are. Pure.
std::string lowered(std::string text);

}  // namespace thaw::core
