#include "core/util/process.h"

#include <unistd.h>

#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>

namespace thaw::core {

namespace {

std::string contentOf(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

std::int64_t numberAt(const std::string& text, std::size_t position) {
    while (position < text.size() && text[position] == ' ') ++position;
    std::int64_t value = -1;
    std::from_chars(text.data() + position, text.data() + text.size(), value);
    return value;
}

}  // namespace

std::string bootId() {
    std::string id = contentOf("/proc/sys/kernel/random/boot_id");
    while (!id.empty() && std::isspace(static_cast<unsigned char>(id.back()))) id.pop_back();
    return id;
}

std::int64_t processStart(pid_t pid) {
    const std::string stat = contentOf("/proc/" + std::to_string(pid) + "/stat");
    // The name in parentheses may contain anything; the state is the field after it and the start the 20th after that.
    std::size_t position = stat.rfind(')');
    if (position == std::string::npos || position + 2 >= stat.size()) return -1;
    position += 2;
    if (stat[position] == 'Z' || stat[position] == 'X') return -1;
    for (int field = 3; field < 22; ++field) {
        position = stat.find(' ', position);
        if (position == std::string::npos) return -1;
        ++position;
    }
    return numberAt(stat, position);
}

double processStartTime(pid_t pid) {
    const std::int64_t ticks = processStart(pid);
    const std::string stat = contentOf("/proc/stat");
    const std::size_t line = stat.find("\nbtime ");
    if (ticks < 0 || line == std::string::npos) return -1;
    return static_cast<double>(numberAt(stat, line + 7)) + static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace thaw::core
