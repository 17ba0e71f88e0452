// The part of a tokeniser that turns text into ids: what stands between added tokens.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/tokenizer.h"

namespace thaw::core {

/// One thread at a time; copies share what does not change. Texts have no broken UTF-8.
class PieceModel {
public:
    virtual ~PieceModel() = default;
    /// Valid until the next call, and as long as `piece`.
    virtual std::string_view normalized(std::string_view piece) = 0;
    /// Appends the ids of a normalised text, which is not empty.
    virtual void encode(std::string_view text, std::vector<TokenId>& ids) = 0;
    /// Appends what an id of the vocabulary stands for.
    virtual void decode(TokenId id, std::string& text) const = 0;
    virtual std::unique_ptr<PieceModel> copy() const = 0;
};

}  // namespace thaw::core
