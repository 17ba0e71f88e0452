#include "core/train/feature_pass.h"

#include <algorithm>
#include <utility>

#include "core/train/rungs.h"

namespace thaw::core {

FeaturePass::FeaturePass(const InputSource& source, const StagedModel& model, const RunConfig& config, int base,
                         std::vector<int> rungs, std::vector<FeaturePart> parts, const BlockMaker& makeBlock)
    : m_source(source),
      m_model(model),
      m_config(config),
      m_base(base),
      m_rungs(std::move(rungs)),
      m_parts(std::move(parts)),
      m_slice(sliceSize(model.info())) {
    for (FeaturePart part : m_parts) {
        m_total += rowsOf(part);
        m_orders[part] = orderOf(part);
        for (int rung : m_rungs) m_blocks[{rung, part}] = makeBlock(rung, part, rowsOf(part), rungFloats(model.info(), rung));
    }
}

std::vector<std::int64_t> FeaturePass::orderOf(FeaturePart part) const {
    std::vector<std::int64_t> order = rowRange(0, rowsOf(part));
    const TokenSet* tokens = m_source.tokens(splitOf(part));
    if (tokens)
        std::stable_sort(order.begin(), order.end(),
                         [&](std::int64_t a, std::int64_t b) { return tokens->length(a) < tokens->length(b); });
    return order;
}

/// Of a slice that is at work.
void FeaturePass::keep(int stagesDone, const State& state) {
    if (!std::binary_search(m_rungs.begin(), m_rungs.end(), stagesDone)) return;
    const FeaturePart part = m_parts[m_part];
    const torch::Tensor host = state.hidden.cpu().contiguous();
    FeatureBlock& block = *m_blocks[{stagesDone, part}];
    const std::int64_t* order = m_orders.at(part).data() + m_row;
    for (std::int64_t begin = 0, end = 1; begin < host.size(0); begin = end++) {
        while (end < host.size(0) && order[end] == order[end - 1] + 1) ++end;  // of pictures all at once
        block.write(order[begin], host.data_ptr<float>() + begin * block.floats(), end - begin);
    }
}

std::pair<std::vector<std::int64_t>, std::vector<PictureChange>> FeaturePass::sliceAt(FeaturePart part, std::int64_t row) const {
    const std::vector<std::int64_t>& order = m_orders.at(part);
    std::vector<std::int64_t> rows(order.begin() + row, order.begin() + std::min(rowsOf(part), row + m_slice));
    std::vector<PictureChange> changes;
    if (part.variant > 0)
        for (const std::int64_t one : rows) changes.push_back(variantOf(m_config.augmentation, m_config.seed, part.variant, one));
    return {std::move(rows), std::move(changes)};
}

bool FeaturePass::startSlice(const Deadline& deadline) {
    const FeaturePart part = m_parts[m_part];
    const auto [rows, changes] = sliceAt(part, m_row);
    State input = m_source.rowsBefore(deadline, splitOf(part), m_base, rows, changes);
    if (!input.defined()) return false;
    m_forward.start(std::move(input), m_base, m_rungs.back());
    const auto [next, nextChanges] = sliceAt(part, m_row + static_cast<std::int64_t>(rows.size()));
    m_source.expect(splitOf(part), m_base, next, nextChanges);
    return true;
}

bool FeaturePass::advance(const Deadline& deadline, const StageListener& timed, FeatureStore& store) {
    while (m_part < m_parts.size()) {
        if (!m_forward.active() && !startSlice(deadline)) return false;
        const auto keepThese = [this](int stagesDone, const State& state) { keep(stagesDone, state); };
        if (!m_forward.advance(m_model, deadline, timed, keepThese)) return false;
        const std::int64_t rows = m_forward.takeResult().rows();
        m_row += rows;
        m_done += rows;
        if (m_row >= rowsOf(m_parts[m_part])) {
            m_row = 0;
            ++m_part;
        }
        if (deadline.passed() && m_part < m_parts.size()) return false;
    }
    for (const auto& [place, block] : m_blocks) store.put(place.first, place.second, block);
    return true;
}

}  // namespace thaw::core
