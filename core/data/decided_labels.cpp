#include "core/data/decided_labels.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/api/decisions.h"
#include "core/api/errors.h"
#include "core/data/division.h"
#include "core/data/picture_names.h"
#include "core/util/hash.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

constexpr char kUndo[] = "Take decisions back in the window, or with: thaw-cli data decide FOLDER --undo.";

KeptDecisions read(const fs::path& location) {
    try {
        return decisionsAbout(location);
    } catch (const StoreError& error) {
        throw DataError(std::string("The decisions about these pictures cannot be read. ") + error.what(), error.hint());
    }
}

/// Decisions by the file that they are about, and how many of them were applied.
class Applied {
public:
    Applied(const std::vector<Decision>& decisions, const DatasetLabels& labels, const fs::path& location)
        : m_location(location), m_oneLabel(labels.task == TaskKind::OneLabel) {
        for (std::size_t i = 0; i < labels.classNames.size(); ++i) m_classes[labels.classNames[i]] = static_cast<int>(i);
        for (const Decision& one : decisions)
            if (one.kind != DecisionKind::Keep) m_decisions[one.file] = &one;
    }

    bool isEmpty() const { return m_decisions.empty(); }

    void to(SplitLabels& split) {
        std::vector<std::size_t> stay;
        for (std::size_t row = 0; row < split.count(); ++row) {
            const auto found = m_decisions.find(nameWithin(m_location, split.files[row]));
            if (found == m_decisions.end() || !apply(*found->second, split, row)) stay.push_back(row);
        }
        if (stay.size() < split.count()) split = picturesAt(split, stay);
    }

    std::string note() const {
        std::vector<std::string> parts;
        if (m_leftOut > 0) parts.push_back(counted(m_leftOut, "left out"));
        if (m_moved > 0) parts.push_back(counted(m_moved, "in another class"));
        if (const std::size_t idle = m_decisions.size() - m_leftOut - m_moved; idle > 0)
            parts.push_back(counted(idle, "not there any more or cannot be moved"));
        std::string text;
        for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
        return "By your decisions about single pictures: " + text + '.';
    }
    std::string state() { return m_leftOut + m_moved > 0 ? m_state.hex() : std::string(); }

private:
    static std::string counted(std::size_t count, const std::string& what) {
        return std::to_string(count) + (count == 1 ? " is " : " are ") + what;
    }

    /// True: the picture goes.
    bool apply(const Decision& decision, SplitLabels& split, std::size_t row) {
        if (decision.kind == DecisionKind::Move) {
            const auto target = m_classes.find(decision.className);
            if (!m_oneLabel || target == m_classes.end()) return false;
            split.first[row] = target->second;
            ++m_moved;
        } else {
            ++m_leftOut;
        }
        const std::string line = toString(decision.kind) + '|' + decision.className + '|' + decision.file + '\n';
        m_state.update(line.data(), line.size());
        return decision.kind == DecisionKind::LeaveOut;
    }

    fs::path m_location;
    bool m_oneLabel;
    std::map<std::string, int> m_classes;
    std::map<std::string, const Decision*> m_decisions;
    std::size_t m_leftOut = 0, m_moved = 0;
    Digest m_state;
};

std::set<int> labelsIn(const SplitLabels& split) {
    std::set<int> labels(split.first.begin(), split.first.end());
    for (const std::vector<int>& set : split.sets) labels.insert(set.begin(), set.end());
    return labels;
}

void requireTrainable(const DatasetLabels& labels, const std::set<int>& before) {
    const std::set<int> now = labelsIn(labels.train);
    for (const int label : before)
        if (label >= 0 && now.count(label) == 0)
            throw DataError("Your decisions leave no training picture of the class \"" +
                                labels.classNames[static_cast<std::size_t>(label)] + "\".",
                            kUndo);
    if (labels.test.count() == 0) throw DataError("Your decisions leave no picture to test with.", kUndo);
}

}  // namespace

void decide(DatasetLabels& labels, const fs::path& location, bool forTraining) {
    if (labels.train.files.empty() && labels.test.files.empty()) return;
    const KeptDecisions kept = read(location);
    if (!kept.damaged.empty())
        labels.notes.push_back(
            "Earlier decisions about these pictures cannot be read and do not count: " + kept.damaged.string() + '.');
    Applied applied(kept.list, labels, location);
    if (applied.isEmpty()) return;
    const std::set<int> before = labelsIn(labels.train);
    for (SplitLabels* split : {&labels.train, &labels.validation, &labels.test}) applied.to(*split);
    labels.notes.push_back(applied.note());
    labels.decided = applied.state();
    if (forTraining) requireTrainable(labels, before);
}

}  // namespace thaw::core
