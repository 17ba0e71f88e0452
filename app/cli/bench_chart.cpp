#include "app/cli/bench_chart.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

#include "core/api/errors.h"

namespace thaw::cli {

namespace {

using nlohmann::json;

struct Bar {
    std::string label;
    double value = 0;
    bool thaw = false;
};

/// Bars of one unit; the first of Thaw's is what the others are compared with.
struct Group {
    std::string title, unit;
    std::vector<Bar> bars;
};

constexpr int kWidth = 900, kLeft = 300, kRight = 150, kBar = 22, kGap = 8, kTitle = 44, kMargin = 24, kFoot = 40;

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    return text;
}

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else if (c == '>')
            result += "&gt;";
        else
            result += c;
    }
    return result;
}

Group lessonGroup(const json& result) {
    Group group{"The whole lesson, " + result.value("preset", "") + ", " + result.value("dataset", ""), "s", {}};
    const auto add = [&](const char* key, const std::string& label, bool thaw) {
        if (result.contains(key)) group.bars.push_back({label, result[key]["seconds"].get<double>(), thaw});
    };
    add("cold", "Thaw, cold cache", true);
    add("warm", "Thaw, warm cache", true);
    add("uncached", "Thaw without its cache, scaled", true);
    add("pytorch", "Plain PyTorch script, scaled", false);
    add("keras", "Plain Keras script, scaled", false);
    add("expert", "PyTorch at its best, scaled", false);
    return group;
}

Group kernelGroup(const json& bench) {
    Group group{bench["what"].get<std::string>(), "ms", {}};
    for (const json& contender : bench["contenders"]) {
        const std::string name = contender["name"];
        group.bars.push_back({name, contender["median_ms"].get<double>(), name == "thaw"});
    }
    return group;
}

std::vector<Group> groupsOf(const std::string& name, const json& result) {
    std::vector<Group> groups;
    if (name == "lesson") groups.push_back(lessonGroup(result));
    if (name == "start") {
        Group group{"From the start of the process to the window's first paint", "ms", {}};
        for (const char* which : {"best", "median", "worst"})
            group.bars.push_back({which, result["first_paint_ms"][which].get<double>(), true});
        groups.push_back(group);
    }
    if (name == "memory") {
        Group group{"Peak memory of the run, " + result.value("preset", ""), "MB", {}};
        for (const auto& [key, label] : {std::pair{"features_in_memory", "in memory"}, std::pair{"features_on_disk", "on disk"}})
            for (const char* cache : {"cold", "warm"})
                group.bars.push_back(
                    {std::string("Features ") + label + ", " + cache, result[key][cache]["peak_memory_mb"].get<double>(), true});
        groups.push_back(group);
    }
    if (name == "kernels")
        for (const char* part : {"trunk", "step_last", "step_all"})
            if (result.contains(part)) groups.push_back(kernelGroup(result[part]));
    if (name == "scaling")
        for (const char* part : {"trunk_by_size", "trunk_by_batch", "trunk_by_threads", "step_by_depth"})
            for (const json& bench : result[part]) groups.push_back(kernelGroup(bench));
    if (groups.empty())
        throw core::ConfigError("The bench '" + name + "' has no chart.",
                                "Leave --chart out, or measure lesson, start, memory, kernels or scaling.");
    return groups;
}

void draw(std::ostream& svg, const Group& group, int& y) {
    const auto reference = std::find_if(group.bars.begin(), group.bars.end(), [](const Bar& bar) { return bar.thaw; });
    double longest = 0;
    for (const Bar& bar : group.bars) longest = std::max(longest, bar.value);
    svg << "<text x='" << kMargin << "' y='" << y + 26 << "' class='title'>" << escaped(group.title) << "</text>\n";
    y += kTitle;
    for (const Bar& bar : group.bars) {
        const double width = longest > 0 ? bar.value / longest * (kWidth - kLeft - kRight) : 0;
        svg << "<text x='" << kLeft - 10 << "' y='" << y + 16 << "' text-anchor='end'>" << escaped(bar.label) << "</text>\n"
            << "<rect x='" << kLeft << "' y='" << y << "' width='" << number(std::max(1.0, width)) << "' height='" << kBar
            << "' rx='3' class='" << (bar.thaw ? "thaw" : "other") << "'/>\n"
            << "<text x='" << kLeft + static_cast<int>(width) + 8 << "' y='" << y + 16 << "'>" << number(bar.value) << ' '
            << group.unit;
        if (reference != group.bars.end() && !bar.thaw && reference->value > 0)
            svg << " <tspan class='ratio'>" << number(bar.value / reference->value) << " times</tspan>";
        svg << "</text>\n";
        y += kBar + kGap;
    }
}

}  // namespace

void writeBenchChart(const std::string& name, const json& result, const std::filesystem::path& file) {
    const std::vector<Group> groups = groupsOf(name, result);
    std::ostringstream bars;
    int y = kMargin / 2;
    for (const Group& group : groups) draw(bars, group, y);
    const json& machine = result["machine"];
    std::ofstream svg(file);
    svg << "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " << kWidth << ' ' << y + kFoot << "' width='" << kWidth
        << "' height='" << y + kFoot << "' font-family='Inter, Helvetica, Arial, sans-serif' font-size='14'>\n"
        << "<style>text{fill:#1f2933} .title{font-size:17px;font-weight:600} .foot,.ratio{fill:#52606d} .thaw{fill:#1a73b8} "
           ".other{fill:#9aa5b1}</style>\n"
        << "<rect width='100%' height='100%' fill='#ffffff'/>\n"
        << bars.str() << "<text x='" << kMargin << "' y='" << y + 24 << "' class='foot'>"
        << escaped(machine.value("processor", "")) << ", " << machine.value("threads", 0) << " threads, LibTorch "
        << escaped(machine.value("libtorch", "")) << "; thaw-cli bench " << name << "</text>\n</svg>\n";
    svg.close();
    if (!svg) throw core::StoreError("Cannot write " + file.string() + ".", "Choose another file for --chart.");
}

}  // namespace thaw::cli
