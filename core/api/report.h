// A run on paper: its settings, its curves, what its model gets right and wrong and what it looks at. First the content, then one
// self-contained HTML file of it; the window prints the same content as PDF.
//
// Texts are UTF-8 as they are in the run, not escaped; pictures are PNG files, charts are SVG that keeps to what SVG Tiny 1.2
// knows.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/api/inspector.h"

namespace thaw::core {

enum class ReportTone { Plain, Right, Wrong };

struct ReportPicture {
    std::string png;
    std::vector<std::string> lines;  ///< below it; the first one is the strong one
    ReportTone tone = ReportTone::Plain;
    std::string description;  ///< for who cannot see it
};

/// Pictures that belong side by side.
struct ReportGroup {
    std::string title;  ///< empty: none
    std::vector<ReportPicture> pictures;
};

struct ReportTable {
    std::vector<std::string> columns;
    std::vector<bool> numeric;  ///< a flag a column
    std::vector<std::vector<std::string>> rows;
    int sums = 0;  ///< so many of the last rows sum up the others
    bool empty() const { return rows.empty(); }
};

struct ReportChart {
    std::string svg;            ///< empty: none
    int width = 0, height = 0;  ///< of its view box
    std::string description;    ///< for who cannot see it
};

/// What is there is shown in this order.
struct ReportSection {
    std::string title, text;
    std::vector<std::pair<std::string, std::string>> facts;  ///< name and value
    ReportChart chart;
    ReportTable table;
    std::vector<ReportGroup> groups;
    int pictureSide = 96;  ///< CSS pixels of each of the groups' pictures
};

struct Report {
    std::string title, subtitle, footer;
    std::vector<std::pair<std::string, std::string>> figures;  ///< the few that matter most: value and name
    std::vector<ReportSection> sections;
};

/// Of the inspector's run, in its thread. `checkpoint`: as for an Inspector, but "start"; checkpoints of the run that cannot be
/// read are named in the report. Predicts the whole split and makes the maps: long; `progress` counts pictures and cancels.
/// Throws StoreError, DataError, Cancelled.
Report makeReport(Inspector& inspector, const std::string& checkpoint, const CountCallback& progress);

/// One HTML file that needs no other: for screens and for A4 paper. Pure.
std::string reportHtml(const Report& report);

/// reportHtml into a file; an existing one is replaced whole. Throws StoreError.
void writeReport(const Report& report, const std::filesystem::path& html);

}  // namespace thaw::core
