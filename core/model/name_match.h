// A trunk's tensors by their own names: torchvision's, Keras's in its files, or those that Thaw writes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/model/keras_names.h"
#include "core/model/tensor_taker.h"

namespace thaw::core {

/// The trunk's tensors behind one prefix: the one that most of them share.
class NameMatch : public Taker {
public:
    NameMatch(const Tensors& tensors, const TrunkLayout& layout, const PlainNames& names);

    /// The file holds this trunk and nothing larger.
    bool fits() const { return isComplete() && !m_more && result.misshapen.empty(); }
    /// The file has more layers where the trunk's are: a larger network of the same kind.
    bool hasMore() const { return m_more; }

private:
    bool m_more = false;
};

/// By the names that fit best. Of a layout that is no chain.
NameMatch matchNames(const Tensors& tensors, const TrunkLayout& layout);

}  // namespace thaw::core
