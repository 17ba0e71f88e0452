// The forms in which a trained model leaves Thaw.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::core {

/// Each holds the whole model: what the input's scaling and resizing are and what its classes are called, too. All but
/// Safetensors come with a short Python script that reads pictures as Thaw does and prints what the model says of them.
enum class ExportFormat {
    Safetensors,  ///< NAME: the tensors alone, float32 by torchvision's names (the head's: "head.dense_1.weight")
    Python,       ///< NAME.py, a script for torch and torchvision, and NAME.safetensors
    TorchScript,  ///< NAME.pt, for LibTorch in C++ and in Python, and NAME_torchscript.py
    Onnx,         ///< NAME.onnx (opset 13), for ONNX Runtime and others, and NAME_onnx.py
};

/// In the order in which they are shown.
const std::vector<ExportFormat>& exportFormats();
/// The name on the command line: "safetensors", "python", "torchscript", "onnx".
std::string toString(ExportFormat format);
/// Throws ConfigError that names them.
ExportFormat exportFormatFromString(const std::string& name);
/// How the file that is named ends: ".safetensors", ".py", ".pt", ".onnx".
std::string exportSuffix(ExportFormat format);

/// All files that an export to `file` writes, `file` first. Throws ConfigError for a name with another ending, which only
/// Safetensors may have. Pure.
std::vector<std::filesystem::path> exportedFiles(ExportFormat format, const std::filesystem::path& file);

}  // namespace thaw::core
