// report: a run on paper.
#include <memory>

#include "app/cli/analysis_options.h"
#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/report.h"

namespace thaw::cli {

Subcommand addReport(CLI::App& parser) {
    struct Options {
        core::RunSelection run;
        core::DataConfig data;
        std::filesystem::path out;
        int threads = 0;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("report", "Write a run's settings, curves, mistakes and Grad-CAM as one HTML file");
    app->add_option("run", options->run.run, "Folder of the run")->required();
    addCheckpoint(*app, options->run);
    addData(*app, options->data.directory);
    app->add_option("--out", options->out, "File to write (default: report.html in the run's folder)")->check(notEmpty());
    addThreads(*app, options->threads);
    return {app, [options] {
                if (options->out.empty()) options->out = options->run.run / "report.html";
                if (options->out.extension() == ".pdf")
                    throw core::ConfigError("--out: thaw-cli writes HTML, not PDF.",
                                            "Print the HTML from a browser, or write the PDF in the window: File, Write report.");
                Console console(stderr);
                chooseCheckpoint(console, options->run);
                core::requireWritable(options->out);
                core::useComputeThreads(options->threads);
                const auto inspector = core::openInspector(options->run.run, options->data);
                core::writeReport(
                    core::makeReport(*inspector, options->run.checkpoint, progressOn(console, "Writing the report")),
                    options->out);
                printText(stdout, "Written: %s\n", options->out.c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
