// Files that hold no weights which Thaw reads, called by what they are, with the step that leads to weights.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "core/model/untrusted.h"

namespace thaw::core {

inline constexpr const char* kReadableWeights =
    "Thaw reads weights as safetensors, as a state_dict of PyTorch (.pth, .pt) and as a Keras .h5 or .keras file.";

/// Throws WeightsError that names the kind of file, told by its content; "it is not a weights file" where nothing is known.
[[noreturn]] void refuseForeign(const UntrustedFile& file);

/// The same of a zip file that holds no state_dict, by the names of its members. Returns for one that may hold one.
void refuseForeignZip(const UntrustedFile& file, const std::set<std::string>& members);

/// Throws WeightsError for a state_dict's pickle that asks for this Python name. `wholeModel`: the pickle holds modules; `key`:
/// of the dictionary's entry that asks for it, empty where it is the whole file.
[[noreturn]] void refusePythonName(const UntrustedFile& file, const std::string& module, const std::string& name, bool wholeModel,
                                   const std::string& key);

/// Throws WeightsError that names a folder and the weights file in it that may be meant.
[[noreturn]] void refuseFolder(const std::filesystem::path& folder);

}  // namespace thaw::core
