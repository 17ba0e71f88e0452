// Where things lie: the XDG folders, all of them below THAW_HOME instead when that is set (tests, portable use).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::core {

std::filesystem::path dataFolder();  ///< $XDG_DATA_HOME/thaw: data sets, weights, runs, lessons
std::filesystem::path datasetsFolder();
std::filesystem::path weightsFolder();
std::filesystem::path runsFolder();
std::filesystem::path lessonsFolder();
std::filesystem::path cacheFolder();   ///< $XDG_CACHE_HOME/thaw: features, measured speeds
std::filesystem::path configFolder();  ///< $XDG_CONFIG_HOME/thaw
std::filesystem::path stateFolder();   ///< $XDG_STATE_HOME/thaw: log files

/// A file or folder of the program's own resources ("lessons", "weights/vgg16-imagenet-int8.safetensors"): relative to the
/// executable (../share/thaw), then the source tree it was built from. Empty when neither has it.
std::filesystem::path resourcePath(const std::string& relative);

/// Where a path leads from the current folder: absolute, without "." and "..", symbolic links as they are. Empty stays empty.
std::filesystem::path absolutePath(const std::filesystem::path& path);

/// create_directories with a StoreError that names the folder and says what to do.
void ensureFolder(const std::filesystem::path& folder);
/// Bytes free for this user on the folder's file system; -1 when unknown.
long long freeSpace(const std::filesystem::path& folder);

}  // namespace thaw::core
