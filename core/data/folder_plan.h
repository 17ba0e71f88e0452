// Which folders of a folder of pictures are classes and which are splits, told by their names and by what lies in them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/api/dataset_info.h"
#include "core/data/folder_scout.h"

namespace thaw::core {

struct SplitPlan {
    std::filesystem::path folder;    ///< holds the class folders; empty: there is no such split
    std::vector<Subfolder> classes;  ///< each holds pictures; in the order of their names
};

struct FolderPlan {
    SplitPlan train, validation, test;             ///< without a test split a part of each class is held back
    std::vector<std::string> notes;                ///< what was guessed
    std::vector<LeftOutFile> leftOut;              ///< folders that are neither
    std::vector<std::filesystem::path> toPredict;  ///< test splits without class folders, and those that are called unlabelled
    std::vector<std::filesystem::path> loose;      ///< folders whose own files are outside of all classes
};

/// The rules, in this order, on `folder`'s own folders that hold pictures:
/// 1. A folder named as a training split that has class folders: it is trained on. Folders named as validation and test splits
///    that have class folders are the other splits; with only one of the two, that one tests. Class folders may lie one folder
///    deeper (training_set/training_set, train/images). Whatever else is there is left out.
/// 2. Two or more others: they are the classes. Folders that are named as a split or a holder are left out.
/// 3. One folder that has all of this in it: it is entered, and said.
/// Throws DataError that says what is missing, and names the folder that would do where there is one.
FolderPlan planFolders(const std::filesystem::path& folder);

/// Whether planFolders() would find classes. Never throws.
bool isFolderPlan(const std::filesystem::path& folder);

}  // namespace thaw::core
