// The bench of a data set in picture files.
#include <fstream>

#include "app/cli/benches.h"
#include "app/cli/child_process.h"
#include "core/api/bench.h"

namespace thaw::cli {
namespace {

using nlohmann::json;

/// What Python makes of the same files in one thread; null where it has not what that takes.
json pythonRates(const BenchOptions& options, const core::DataBench& bench) {
    const std::filesystem::path folder = options.scripts.empty() ? THAW_BENCH_SCRIPTS : options.scripts;
    const ScratchFolder scratch;
    const std::filesystem::path list = scratch.path() / "files.txt";
    std::ofstream stream(list);
    for (const std::filesystem::path& file : bench.files) stream << file.string() << '\n';
    stream.close();
    const ChildOutcome outcome = runChild({options.python.empty() ? "python3" : options.python,
                                           (folder / "read_pictures.py").string(), std::to_string(bench.side), list.string()});
    const json rates = json::parse(outcome.output, nullptr, /*allow_exceptions=*/false);
    return rates.is_object() ? rates : json();
}

}  // namespace

json benchData(const BenchOptions& options, Console& console) {
    console.say("Reading pictures");
    const core::DataBench bench = core::benchData(options.config(), options.pictures, {});
    return {{"listed", bench.listed},
            {"list_seconds", bench.listSeconds},
            {"list_again_seconds", bench.listAgainSeconds},
            {"picture_size", bench.side},
            {"files", bench.files.size()},
            {"files_per_second_a_thread", bench.oneThread},
            {"files_per_second", bench.allThreads},
            {"packed_per_second_a_thread", bench.packed},
            {"python_files_per_second_a_thread", pythonRates(options, bench)}};
}

}  // namespace thaw::cli
