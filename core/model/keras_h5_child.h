// What parent and child of an HDF5 import agree on.
#pragma once

namespace thaw::core {

inline constexpr const char* kHdf5ChildFlag = "--thaw-import-hdf5";   ///< then the HDF5 file, then the safetensors file to write
inline constexpr const char* kHdf5ChildVariable = "THAW_HDF5_CHILD";  ///< set in the child's environment
inline constexpr const char* kHdf5OthersKey = "tensors_not_read";     ///< metadata: JSON list of {name, dtype, shape}

}  // namespace thaw::core
