// An Inspector without a network: drawn pictures, predictions that get better with each epoch, and maps, histograms and points
// that look like a network's. The presenter, the window and their screenshots are tested with it.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "ui/bridge/inspection_controller.h"

namespace thaw::test {

struct FakeInspectorScript {
    int picturesPerClass = 20;
    std::int64_t onlyPictures = 0;     ///< > 0: the first so many of them
    int epochs = 15, headEpochs = 10;  ///< kept checkpoints, one an epoch, besides "start"
    std::string failWith;              ///< every question but run(), checkpoints() and pictures() throws StoreError with it
    std::shared_ptr<std::atomic<bool>> failing = std::make_shared<std::atomic<bool>>(true);  ///< failWith counts while this is so
    std::string startProblem, gradientProblem;  ///< not empty: what needs the start or the training pictures is missing, and why
    bool severalLabels = false;                 ///< as withSeveralLabels() has them
    bool texts = false;                         ///< sentences in place of pictures, and a model that reads them
    bool continues = false;                     ///< a model that continues texts; scores are perplexities
    bool withoutPictures = false;               ///< no split can be read
    bool notFinite = false;                     ///< a training that went wrong: in all numbers there are some that are none
    std::string leftOut;                        ///< not empty: one checkpoint is left out, and this is why
    bool trainedOnAll = false;                  ///< unseenPredictions has none
    int longCalls = 20;                         ///< progress reports of a long question
    int callMilliseconds = 0;                   ///< each report sleeps so long
    /// Of exportModel, which writes nothing: "step-20 onnx /tmp/model.onnx". To be read when the answer is there.
    std::shared_ptr<std::vector<std::string>> exported = std::make_shared<std::vector<std::string>>();
    int predictMilliseconds = 0;                                                          ///< predict() sleeps so long
    std::shared_ptr<std::atomic<int>> kept = std::make_shared<std::atomic<int>>(0);       ///< checkpoints there are now; 0: all
    std::shared_ptr<std::atomic<int>> continued = std::make_shared<std::atomic<int>>(0);  ///< answers of continueText
    bool validatesOnHeldOut = false;  ///< a locked test split; revealed, it has five pictures of each class more
    std::shared_ptr<std::atomic<int>> reveals = std::make_shared<std::atomic<int>>(0);
    std::shared_ptr<std::atomic<int>> dropped = std::make_shared<std::atomic<int>>(0);  ///< that many of the oldest are gone
};

ui::InspectorFactory fakeInspectorFactory(FakeInspectorScript script = {});

}  // namespace thaw::test
