// A failed system call as a sentence for people, with what to do about it.
#pragma once

#include <filesystem>
#include <string>

#include "core/api/errors.h"

namespace thaw::core {

/// "Cannot write /home/me/run.json: No space left on device." `code` is errno's value.
StoreError systemError(const std::string& what, const std::filesystem::path& file, int code);

}  // namespace thaw::core
