// Loaded before the C library (LD_PRELOAD): as long as the file that THAW_TEST_STUCK_WHILE names is there, a disk does not
// answer. Whoever reads or syncs a file whose path has THAW_TEST_STUCK_ON in it waits.
#include <dlfcn.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <class Function>
Function* nextFunction(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void waitWhileStuck(int descriptor) {
    const char* const flag = std::getenv("THAW_TEST_STUCK_WHILE");
    const char* const on = std::getenv("THAW_TEST_STUCK_ON");
    if (descriptor < 3 || !flag || !on || ::access(flag, F_OK) != 0) return;
    char path[4096];
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(descriptor)).c_str(), path, sizeof path - 1);
    if (size <= 0) return;
    path[size] = '\0';
    while (std::strstr(path, on) && ::access(flag, F_OK) == 0) ::usleep(10'000);
}

}  // namespace

extern "C" {

int fsync(int descriptor) {
    waitWhileStuck(descriptor);
    return nextFunction<int(int)>("fsync")(descriptor);
}

ssize_t read(int descriptor, void* data, size_t bytes) {
    waitWhileStuck(descriptor);
    return nextFunction<ssize_t(int, void*, size_t)>("read")(descriptor, data, bytes);
}

ssize_t readv(int descriptor, const iovec* parts, int count) {
    waitWhileStuck(descriptor);
    return nextFunction<ssize_t(int, const iovec*, int)>("readv")(descriptor, parts, count);
}

}  // extern "C"
