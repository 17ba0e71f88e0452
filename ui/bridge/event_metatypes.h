// The core's values as Qt metatypes, so that they cross threads by queued signals.
#pragma once

#include <QMetaType>

#include <memory>
#include <vector>

#include "core/api/commands.h"
#include "core/api/engine_info.h"
#include "core/api/events.h"
#include "core/api/runs.h"
#include "core/api/trainer.h"
#include "core/api/weights_info.h"

Q_DECLARE_METATYPE(thaw::core::Command)
Q_DECLARE_METATYPE(thaw::core::Event)
Q_DECLARE_METATYPE(std::vector<thaw::core::Event>)
Q_DECLARE_METATYPE(thaw::core::RunConfig)
Q_DECLARE_METATYPE(thaw::core::TrainerState)
Q_DECLARE_METATYPE(thaw::core::RunHistory)
Q_DECLARE_METATYPE(std::vector<thaw::core::RunSummary>)
Q_DECLARE_METATYPE(std::vector<thaw::core::DatasetInfo>)
Q_DECLARE_METATYPE(thaw::core::DownloadProgress)
Q_DECLARE_METATYPE(std::vector<thaw::core::WeightsChoice>)
Q_DECLARE_METATYPE(std::vector<thaw::core::Lesson>)
Q_DECLARE_METATYPE(thaw::core::EngineInfo)
Q_DECLARE_METATYPE(std::shared_ptr<const thaw::core::PictureSet>)
