// What the base and the window call of the engine: each function of core/api, and a few of the core, that needs LibTorch or
// OpenCV. A program that loads the engine late (thaw_load_engine in CMake) has engine_calls.cpp in their place, which passes each
// call on through this table; the first one loads the module. Call it from a thread that may wait for a second, after the first
// paint.
#pragma once

#include "core/api/augmentation_preview.h"
#include "core/api/camera.h"
#include "core/api/collect.h"
#include "core/api/doctor.h"
#include "core/api/engine_info.h"
#include "core/api/inspector.h"
#include "core/api/suspects.h"
#include "core/api/trainer.h"
#include "core/api/trunks.h"
#include "core/data/picture_file.h"
#include "core/inspect/report_pictures.h"

namespace thaw::core {

struct EngineTable {
    decltype(&core::prepareEngine) prepareEngine;
    decltype(&core::engineInfo) engineInfo;
    decltype(&core::useComputeThreads) useComputeThreads;
    decltype(&core::makeTrainer) makeTrainer;
    decltype(&core::resumeTrainer) resumeTrainer;
    decltype(&core::openInspector) openInspector;
    decltype(&core::listCameras) listCameras;
    decltype(&core::openCamera) openCamera;
    decltype(&core::openVideo) openVideo;
    decltype(&core::modelPictureOf) modelPictureOf;
    decltype(&core::squareOfFile) squareOfFile;
    decltype(&core::picturePng) picturePng;
    decltype(&core::mapPng) mapPng;
    decltype(&core::storedTrunkSpeeds) storedTrunkSpeeds;
    decltype(&core::measureTrunkSpeed) measureTrunkSpeed;
    decltype(&core::previewAugmentation) previewAugmentation;
    decltype(&core::makeCollector) makeCollector;
    decltype(&core::trainCollectHead) trainCollectHead;
    decltype(&core::pngOf) pngOf;
    decltype(&core::checkDataset) checkDataset;
    decltype(&core::openCheckedPictures) openCheckedPictures;
    decltype(&core::suspectLabels) suspectLabels;
};

}  // namespace thaw::core

/// The module's symbols. The table is only good in the program that has the same build hash: THAW_BUILD_HASH, of everything that
/// both sides are compiled with.
extern "C" const char thawEngineBuild[];
extern "C" const thaw::core::EngineTable thawEngine;
