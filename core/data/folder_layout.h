// A folder of pictures as a data set: every picture with its class and split, and what is left out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

struct FolderPicture {
    std::string file;  ///< its path: of a million, paths that are taken apart would fill the memory
    int label = 0;
};

struct FolderLayout {
    std::vector<std::string> classNames;  ///< alphabetical, so that labels do not depend on the file system
    std::vector<FolderPicture> train, validation, test;
    std::vector<std::string> notes;                ///< as DatasetInfo's
    std::string splitNote;                         ///< as DatasetLabels'
    std::vector<LeftOutFile> leftOut;              ///< as DatasetInfo's
    std::vector<LeftOutFile> unreadable;           ///< as DatasetLabels'
    std::vector<std::filesystem::path> toPredict;  ///< as DatasetInfo's
};

SplitLabels labelsOf(std::vector<FolderPicture> pictures);

enum class FolderUse {
    Training,
    Survey  ///< looking for what is wrong: bad pictures are listed however many they are, and a class may have a single picture
};

/// By the rules of planFolders(). Folders inside a class are entered; pictures are told by the first bytes of their content,
/// and refused when more than a tenth or all of a class's cannot be read. Without a test split a fifth of each class, at least
/// one picture, tests: always the same, chosen by a hash of the class's and the file's name. Classes of other splits may differ
/// from those of training in case. Throws DataError.
FolderLayout readFolderLayout(const std::filesystem::path& folder, FolderUse use = FolderUse::Training);

/// Which pictures of a class test where the data say nothing: a fifth, at least one, always the same, by a hash of the keys
/// ("<class>/<file>"). Pure.
std::vector<bool> testFifth(const std::vector<std::string>& keys);

}  // namespace thaw::core
