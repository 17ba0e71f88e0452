#include "core/loader/engine_table.h"

using namespace thaw::core;

const EngineTable thawEngine = {prepareEngine, engineInfo, useComputeThreads, makeTrainer,    resumeTrainer, openInspector,
                                listCameras,   openCamera, openVideo,         modelPictureOf, squareOfFile,  picturePng,
                                mapPng};
