// What the score of an epoch's training batches is made of, as plain numbers that a checkpoint can hold.
#pragma once

#include <cstdint>
#include <vector>

namespace thaw::core {

struct TaskCounts {
    std::int64_t seen = 0;                ///< rows
    std::int64_t right = 0;               ///< one label: those whose class is the likeliest
    std::vector<std::int64_t> histogram;  ///< several labels: of each class, outputs by label and by size
    double loss = 0;                      ///< a text that is continued: sum of the rows' losses (nats)
    void add(const TaskCounts& other);
};

}  // namespace thaw::core
