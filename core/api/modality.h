// What kind of samples a model reads and a data set holds.
#pragma once

namespace thaw::core {

enum class Modality { Pictures, Texts };

}  // namespace thaw::core
