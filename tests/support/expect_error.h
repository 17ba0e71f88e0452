// What an action throws, as text to look into.
#pragma once

#include <string>

#include "core/api/errors.h"

namespace thaw::test {

/// "what | hint" of the ErrorType that the action throws; empty when it throws none. Other exceptions pass.
template <typename ErrorType, typename Action>
std::string errorOf(const Action& action) {
    try {
        action();
    } catch (const ErrorType& error) {
        return std::string(error.what()) + " | " + error.hint();
    }
    return {};
}

}  // namespace thaw::test
