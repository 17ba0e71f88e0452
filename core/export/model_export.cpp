#include "core/export/model_export.h"

#include <list>
#include <set>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/inspect/finished_run.h"
#include "core/model/safetensors.h"
#include "core/model/zoo.h"
#include "core/store/atomic_file.h"
#include "core/store/strict_json.h"

namespace thaw::core {
namespace {

/// Throws StoreError for a run of a model that this version does not know.
void requireKnown(const std::filesystem::path& run) {
    const RunManifest manifest = readManifest(run);
    for (const ModelDescription* model : allModels())
        if (model->name == manifest.config.model) return;
    throw StoreError(
        "The run " + run.string() + " has the model \"" + manifest.config.model + "\", which this Thaw does not know.",
        "Export it with the version that made it: " + manifest.thawVersion + '.');
}

}  // namespace

ExportedModel exportedModel(const StagedModel& model, const RunConfig& config, const std::vector<std::string>& classNames,
                            const PictureKind& kind) {
    ExportedModel exported{config, networkOf(config, static_cast<int>(classNames.size())), model.stateDict(), classNames, kind};
    for (Parameter& parameter : exported.state) parameter.value = parameter.value.detach().cpu().contiguous();
    if (exported.kind.side == 0) exported.kind.side = config.inputSize;
    if (exported.kind.fit == SquareFit::Stretched)
        throw ConfigError("This run's pictures are stretched to squares, which exported models cannot do.",
                          "Train with squares of the centre or of the whole picture to export a model.");
    return exported;
}

std::map<std::string, std::string> metadataOf(const ExportedModel& model) {
    const ScalingNumbers numbers = numbersOf(model.config.scaling);
    return {{"format", "pt"},
            {"model", model.config.model},
            {"task", toString(model.config.task)},
            {"class_names", jsonText(model.classNames)},
            {"scaling", toString(model.config.scaling)},
            {"picture_size", std::to_string(model.kind.side)},
            {"square_fit", model.kind.fit == SquareFit::Whole ? "whole" : "centre"},
            {"input_size", std::to_string(model.config.inputSize)},
            {"grey", model.kind.grey ? "true" : "false"},
            {"bgr", numbers.source[0] == 2 ? "true" : "false"},
            {"factor", jsonText(numbers.factor)},
            {"offset", jsonText(numbers.offset)}};
}

void writeSafetensors(const ExportedModel& model, const std::filesystem::path& file) {
    SafetensorsWriter writer;
    std::set<std::string> transposed;
    for (const TensorSpec& spec : tensorsOf(model.network))
        if (spec.transposed) transposed.insert(spec.name);
    std::list<torch::Tensor> written;  // until the writer has them
    for (const Parameter& parameter : model.state) {
        const bool turned = transposed.count(parameter.name) > 0;
        const torch::Tensor& value = written.emplace_back(turned ? parameter.value.t().contiguous() : parameter.value);
        writer.add(parameter.name, DType::Float32, value.sizes().vec(), value.data_ptr<float>());
    }
    for (const auto& [key, value] : metadataOf(model)) writer.setMetadata(key, value);
    if (model.network.info.readsTexts())
        for (const auto& [key, value] : vocabularyOf(model)) writer.setMetadata(key, value);
    writer.write(file);
}

void writeExport(const ExportedModel& model, ExportFormat format, const std::filesystem::path& file) {
    const bool texts = model.network.info.readsTexts();
    if (texts && format != ExportFormat::Safetensors && format != ExportFormat::Python)
        throw ConfigError("A model of texts cannot be exported in this format yet.", "Export it as safetensors or python.");
    const std::vector<std::filesystem::path> files = exportedFiles(format, file);
    for (const std::filesystem::path& one : files) requireWritable(one);
    switch (format) {
        case ExportFormat::Safetensors:
            return writeSafetensors(model, file);
        case ExportFormat::Python:
            writeSafetensors(model, files[1]);
            return writeFileAtomically(file, texts ? textScriptOf(model) : pythonScriptOf(model, format));
        case ExportFormat::TorchScript:
            writeFileAtomically(file, torchScriptOf(model));
            break;
        case ExportFormat::Onnx:
            writeFileAtomically(file, onnxOf(model));
            break;
    }
    writeFileAtomically(files[1], pythonScriptOf(model, format));
}

void exportModel(const RunSelection& selection, ExportFormat format, const std::filesystem::path& file) {
    requireKnown(selection.run);
    const FinishedRun run = openRun(selection, /*threads=*/0);
    const RunConfig& config = run.manifest.config;
    writeExport(exportedModel(*run.model, config, run.manifest.classNames, pictureKindOf(run.manifest)), format, file);
}

}  // namespace thaw::core
