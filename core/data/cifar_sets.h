// What CIFAR-10 and CIFAR-100 differ in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/api/dataset_info.h"

namespace thaw::core {

constexpr int kCifarSide = 32;
constexpr std::int64_t kCifarPixels = kCifarSide * kCifarSide;

struct CifarFile {
    const char* binary;  ///< its name in the binary version
    const char* python;  ///< the same pictures in the Python version
    Split split;
    std::int64_t records;  ///< at most
};

struct CifarSet {
    std::string id, title, description;
    std::vector<CifarFile> files;    ///< the training files in data-set order, then the test file
    int labelBytes = 1;              ///< before the pixels of a record; the last of them is used
    const char* pythonLabels = "";   ///< their name in the Python version
    std::vector<std::string> names;  ///< what the names of its folders and archives begin with
    /// A folder of files with common names is told by one of these beside them; empty: their names are their own.
    std::vector<std::string> companions;
    const char* binaryFolder = "";
    DownloadSource download;
    std::vector<std::string> classNames;

    std::int64_t recordBytes() const { return labelBytes + 3 * kCifarPixels; }
    std::string getAgain() const { return "Get " + title + " again in the data panel, or with: thaw-cli data get " + id; }
};

const CifarSet& cifar10Set();
const CifarSet& cifar100Set();

}  // namespace thaw::core
