#include "ui/models/export_text.h"

#include <QCoreApplication>

#include "ui/models/path_text.h"

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

QString formText(core::ExportFormat format) {
    switch (format) {
        case core::ExportFormat::Safetensors:
            return say("Safetensors, the numbers alone");
        case core::ExportFormat::Python:
            return say("Python script with its weights, for torch and torchvision");
        case core::ExportFormat::TorchScript:
            return say("TorchScript, for PyTorch in Python and C++");
        case core::ExportFormat::Onnx:
            return say("ONNX, for ONNX Runtime and many other programs");
    }
    return {};
}

}  // namespace

QString exportFilter(core::ExportFormat format) {
    return QStringLiteral("%1 (*%2)").arg(formText(format), QString::fromStdString(core::exportSuffix(format)));
}

std::optional<core::ExportFormat> exportFormatOf(const std::filesystem::path& file) {
    for (const core::ExportFormat format : core::exportFormats())
        if (file.extension() == core::exportSuffix(format)) return format;
    return std::nullopt;
}

QString exportedText(const std::filesystem::path& file) {
    const QString where = say("The model is written to %1.").arg(pathText(file));
    const std::optional<core::ExportFormat> format = exportFormatOf(file);
    if (!format) return where;
    const std::vector<std::filesystem::path> files = core::exportedFiles(*format, file);
    const QString beside = files.size() > 1 ? nameText(files[1].filename().string()) : QString();
    switch (*format) {
        case core::ExportFormat::Safetensors:
            return where + QLatin1Char(' ') + say("Thaw takes it as weights, and so does any program that reads safetensors.");
        case core::ExportFormat::Python:
            return where + QLatin1Char(' ') +
                   say("\"python3 %1 picture.png\" says what is in a picture; keep %2 beside it.")
                       .arg(nameText(file.filename().string()), beside);
        case core::ExportFormat::TorchScript:
        case core::ExportFormat::Onnx:
            return where + QLatin1Char(' ') +
                   say("\"python3 %1 picture.png\", written beside it, says what is in a picture and shows how to use the file.")
                       .arg(beside);
    }
    return where;
}

}  // namespace thaw::ui
