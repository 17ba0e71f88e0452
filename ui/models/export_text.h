// The forms of an exported model in words.
#pragma once

#include <QString>

#include <filesystem>
#include <optional>

#include "core/api/export.h"

namespace thaw::ui {

/// For a file dialog: "Python script with its weights, for torch and torchvision (*.py)".
QString exportFilter(core::ExportFormat format);
/// Told by the end of a file's name; none: by no form's.
std::optional<core::ExportFormat> exportFormatOf(const std::filesystem::path& file);
/// Where the files lie and what to do with them.
QString exportedText(const std::filesystem::path& file);

}  // namespace thaw::ui
