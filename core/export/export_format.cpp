#include "core/api/errors.h"
#include "core/api/export.h"

namespace thaw::core {
namespace {

struct Form {
    ExportFormat format;
    const char *name, *suffix;
    const char* beside;  // in place of the suffix, the other file's end; empty: there is none
};
constexpr Form kForms[] = {{ExportFormat::Safetensors, "safetensors", ".safetensors", ""},
                           {ExportFormat::Python, "python", ".py", ".safetensors"},
                           {ExportFormat::TorchScript, "torchscript", ".pt", "_torchscript.py"},
                           {ExportFormat::Onnx, "onnx", ".onnx", "_onnx.py"}};

const Form& formOf(ExportFormat format) { return kForms[static_cast<std::size_t>(format)]; }

}  // namespace

const std::vector<ExportFormat>& exportFormats() {
    static const std::vector<ExportFormat> all = [] {
        std::vector<ExportFormat> formats;
        for (const Form& form : kForms) formats.push_back(form.format);
        return formats;
    }();
    return all;
}

std::string toString(ExportFormat format) { return formOf(format).name; }
std::string exportSuffix(ExportFormat format) { return formOf(format).suffix; }

ExportFormat exportFormatFromString(const std::string& name) {
    std::string names;
    for (const Form& form : kForms) {
        if (name == form.name) return form.format;
        names += (names.empty() ? "" : ", ") + std::string(form.name);
    }
    throw ConfigError("A model cannot be exported as \"" + name + "\".", "Choose one of: " + names + ".");
}

std::vector<std::filesystem::path> exportedFiles(ExportFormat format, const std::filesystem::path& file) {
    const Form& form = formOf(format);
    if (form.beside[0] == '\0') return {file};
    if (file.extension() != form.suffix)
        throw ConfigError("The format " + std::string(form.name) + " makes a file whose name ends in " + form.suffix + ", and " +
                              file.string() + " does not.",
                          "Choose another name.");
    std::filesystem::path beside = file;
    beside.replace_filename(file.stem());
    beside += form.beside;
    return {file, beside};
}

}  // namespace thaw::core
