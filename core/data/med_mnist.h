// MedMNIST's two-dimensional sets: https://medmnist.com. What its own package (medmnist 3.0.2, info.py) says of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace thaw::core {

struct MedMnistSet {
    std::string id;           ///< "bloodmnist": its file is bloodmnist.npz, and bloodmnist_64.npz and so on where it is larger
    std::string title;        ///< "BloodMNIST"
    std::string description;  ///< a plain sentence
    bool grey = false;
    std::string licence;
    std::string md5;            ///< of the file with 28 x 28 pixels; empty: Thaw does not download it
    std::string sha256;         ///< the same; empty: unknown
    std::int64_t fileSize = 0;  ///< bytes; 0: unknown
    std::vector<std::string> classNames;
};

/// Those that Thaw downloads come first.
const std::vector<MedMnistSet>& medMnistSets();

/// The set that a file of this name belongs to, in any size and in any case; null: none of them. Pure.
const MedMnistSet* medMnistSetOf(const std::string& fileName);

}  // namespace thaw::core
