// Takes tensors of a file for those of a trunk, where shape and type are right, and keeps what is missing or wrong.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/model/keras_names.h"
#include "core/model/trunk_match.h"

namespace thaw::core {

/// "features.0.weight: both "a" and "b" could be it"
std::string bothCouldBe(const std::string& trunkName, const std::string& one, const std::string& other);

class Taker {
public:
    /// Both must outlive this.
    Taker(const Tensors& tensors, const TrunkLayout& layout) : m_tensors(&tensors) { result.layout = layout; }

    bool isComplete() const { return result.found.size() == result.layout.tensors.size(); }

    TrunkMatch result;

protected:
    /// Candidates for one tensor of the layout, and for its scales.
    void take(std::size_t index, const std::vector<Named>& candidates, const std::vector<Named>& scales);

private:
    bool takeScale(const TensorSpec& wanted, const std::vector<Named>& scales, TrunkMatch::Found& found);

    const Tensors* m_tensors;
};

}  // namespace thaw::core
