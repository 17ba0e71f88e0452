// What the user has decided about single pictures of a data set. Decisions lie in one file of a data set in the user's Thaw
// folder, beside the runs; the user's pictures stay as they are. Everything that reads the data set sees it with them: a run, a
// check, the window and thaw-cli.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace thaw::core {

enum class DecisionKind {
    LeaveOut,  ///< the picture is not used
    Move,      ///< it has another class
    Keep,      ///< it is right as it is: what was found about it needs nothing
};

struct Decision {
    std::string file;  ///< relative to the data set's folder, with '/'
    DecisionKind kind = DecisionKind::Keep;
    std::string className;  ///< of Move: where it belongs; else empty
    std::string reason;     ///< what raised it: "Near duplicates"; may be empty
    double time = 0;        ///< seconds since 1970, UTC
};

/// "leave out", "move", "keep".
std::string toString(DecisionKind kind);
/// Throws ConfigError.
DecisionKind decisionKindOf(const std::string& text);

struct KeptDecisions {
    std::vector<Decision> list;     ///< in the order in which they were made, one for each file
    std::filesystem::path damaged;  ///< an earlier file that cannot be read, which is kept beside the new one; empty: none
};

/// Those about the data set that lies at `location` (DatasetInfo::location). A file that cannot be understood is renamed, never
/// overwritten. Blocking, a small file; thread-safe. Throws StoreError.
KeptDecisions decisionsAbout(const std::filesystem::path& location);

/// Adds `made`, each in place of an earlier one about its file, and takes back those about the files of `undone`. Returns what
/// there is now. Blocking; thread-safe. Throws StoreError; then nothing has changed.
KeptDecisions changeDecisions(const std::filesystem::path& location, const std::vector<Decision>& made,
                              const std::vector<std::string>& undone = {});

/// file,decision,class,reason; lines end with CR LF.
std::string decisionTable(const std::vector<Decision>& decisions);
/// The same into a file; an existing one is replaced whole. Throws StoreError.
void writeDecisionTable(const std::vector<Decision>& decisions, const std::filesystem::path& csv);

/// The location of the data set in `folder`, of whose pictures these decisions can be made. Throws DataError that says why not:
/// its pictures are no files, there is no such file or class, or pictures have several labels each and cannot be moved.
std::filesystem::path requireDecidable(const std::filesystem::path& folder, const std::vector<Decision>& decisions);

}  // namespace thaw::core
