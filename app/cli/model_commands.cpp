// models: what trunks Thaw knows.
#include <nlohmann/json.hpp>

#include <memory>

#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "core/api/models.h"
#include "core/api/text.h"

namespace thaw::cli {

using nlohmann::json;

namespace {

json toJson(const core::ModelCard& card) {
    json stages = json::array();
    for (const core::StageCard& stage : card.stages)
        stages.push_back({{"group", stage.group}, {"block", stage.block}, {"side", stage.side}, {"channels", stage.channels}});
    return {{"name", card.name},
            {"title", card.title},
            {"family", card.family},
            {"reads", card.modality == core::Modality::Texts ? "texts" : "pictures"},
            {"parameters", card.parameters},
            {"multiply_adds", card.multiplyAdds},
            {"features", card.features},
            {"input_sizes",
             {{"least", card.leastSize},
              {"greatest", card.greatestSize},
              {"step", card.sizeStep},
              {"usual", card.usualSize},
              {"suggested", card.suggestedSize}}},
            {"scaling", core::toString(card.scaling)},
            {"built_in", card.builtIn},
            {"built_in_title", card.builtInTitle},
            {"built_in_labels", !card.withoutLabels},
            {"whole", card.whole},
            {"weights_from", card.weightsFrom},
            {"licence", card.licence},
            {"published_accuracy", card.publishedAccuracy > 0 ? json(card.publishedAccuracy) : json()},
            {"published_source", card.publishedSource},
            {"stages", stages}};
}

void printTable(const std::vector<core::ModelCard>& cards) {
    printText(stdout, "%-20s %-28s %9s %11s %9s  %s\n", "Name", "Title", "Params M", "Mult-adds G", "ImageNet", "Weights");
    for (const core::ModelCard& card : cards) {
        char accuracy[16] = "-";
        if (card.publishedAccuracy > 0) std::snprintf(accuracy, sizeof accuracy, "%.1f %%", 100 * card.publishedAccuracy);
        const std::string weights = card.builtIn ? std::string("built in") + (card.withoutLabels ? ", without labels" : "") +
                                                       (card.whole ? ", whole" : "")
                                    : card.weightsFrom.empty() ? "thaw-cli weights get " + card.name
                                                               : "thaw-cli weights import FILE";
        printText(stdout, "%-20s %-28s %9.1f %11.2f %9s  %s\n", card.name.c_str(), card.title.c_str(),
                  static_cast<double>(card.parameters) / 1e6, card.multiplyAdds / 1e9, accuracy, weights.c_str());
    }
    printText(stdout,
              "Params of the trunk, without a classifier; multiply-adds of a picture at the usual size; ImageNet: top-1 accuracy "
              "that was\npublished for these very weights.\n");
}

}  // namespace

Subcommand addModels(CLI::App& parser) {
    auto asJson = std::make_shared<bool>(false);
    CLI::App* app = parser.add_subcommand("models", "List the networks that can be used as a trunk");
    app->add_flag("--json", *asJson, "Print JSON");
    return {app, [asJson] {
                const std::vector<core::ModelCard> cards = core::listModels();
                if (!*asJson) {
                    printTable(cards);
                    return kDone;
                }
                json all = json::array();
                for (const core::ModelCard& card : cards) all.push_back(toJson(card));
                print(all);
                return kDone;
            }};
}

}  // namespace thaw::cli
