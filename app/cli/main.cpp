#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/numbers.h"
#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/weights_info.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <sstream>
#include <vector>

using namespace thaw;

namespace {

int runChosen(const std::vector<cli::Subcommand>& subcommands) {
    try {
        for (const cli::Subcommand& subcommand : subcommands)
            if (subcommand.app->parsed()) return subcommand.run();
    } catch (const core::Cancelled&) {
        std::fprintf(stderr, "thaw-cli: cancelled\n");
        return cli::kInterrupted;
    } catch (const core::Error& error) {
        cli::printText(stderr, "thaw-cli: %s\n", error.what());
        if (!error.hint().empty()) cli::printText(stderr, "  %s\n", error.hint().c_str());
        return dynamic_cast<const core::ConfigError*>(&error) ? cli::kUsage : cli::kFailed;
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "thaw-cli: out of memory\n  Use a smaller batch, fewer pictures or a smaller input size.\n");
    } catch (const std::exception& error) {
        cli::printText(stderr, "thaw-cli: %s\n", error.what());
    }
    return cli::kFailed;
}

// Results wait in it for delivered(): of a write within printf() only the flag of an error would be left, not its reason.
char outputBuffer[1 << 20];

/// Notices a full disk or a closed pipe, whatever was printed.
int delivered(int code) {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    std::fprintf(stderr, "thaw-cli: Cannot write the results: %s\n", std::strerror(errno == 0 ? EIO : errno));
    return cli::kFailed;
}

std::string usageMessage(const CLI::App* app, const CLI::Error& error) {
    return "thaw-cli: " + CLI::FailureMessage::simple(app, error);
}

}  // namespace

int main(int argc, char** argv) {
    if (const int code = core::runHdf5ImportChild(argc, argv); code >= 0) return code;
    std::setvbuf(stdout, outputBuffer, _IOFBF, sizeof outputBuffer);
    core::prepareProcess(argc, argv);
    core::prepareEngine();

    CLI::App parser("Thaw without its window: transfer learning on a real VGG16.", "thaw-cli");
    parser.set_version_flag("--version", core::version());
    parser.require_subcommand(1);
    parser.failure_message(usageMessage);
    const std::vector<cli::Subcommand> subcommands = {
        cli::addLesson(parser),  cli::addTrain(parser),   cli::addEvaluate(parser),  cli::addCompare(parser),
        cli::addPredict(parser), cli::addGradCam(parser), cli::addAttribute(parser), cli::addActivations(parser),
        cli::addEmbed(parser),   cli::addReport(parser),  cli::addExtract(parser),   cli::addExport(parser),
        cli::addWeights(parser), cli::addModels(parser),  cli::addData(parser),      cli::addRuns(parser),
        cli::addInfo(parser),    cli::addCache(parser),   cli::addBench(parser),     cli::addTokenize(parser),
        cli::addGenerate(parser)};
    cli::checkNumbers(parser);
    try {
        parser.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out, err;
        const int code = parser.exit(error, out, err) == 0 ? cli::kDone : cli::kUsage;
        cli::printText(stdout, "%s", out.str().c_str());
        cli::printText(stderr, "%s", err.str().c_str());
        return delivered(code);
    }
    return delivered(runChosen(subcommands));
}
