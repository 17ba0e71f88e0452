#include "ui/models/path_text.h"

#include "core/api/text.h"

namespace thaw::ui {

QString nameText(const std::string& bytes) { return QString::fromStdString(core::textOfBytes(bytes)); }

QString pathText(const std::filesystem::path& path) { return nameText(path.string()); }

std::filesystem::path pathOf(const QString& text) { return core::pathOfText(text.toStdString()); }

}  // namespace thaw::ui
