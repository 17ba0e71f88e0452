#include "core/train/feature_pass.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/train/rungs.h"

namespace thaw::core {

FeaturePass::FeaturePass(const InputSource& source, const StagedModel& model, int base, std::vector<int> rungs,
                         std::vector<FeaturePart> parts)
    : m_source(source), m_model(model), m_base(base), m_rungs(std::move(rungs)), m_parts(std::move(parts)),
      m_slice(sliceSize(source.inputSize)) {
    for (FeaturePart part : m_parts) {
        m_total += rowsOf(part);
        for (int rung : m_rungs)
            m_blocks[{rung, part}] = std::make_shared<FeatureBlock>(rowsOf(part), rungFloats(model.info(), rung));
    }
}

void FeaturePass::startSlice() {
    const FeaturePart part = m_parts[m_part];
    const std::vector<std::int64_t> rows = rowRange(m_row, std::min(rowsOf(part), m_row + m_slice));
    std::vector<PictureChange> changes;
    if (part == FeaturePart::TrainFlipped) changes.assign(rows.size(), PictureChange{/*flip=*/true});
    m_forward.start(m_source.rows(splitOf(part), m_base, rows, changes), m_base, m_rungs.back());
}

bool FeaturePass::advance(const Deadline& deadline, const StageListener& timed, FeatureStore& store) {
    while (m_part < m_parts.size()) {
        const FeaturePart part = m_parts[m_part];
        if (!m_forward.active()) startSlice();
        const auto keep = [&](int stagesDone, const torch::Tensor& output) {
            if (!std::binary_search(m_rungs.begin(), m_rungs.end(), stagesDone)) return;
            const torch::Tensor host = output.cpu().contiguous();
            std::memcpy(m_blocks[{stagesDone, part}]->writableRow(m_row), host.data_ptr<float>(),
                        static_cast<std::size_t>(host.numel()) * sizeof(float));
        };
        if (!m_forward.advance(m_model, deadline, timed, keep)) return false;
        const std::int64_t rows = m_forward.takeResult().size(0);
        m_row += rows;
        m_done += rows;
        if (m_row >= rowsOf(part)) {
            m_row = 0;
            ++m_part;
        }
        if (deadline.passed() && m_part < m_parts.size()) return false;
    }
    for (const auto& [place, block] : m_blocks) store.put(place.first, place.second, block);
    return true;
}

}  // namespace thaw::core
