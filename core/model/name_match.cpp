#include "core/model/name_match.h"

#include <cstring>
#include <set>
#include <utility>

#include "core/model/trunk_names.h"

namespace thaw::core {
namespace {

/// torchvision's first DenseNet files say norm.1 where today's module says norm1, and BERT's gamma and beta where they are now
/// weight and bias.
std::string modernName(std::string name) {
    for (const auto& [old, now] :
         {std::pair("LayerNorm.gamma", "LayerNorm.weight"), std::pair("LayerNorm.beta", "LayerNorm.bias")})
        if (const std::size_t at = name.find(old); at != std::string::npos) name.replace(at, std::strlen(old), now);
    if (name.find(".denselayer") == std::string::npos) return name;
    for (const char* part : {"norm", "conv"}) {
        for (const char* number : {"1", "2"}) {
            const std::string old = std::string(".") + part + "." + number + ".", now = std::string(".") + part + number + ".";
            if (const std::size_t at = name.find(old); at != std::string::npos) name.replace(at, old.size(), now);
        }
    }
    return name;
}

/// Names of torchvision and of Thaw, without what wraps them.
PlainNames torchNames(const Tensors& tensors) {
    PlainNames names;
    for (const auto& [name, tensor] : tensors)
        if (const std::string plain = modernName(withoutWrappers(name)); !plain.empty())
            names.byName[plain].push_back({name, TensorRole::Kernel, false});
    return names;
}

std::string bestPrefix(const PlainNames& names, const TrunkLayout& layout) {
    std::map<std::string, int> votes;
    std::set<std::string> wanted;
    for (const TensorSpec& tensor : layout.tensors) wanted.insert(tensor.name);
    for (const auto& [plain, own] : names.byName) {
        const auto vote = [&, &plain = plain](std::size_t at) {
            if (wanted.count(plain.substr(at)) > 0) ++votes[plain.substr(0, at)];
        };
        vote(0);
        for (std::size_t dot = plain.find('.'); dot != std::string::npos; dot = plain.find('.', dot + 1)) vote(dot + 1);
    }
    std::string best;
    int most = 0;
    for (const auto& [prefix, count] : votes)
        if (count > most) best = prefix, most = count;
    return best;
}

/// What some versions write beside the numbers of a layer: counters, the numbers of places, the masks of GPT-2's attention.
bool isIgnored(const std::vector<std::string>& parts) {
    const std::string& last = parts.back();
    const bool mask = last == "masked_bias" || (last == "bias" && parts.size() > 1 && parts[parts.size() - 2] == "attn");
    return last == "num_batches_tracked" || last == "position_ids" || mask;
}

}  // namespace

NameMatch::NameMatch(const Tensors& tensors, const TrunkLayout& layout, const PlainNames& names) : Taker(tensors, layout) {
    const std::string prefix = bestPrefix(names, layout);
    const auto named = [&](const std::string& wanted) {
        const auto found = names.byName.find(prefix + wanted);
        return found == names.byName.end() ? std::vector<Named>() : found->second;
    };
    const auto namedAs = [&](const TensorSpec& tensor) {
        std::vector<Named> all = named(tensor.name);
        for (Named& one : all) one.channelsLast |= tensor.transposed;
        return all;
    };
    std::set<std::string> used;
    for (std::size_t i = 0; i < layout.tensors.size(); ++i) {
        std::vector<Named> scales = named(layout.tensors[i].name + "_scale");
        for (Named& scale : scales) scale.role = TensorRole::Scale;
        take(i, namedAs(layout.tensors[i]), scales);
        used.insert(prefix + layout.tensors[i].name);
        used.insert(prefix + layout.tensors[i].name + "_scale");
    }
    std::set<std::string> roots;
    for (const TensorSpec& tensor : layout.tensors) roots.insert(nameParts(tensor.name).front());
    for (const auto& [plain, own] : names.byName) {
        if (used.count(plain) > 0) continue;
        for (const Named& one : own) result.unexpected.push_back(one.name);
        const bool inside = plain.compare(0, prefix.size(), prefix) == 0;
        const std::vector<std::string> parts = nameParts(inside ? plain.substr(prefix.size()) : std::string());
        if (inside && names.moreOfTheKind.count(plain) > 0) m_more = true;
        if (roots.count(parts.front()) > 0 && !isIgnored(parts)) m_more = true;
    }
}

NameMatch matchNames(const Tensors& tensors, const TrunkLayout& layout) {
    NameMatch best(tensors, layout, torchNames(tensors));
    if (layout.kerasLayers.empty()) return best;
    for (const KerasNumbers numbers : {KerasNumbers::OfNames, KerasNumbers::OfPlaces}) {
        NameMatch match(tensors, layout, kerasNames(tensors, layout.kerasLayers, numbers));
        const bool better = match.fits() || match.result.found.size() > best.result.found.size();
        if (!best.fits() && better) best = std::move(match);
    }
    return best;
}

}  // namespace thaw::core
