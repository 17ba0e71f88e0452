// A trunk without a network: the features of a picture are the means of its colours.
#pragma once

#include "core/api/engine_info.h"
#include "ui/bridge/collect_worker.h"

namespace thaw::test {

class FakeCollector : public core::Collector {
public:
    const core::CollectTrunk& trunk() const override { return m_trunk; }
    const std::string& title() const override { return m_title; }
    int featureCount() const override { return 3; }
    std::vector<float> features(const core::RgbPicture& picture) override {
        std::vector<double> sums(3);
        for (std::size_t i = 0; i < picture.rgb.size(); ++i) sums[i % 3] += picture.rgb[i];
        std::vector<float> means;
        for (const double sum : sums) means.push_back(static_cast<float>(sum / (picture.width * picture.height)));
        return means;
    }
    core::FileFeatures features(const std::filesystem::path& file) override {
        if (!m_reader) m_reader = core::makeCollector({"squeezenet1_1", {}, 32});
        core::RgbPicture picture = m_reader->features(file).picture;
        std::vector<float> means = features(picture);
        return {std::move(means), std::move(picture)};
    }

private:
    core::CollectTrunk m_trunk{"mobilenet_v2", {}, 96};
    std::string m_title = "MobileNetV2";
    std::unique_ptr<core::Collector> m_reader;  // of files
};

/// The real store and the real head on it.
inline ui::CollectFactory fakeCollectFactory() {
    ui::CollectFactory factory = ui::coreCollectFactory();
    factory.collector = [] { return std::make_unique<FakeCollector>(); };
    factory.prepareThread = [] { core::useComputeThreads(1); };
    return factory;
}

}  // namespace thaw::test
