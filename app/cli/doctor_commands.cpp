// data check and data suspects: what is wrong with the pictures and the labels of a data set.
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "core/api/doctor.h"
#include "core/api/suspects.h"
#include "core/api/text.h"

namespace thaw::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kShown = 10;

json toJson(const std::vector<core::LeftOutFile>& files) {
    json list = json::array();
    for (const core::LeftOutFile& file : files) list.push_back({{"file", file.file.string()}, {"reason", file.reason}});
    return list;
}

json toJson(const core::DatasetCheckup& checkup, const std::vector<core::PictureGroup>& groups) {
    json list = json::array();
    for (const core::PictureGroup& group : groups) {
        json files = json::array();
        for (const std::size_t picture : group) files.push_back(checkup.pictures[picture].file);
        list.push_back(std::move(files));
    }
    return list;
}

json toJson(const core::ValueRange& range) {
    return {{"least", range.least}, {"median", range.median}, {"greatest", range.greatest}};
}

json toJson(const core::DatasetCheckup& checkup) {
    json classes = json::array(), grey = json::array();
    for (const core::ClassCounts& one : checkup.classes)
        classes.push_back({{"name", one.name}, {"train", one.train}, {"validation", one.validation}, {"test", one.test}});
    if (!checkup.isGrey())
        for (const core::CheckedPicture& picture : checkup.pictures)
            if (picture.grey) grey.push_back(picture.file);
    return {{"title", checkup.title},
            {"location", checkup.location.string()},
            {"pictures", checkup.pictures.size()},
            {"classes", classes},
            {"imbalance", checkup.imbalance()},
            {"tiny_classes", checkup.tinyClasses()},
            {"width", toJson(checkup.width)},
            {"height", toJson(checkup.height)},
            {"aspect", toJson(checkup.aspect)},
            {"brightness", toJson(checkup.brightness)},
            {"grey_set", checkup.isGrey()},
            {"grey", grey},
            {"unreadable", toJson(checkup.unreadable)},
            {"duplicates", toJson(checkup, checkup.duplicates)},
            {"near_duplicates", toJson(checkup, checkup.nearDuplicates)},
            {"across_splits", toJson(checkup, checkup.acrossSplits)},
            {"in_two_classes", toJson(checkup, checkup.inTwoClasses)},
            {"left_out", toJson(checkup.leftOut)},
            {"notes", checkup.notes}};
}

void printLine(const std::string& text) { printText(stdout, "  %s\n", core::printableLine(text).c_str()); }

void printHead(const std::string& title, std::size_t count) {
    printText(stdout, "\n%s: %s\n", title.c_str(), count == 0 ? "none" : thousands(static_cast<std::int64_t>(count)).c_str());
}

void printMore(std::size_t count) {
    if (count > kShown) printLine("and " + thousands(static_cast<std::int64_t>(count - kShown)) + " more; --json lists all");
}

void printFiles(const std::string& title, const std::vector<core::LeftOutFile>& files) {
    printHead(title, files.size());
    for (std::size_t i = 0; i < std::min(kShown, files.size()); ++i) printLine(files[i].file.string() + ": " + files[i].reason);
    printMore(files.size());
}

std::string nameOf(const core::DatasetCheckup& checkup, std::size_t index) {
    const core::CheckedPicture& picture = checkup.pictures[index];
    std::string classes;
    for (const int label : picture.labels)
        classes += (classes.empty() ? "" : ", ") + checkup.classes[static_cast<std::size_t>(label)].name;
    return picture.file + " (" + core::toString(picture.split) + (classes.empty() ? "" : ", " + classes) + ")";
}

void printGroups(const std::string& title, const core::DatasetCheckup& checkup, const std::vector<core::PictureGroup>& groups) {
    printHead(title, groups.size());
    for (std::size_t i = 0; i < std::min(kShown, groups.size()); ++i) {
        std::string line;
        for (std::size_t k = 0; k < std::min(kShown, groups[i].size()); ++k)
            line += (k > 0 ? " = " : "") + nameOf(checkup, groups[i][k]);
        if (groups[i].size() > kShown) line += " and " + std::to_string(groups[i].size() - kShown) + " more";
        printLine(line);
    }
    printMore(groups.size());
}

void printClasses(const core::DatasetCheckup& checkup) {
    printText(stdout, "\n%-24s %9s %11s %7s\n", "Class", "training", "validation", "test");
    for (const core::ClassCounts& one : checkup.classes)
        printText(stdout, "%-24s %9s %11s %7s%s\n", core::printableLine(one.name).c_str(), thousands(one.train).c_str(),
                  thousands(one.validation).c_str(), thousands(one.test).c_str(), one.train < core::kTinyClass ? "  <- few" : "");
    const double imbalance = checkup.imbalance();
    if (imbalance > 0)
        printText(stdout, "The largest class has %.1f times as many training pictures as the smallest.\n", imbalance);
    else
        printText(stdout, "A class has no training picture that can be read.\n");
}

void printCheckup(const core::DatasetCheckup& checkup) {
    printText(stdout, "%s\n%s\n%s pictures\n", core::printableLine(checkup.title).c_str(), checkup.location.c_str(),
              thousands(static_cast<std::int64_t>(checkup.pictures.size())).c_str());
    for (const std::string& note : checkup.notes) printLine("Note: " + note);
    printClasses(checkup);
    printText(stdout, "\n%-24s %9s %11s %9s\n", "", "least", "median", "greatest");
    for (const auto& [name, range] : {std::pair("Width", checkup.width), std::pair("Height", checkup.height)})
        printText(stdout, "%-24s %9.0f %11.0f %9.0f\n", name, range.least, range.median, range.greatest);
    for (const auto& [name, range] :
         {std::pair("Width over height", checkup.aspect), std::pair("Brightness", checkup.brightness)})
        printText(stdout, "%-24s %9.2f %11.2f %9.2f\n", name, range.least, range.median, range.greatest);
    if (checkup.isGrey())
        printText(stdout, "All pictures are grey.\n");
    else if (checkup.greyPictures > 0)
        printText(stdout, "Without colours: %s of them.\n", thousands(checkup.greyPictures).c_str());
    printFiles("Unreadable", checkup.unreadable);
    printGroups("Exact duplicates", checkup, checkup.duplicates);
    printGroups("Near duplicates", checkup, checkup.nearDuplicates);
    printGroups("The same picture in two splits", checkup, checkup.acrossSplits);
    printGroups("The same picture in two classes", checkup, checkup.inTwoClasses);
    printFiles("Left out", checkup.leftOut);
}

int check(const std::string& folder, bool asJson) {
    Console console(stderr);
    const core::DatasetCheckup checkup = core::checkDataset(folder, progressOn(console, "Checking pictures"));
    if (asJson)
        print(toJson(checkup));
    else
        printCheckup(checkup);
    return kDone;
}

Subcommand addCheck(CLI::App& data) {
    struct Options {
        std::string folder;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app =
        data.add_subcommand("check", "What is wrong with a data set: classes, bad files, duplicates, shared pictures");
    app->add_option("folder", options->folder, "Folder or archive of the data set")->required()->check(notEmpty());
    app->add_flag("--json", options->json, "Print JSON");
    return {app, [options] { return check(options->folder, options->json); }};
}

json toJson(const core::LabelSuspects& suspects) {
    json list = json::array();
    for (const core::SuspectedLabel& one : suspects.labels)
        list.push_back({{"file", one.file},
                        {"label", suspects.classNames[static_cast<std::size_t>(one.label)]},
                        {"suggested", suspects.classNames[static_cast<std::size_t>(one.suggested)]},
                        {"score", one.score},
                        {"confidence", one.confidence}});
    return list;
}

json unlikeToJson(const core::LabelSuspects& suspects) {
    json list = json::array();
    for (const core::UnlikePicture& one : suspects.unlike)
        list.push_back({{"file", one.file},
                        {"label", suspects.classNames[static_cast<std::size_t>(one.label)]},
                        {"distance", one.distance}});
    return list;
}

void printUnlike(const core::LabelSuspects& suspects) {
    printText(stdout, "Of %s training pictures %s are unlike all others, the furthest first.\n",
              thousands(suspects.pictures).c_str(), thousands(static_cast<std::int64_t>(suspects.unlike.size())).c_str());
    for (const core::UnlikePicture& one : suspects.unlike)
        printText(stdout, "  %s: %s (distance %.3f)\n", core::printableLine(one.file).c_str(),
                  core::printableLine(suspects.classNames[static_cast<std::size_t>(one.label)]).c_str(), one.distance);
}

void printSuspects(const core::LabelSuspects& suspects) {
    printText(stdout, "Of %s training pictures %s look more like another class, worst first.\n",
              thousands(suspects.pictures).c_str(), thousands(static_cast<std::int64_t>(suspects.labels.size())).c_str());
    printText(
        stdout,
        "Heads that had not seen a picture agree with its label in %s. They can be wrong: look before you change a label.\n",
        percent(suspects.accuracy).c_str());
    for (const core::SuspectedLabel& one : suspects.labels)
        printLine(one.file + ": " + suspects.classNames[static_cast<std::size_t>(one.label)] + ", rather " +
                  suspects.classNames[static_cast<std::size_t>(one.suggested)] + " (" + percent(one.confidence) + ")");
}

struct SuspectsOptions {
    core::SuspectsRequest request;
    bool unlike = false, json = false;
};

int findSuspects(const SuspectsOptions& options) {
    Console console(stderr);
    const core::LabelSuspects suspects =
        core::suspectLabels(options.request, progressOn(console, options.unlike ? "Comparing pictures" : "Judging labels"));
    if (options.json)
        print(options.unlike ? unlikeToJson(suspects) : toJson(suspects));
    else if (options.unlike)
        printUnlike(suspects);
    else
        printSuspects(suspects);
    return kDone;
}

Subcommand addSuspects(CLI::App& data) {
    auto options = std::make_shared<SuspectsOptions>();
    core::SuspectsRequest& request = options->request;
    CLI::App* app = data.add_subcommand("suspects", "Training pictures whose labels are doubted by a head on frozen features");
    app->add_option("--data", request.folder, "Folder or archive of the data set")->required();
    app->add_option("--model", request.model, "Trunk, by torchvision's name: thaw-cli models lists them");
    app->add_option("--input-size", request.inputSize, "Pixels a side (default: the trunk's suggested size)")
        ->check(notNegative());
    addThreads(*app, request.threads);
    app->add_flag("--unlike", options->unlike, "Training pictures that are unlike all others instead");
    app->add_flag("--json", options->json, "Print JSON");
    return {app, [options] { return findSuspects(*options); }};
}

}  // namespace

std::vector<Subcommand> addDoctor(CLI::App& data) { return {addCheck(data), addSuspects(data), addDecide(data)}; }

}  // namespace thaw::cli
