#include "core/store/system_error.h"

#include <cerrno>
#include <system_error>

#include "core/store/paths.h"

namespace thaw::core {

namespace {

std::string hintFor(const std::filesystem::path& file, int code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT: {
            const long long free = freeSpace(file.parent_path());
            const std::string left = free < 0 ? "" : " (" + std::to_string(free / 1'000'000) + " MB are free)";
            return "Free some space on this disk" + left + ", or choose a folder on another one.";
        }
        case EFBIG:
            return "This account or file system limits the size of a file. Raise the limit, or choose another folder.";
        case EACCES:
        case EPERM:
            return "Change the permissions of the folder, or choose another one.";
        case EROFS:
            return "This file system is read-only. Choose another folder.";
        case ENOENT:
        case ENOTDIR:
            return "Check the path.";
        case EIO:
            return "The disk reports an error. Check it before you go on.";
        default:
            return {};
    }
}

}  // namespace

StoreError systemError(const std::string& what, const std::filesystem::path& file, int code) {
    return StoreError(what + ' ' + file.string() + ": " + std::generic_category().message(code) + '.', hintFor(file, code));
}

}  // namespace thaw::core
