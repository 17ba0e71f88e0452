// A network as lines of text that TorchScript and Python read alike.
#pragma once

#include <functional>
#include <string>

#include "core/model/graph.h"

namespace thaw::core {

struct TextDialect {
    std::string operations;                                        ///< what stands before LibTorch's operations: "torch."
    std::function<std::string(const std::string& tensor)> tensor;  ///< how a parameter or buffer is read
};

/// Lines of a function's body, indented by `indent` spaces, that compute the network's output from the value called `input`; the
/// last one returns it. Dropouts are left out.
std::string graphText(const Network& network, const std::string& input, int indent, const TextDialect& dialect);

}  // namespace thaw::core
