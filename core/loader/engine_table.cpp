#include "core/loader/engine_table.h"

#include <engine_build.h>

using namespace thaw::core;

const char thawEngineBuild[] = THAW_BUILD_HASH;

const EngineTable thawEngine = {
    prepareEngine, engineInfo,        useComputeThreads,   makeTrainer,         resumeTrainer, openInspector,
    listCameras,   openCamera,        openVideo,           modelPictureOf,      squareOfFile,  picturePng,
    mapPng,        storedTrunkSpeeds, measureTrunkSpeed,   previewAugmentation, makeCollector, trainCollectHead,
    pngOf,         checkDataset,      openCheckedPictures, suspectLabels};
