#include "core/store/paths.h"

#include <pwd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include "core/store/system_error.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

fs::path fromEnvironment(const char* name) {
    const char* value = std::getenv(name);
    return value ? fs::path(value) : fs::path();
}

fs::path homeFolder() {
    if (const fs::path home = fromEnvironment("HOME"); home.is_absolute()) return home;
    const passwd* user = getpwuid(getuid());
    return user && user->pw_dir ? fs::path(user->pw_dir) : fs::path("/");
}

// The XDG specification: a relative path in one of its variables is to be ignored.
fs::path xdgFolder(const char* variable, const char* fallback, const char* portable) {
    if (const fs::path root = fromEnvironment("THAW_HOME"); !root.empty()) return absolutePath(root) / portable;
    if (const fs::path folder = fromEnvironment(variable); folder.is_absolute()) return folder / "thaw";
    return homeFolder() / fallback / "thaw";
}

}  // namespace

fs::path dataFolder() { return xdgFolder("XDG_DATA_HOME", ".local/share", "data"); }
fs::path datasetsFolder() { return dataFolder() / "datasets"; }
fs::path weightsFolder() { return dataFolder() / "weights"; }
fs::path runsFolder() { return dataFolder() / "runs"; }
fs::path lessonsFolder() { return dataFolder() / "lessons"; }
fs::path cacheFolder() { return xdgFolder("XDG_CACHE_HOME", ".cache", "cache"); }
fs::path configFolder() { return xdgFolder("XDG_CONFIG_HOME", ".config", "config"); }
fs::path stateFolder() { return xdgFolder("XDG_STATE_HOME", ".local/state", "state"); }

fs::path resourcePath(const std::string& relative) {
    std::error_code ignored;
    const fs::path installed = fs::path(THAW_INSTALL_DATADIR);
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    const fs::path shared = installed.is_absolute() ? installed : program.parent_path().parent_path() / installed;
    for (const fs::path& root : {shared, fs::path(THAW_SOURCE_RESOURCES)})
        if (fs::path candidate = root / relative; fs::exists(candidate, ignored)) return candidate;
    return {};
}

fs::path absolutePath(const fs::path& path) {
    if (path.empty()) return {};
    const fs::path whole = fs::absolute(path);
    fs::path normal = whole.lexically_normal();
    if (!normal.has_filename()) normal = normal.parent_path();  // no slash at the end
    // ".." behind a symbolic link leads elsewhere than the letters say.
    std::error_code ignored;
    const bool elsewhere = fs::exists(whole, ignored) && !fs::equivalent(whole, normal, ignored);
    return elsewhere ? whole : normal;
}

void ensureFolder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    // create_directories reports no error where a dangling link or an unreadable parent stands in the way.
    if (!error && !fs::is_directory(folder, error) && !error) error = std::make_error_code(std::errc::not_a_directory);
    if (error) throw systemError("Cannot create the folder", folder, error.value());
}

long long freeSpace(const fs::path& folder) {
    struct statvfs info {};
    if (statvfs(folder.empty() ? "." : folder.c_str(), &info) != 0) return -1;
    return static_cast<long long>(info.f_bavail) * static_cast<long long>(info.f_frsize);
}

}  // namespace thaw::core
