// Names and paths on their way through the window: QString holds no bytes that are not UTF-8, so they stand in it as
// core::textOfBytes() writes them, and come back as they were.
#pragma once

#include <QString>

#include <filesystem>
#include <string>

namespace thaw::ui {

QString nameText(const std::string& bytes);
QString pathText(const std::filesystem::path& path);
/// Of what pathText() gave, or a file dialog, which loses letters that are not UTF-8 (core::pathOfText).
std::filesystem::path pathOf(const QString& text);

}  // namespace thaw::ui
