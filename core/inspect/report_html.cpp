#include <array>
#include <cstdint>

#include "core/api/report.h"
#include "core/util/text.h"

namespace thaw::core {
namespace {

// A policy in the file itself: whatever a class or a run is called, nothing is loaded and nothing runs.
constexpr const char* kHead = R"(<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
)";

constexpr const char* kStyle = R"(<style>
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 800px; padding: 32px 40px 48px; background: #fff; color: #14202B;
       font: 14px/1.5 Inter, "Noto Sans", system-ui, sans-serif; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: auto; margin: 8px 0 4px; }
svg text { font-family: Inter, "Noto Sans", system-ui, sans-serif; }
h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.25; }
h2 { margin: 36px 0 4px; padding-top: 16px; border-top: 1px solid #D3DBE3; font-size: 19px; break-after: avoid; }
h3 { margin: 18px 0 6px; font-size: 14px; color: #42515F; break-after: avoid; }
p { margin: 0 0 8px; color: #42515F; }
.figures { display: flex; flex-wrap: wrap; gap: 12px 36px; margin: 20px 0 0; padding: 0; list-style: none; }
.figures li { max-width: 180px; color: #5A6A79; font-size: 12px; line-height: 1.35; }
.figures b { display: block; color: #2C3AA6; font-size: 26px; line-height: 1.25; }
table { width: 100%; margin: 8px 0 0; border-collapse: collapse; font-size: 13px; }
th { color: #5A6A79; font-weight: 600; text-align: left; vertical-align: bottom; border-bottom: 1px solid #D3DBE3; }
th, td { padding: 4px 14px 4px 0; }
td { vertical-align: top; border-bottom: 1px solid #E4EAF0; }
tr { break-inside: avoid; }
tr.sum td { border-bottom: none; font-weight: 600; }
tr.sum.first td { border-top: 1px solid #D3DBE3; }
.number { text-align: right; white-space: nowrap; }
dl { display: grid; grid-template-columns: 170px 1fr; gap: 4px 16px; margin: 8px 0 0; font-size: 13px; }
dt { color: #5A6A79; }
dd { margin: 0; overflow-wrap: anywhere; }
.groups { display: flex; flex-wrap: wrap; gap: 14px 28px; }
.group { display: flex; flex-wrap: wrap; gap: 12px; break-inside: avoid; }
figure { margin: 0; font-size: 12px; line-height: 1.35; break-inside: avoid; overflow-wrap: anywhere; }
figure img { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; border-radius: 6px; border: 1.5px solid #D3DBE3; margin-bottom: 4px; }
figure.right img { border-color: #00737D; }
figure.wrong img { border: 2.5px solid #A3142E; }
figcaption span { display: block; color: #5A6A79; }
figcaption span:first-child { color: #14202B; font-weight: 600; }
footer { margin-top: 36px; color: #5A6A79; font-size: 12px; }
@page { size: A4; margin: 15mm 14mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  table, dl { font-size: 9.5pt; }
  .lead, .figures { break-inside: avoid; }
}
</style>
)";

std::string base64(const std::string& bytes) {
    constexpr const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto byte = [&](std::size_t i) {
            return i < bytes.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) : 0u;
        };
        const std::uint32_t group = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
        for (std::size_t i = 0; i < 4; ++i) text += at + i > bytes.size() ? '=' : kDigits[group >> (18 - 6 * i) & 63];
    }
    return text;
}

std::string tableHtml(const ReportTable& table) {
    std::string html = "<table><thead><tr>";
    const auto number = [&](std::size_t column) { return table.numeric[column] ? " class=\"number\"" : ""; };
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        html += "<th scope=\"col\"" + std::string(number(i)) + ">" + escapedHtml(table.columns[i]) + "</th>";
    html += "</tr></thead><tbody>\n";
    const std::size_t firstSum = table.rows.size() - static_cast<std::size_t>(table.sums);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        html += row < firstSum ? "<tr>" : row == firstSum ? "<tr class=\"sum first\">" : "<tr class=\"sum\">";
        for (std::size_t i = 0; i < table.rows[row].size(); ++i)
            html += "<td" + std::string(number(i)) + ">" + escapedHtml(table.rows[row][i]) + "</td>";
        html += "</tr>\n";
    }
    return html + "</tbody></table>\n";
}

std::string pictureHtml(const ReportPicture& picture, int side) {
    constexpr std::array<const char*, 3> kTones = {"", " class=\"right\"", " class=\"wrong\""};
    std::string html = "<figure" + std::string(kTones[static_cast<std::size_t>(picture.tone)]) +
                       " style=\"width: " + std::to_string(side) + "px\"><img alt=\"" + escapedHtml(picture.description) +
                       "\" src=\"data:image/png;base64," + base64(picture.png) + "\"><figcaption>";
    for (const std::string& line : picture.lines) html += "<span>" + escapedHtml(line) + "</span>";
    return html + "</figcaption></figure>\n";
}

std::string sectionHtml(const ReportSection& section) {
    std::string html = "<section>\n<div class=\"lead\">\n<h2>" + escapedHtml(section.title) + "</h2>\n";
    if (!section.text.empty()) html += "<p>" + escapedHtml(section.text) + "</p>\n";
    if (!section.facts.empty()) {
        html += "<dl>\n";
        for (const auto& [name, value] : section.facts)
            html += "<dt>" + escapedHtml(name) + "</dt><dd>" + escapedHtml(value) + "</dd>\n";
        html += "</dl>\n";
    }
    html += section.chart.svg + "\n</div>\n";
    if (!section.table.empty()) html += tableHtml(section.table);
    bool open = false;
    for (const ReportGroup& group : section.groups) {
        if (!group.title.empty())
            html += "<h3>" + escapedHtml(group.title) + "</h3>\n";
        else if (!open)
            html += "<div class=\"groups\">\n", open = true;
        html += "<div class=\"group\">\n";
        for (const ReportPicture& picture : group.pictures) html += pictureHtml(picture, section.pictureSide);
        html += "</div>\n";
    }
    return html + (open ? "</div>\n" : "") + "</section>\n";
}

}  // namespace

std::string reportHtml(const Report& report) {
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n" + std::string(kHead) + "<title>" +
                       escapedHtml(report.title) + "</title>\n" + kStyle + "</head>\n<body>\n<header>\n<h1>" +
                       escapedHtml(report.title) + "</h1>\n<p>" + escapedHtml(report.subtitle) + "</p>\n<ul class=\"figures\">\n";
    for (const auto& [value, name] : report.figures)
        html += "<li><b>" + escapedHtml(value) + "</b>" + escapedHtml(name) + "</li>\n";
    html += "</ul>\n</header>\n";
    for (const ReportSection& section : report.sections) html += sectionHtml(section);
    return html + "<footer>" + escapedHtml(report.footer) + "</footer>\n</body>\n</html>\n";
}

}  // namespace thaw::core
