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
        std::filesystem::path out;
        int threads = 0;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = parser.add_subcommand("report", "Write a run's settings, curves, mistakes and Grad-CAM as one HTML file");
    app->add_option("run", options->run.run, "Folder of the run")->required();
    addCheckpoint(*app, options->run);
    app->add_option("--out", options->out, "File to write (default: report.html in the run's folder)");
    app->add_option("--threads", options->threads, "Compute threads (default: all cores)");
    return {app, [options] {
                if (options->out.empty()) options->out = options->run.run / "report.html";
                if (options->out.extension() == ".pdf")
                    throw core::ConfigError("--out: thaw-cli writes HTML, not PDF.",
                                            "Print the HTML from a browser, or write the PDF in the window: File, Write report.");
                core::useComputeThreads(options->threads);
                Console console(stderr);
                core::writeReport(options->run.run, options->run.checkpoint, options->out,
                                  progressOn(console, "Writing the report"));
                std::printf("Written: %s\n", options->out.c_str());
                return kDone;
            }};
}

}  // namespace thaw::cli
