#include "core/util/environment.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>

namespace thaw::core {

namespace {

constexpr char kUnused[] = "THAW_UNUSED=";
std::array<char, 64> place{};  // belongs to the environment from reserveVariable() on

}  // namespace

void reserveVariable() {
    if (place[0] != '\0') return;
    std::copy(std::begin(kUnused), std::end(kUnused), place.begin());
    putenv(place.data());
}

void setReservedVariable(const std::string& name, const std::string& value) {
    const std::string text = name + '=' + value;
    const bool reserved = std::equal(std::begin(kUnused), std::end(kUnused), place.begin());
    if (!reserved || text.size() >= place.size()) {
        setenv(name.c_str(), value.c_str(), /*overwrite=*/1);
        return;
    }
    // From the end on, so that the name is whole only when the value is.
    for (std::size_t i = text.size(); i-- > 0;) {
        place[i] = text[i];
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
}

}  // namespace thaw::core
