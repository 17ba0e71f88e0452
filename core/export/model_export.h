// A trained model as files for other programs. One walk over its network (core/model/graph.h) writes each form: as text that
// TorchScript compiles and Python runs (graph_text), as nodes of an ONNX graph (onnx_graph).
//
// In every form but the bare tensors the model takes `pictures`: [rows, 3, side, side], 0 to 255, red, green and blue, `side`
// pixels as the pictures that it was trained on (picture_size), and answers `logits`: [rows, classes]. Scaling and the step from
// `side` to the network's input are inside. What makes a file's picture one of `side` pixels is the script beside it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/api/config.h"
#include "core/api/dataset_info.h"
#include "core/api/export.h"
#include "core/data/preprocess.h"
#include "core/model/graph.h"
#include "core/model/staged_model.h"

namespace thaw::core {

struct ExportedModel {
    RunConfig config;
    Network network;
    std::vector<Parameter> state;  ///< float32, contiguous, on the CPU
    std::vector<std::string> classNames;
    PictureKind kind;  ///< of the pictures that it was trained on
};
ExportedModel exportedModel(const StagedModel& model, const RunConfig& config, const std::vector<std::string>& classNames,
                            const PictureKind& kind);

/// What stands in every file beside the numbers: model, class_names (a JSON array), scaling, picture_size, input_size, grey, and
/// the scaling as numbers: "bgr", factor, offset (JSON).
std::map<std::string, std::string> metadataOf(const ExportedModel& model);

/// Writes all of exportedFiles(). Throws StoreError, ConfigError.
void writeExport(const ExportedModel& model, ExportFormat format, const std::filesystem::path& file);

void writeSafetensors(const ExportedModel& model, const std::filesystem::path& file);
/// The file's bytes.
std::string torchScriptOf(const ExportedModel& model);
/// The file's bytes. Throws StoreError where they would be more than the format holds (2 GB).
std::string onnxOf(const ExportedModel& model);
/// The script beside a file of that format.
std::string pythonScriptOf(const ExportedModel& model, ExportFormat format);
/// Of every script beside a safetensors file: Python that reads it into META and weights. Needs torch, and json imported.
std::string safetensorsReader();
/// The same of a model of texts beside its safetensors: for torch and transformers.
std::string textScriptOf(const ExportedModel& model);
/// Of a model of texts: "vocabulary" (a JSON array of tokens by their ids) and, of byte-level BPE, "merges" (a line each).
std::map<std::string, std::string> vocabularyOf(const ExportedModel& model);

}  // namespace thaw::core
