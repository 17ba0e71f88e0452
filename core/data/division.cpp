#include "core/data/division.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <utility>

#include "core/api/errors.h"
#include "core/data/grouping.h"
#include "core/util/number_text.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

void append(SplitLabels& to, SplitLabels& from) {
    const auto move = [](auto& target, auto& source) { std::move(source.begin(), source.end(), std::back_inserter(target)); };
    move(to.first, from.first);
    move(to.sets, from.sets);
    move(to.files, from.files);
    move(to.cells, from.cells);
}

std::vector<int> classesOf(const SplitLabels& all, std::size_t row, int without) {
    if (all.sets.empty()) return {all.first[row]};
    return all.sets[row].empty() ? std::vector<int>{without} : all.sets[row];
}

/// Parts of the given shares: each group goes, the largest first and equals in an order that is drawn, where its classes are
/// furthest from their share.
class Parts {
public:
    Parts(const SplitLabels& all, int classes, std::vector<double> shares)
        : m_all(all), m_classes(classes), m_shares(std::move(shares)), m_rows(m_shares.size()) {
        m_totals.resize(static_cast<std::size_t>(classes) + 1);
        m_counts.assign(m_shares.size(), m_totals);
        for (std::size_t row = 0; row < all.count(); ++row)
            for (const int label : classesOf(all, row, classes)) ++m_totals[static_cast<std::size_t>(label)];
    }

    void add(const std::vector<std::size_t>& group) {
        std::map<int, double> own;
        for (const std::size_t row : group)
            for (const int label : classesOf(m_all, row, m_classes)) ++own[label];
        std::size_t best = 0;
        double least = 0;
        for (std::size_t part = 0; part < m_shares.size(); ++part) {
            double fill = 0;
            for (const auto& [label, count] : own) {
                const auto at = static_cast<std::size_t>(label);
                fill += count * (m_counts[part][at] + count) / (m_shares[part] * m_totals[at]);
            }
            if (part == 0 || fill < least) {
                least = fill;
                best = part;
            }
        }
        for (const auto& [label, count] : own) m_counts[best][static_cast<std::size_t>(label)] += count;
        m_rows[best].insert(m_rows[best].end(), group.begin(), group.end());
    }

    /// Rows of a part, ascending.
    std::vector<std::size_t> take(std::size_t part) {
        std::sort(m_rows[part].begin(), m_rows[part].end());
        return std::move(m_rows[part]);
    }

private:
    const SplitLabels& m_all;
    int m_classes;
    std::vector<double> m_shares;
    std::vector<double> m_totals;
    std::vector<std::vector<double>> m_counts;
    std::vector<std::vector<std::size_t>> m_rows;
};

SplitLabels sortedByName(SplitLabels all) {
    std::vector<std::size_t> order(all.count());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all.files[a] < all.files[b]; });
    return picturesAt(all, order);
}

std::vector<std::vector<std::size_t>> groupsOf(const SplitLabels& all, const Grouping& grouping, std::uint64_t seed) {
    std::map<std::string, std::vector<std::size_t>> byKey;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t row = 0; row < all.count(); ++row)
        if (grouping.eachAlone())
            groups.push_back({row});
        else
            byKey[grouping.keyOf(all, row).text].push_back(row);
    for (auto& [key, rows] : byKey) groups.push_back(std::move(rows));
    std::sort(groups.begin(), groups.end());  // by their first pictures
    std::mt19937_64 generator(seed);
    for (std::size_t i = groups.size(); i > 1; --i) std::swap(groups[i - 1], groups[generator() % i]);
    std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    return groups;
}

std::string noteOf(const SplitConfig& split, const DatasetLabels& labels, std::size_t groups) {
    const auto count = [](const SplitLabels& part) { return groupedText(static_cast<std::int64_t>(part.count())); };
    std::string note = split.mode == SplitMode::Folds
                           ? "Fold " + std::to_string(split.fold) + " of " + std::to_string(split.folds) + " tests: "
                           : std::string("Divided anew by the settings: ");
    note += count(labels.train) + " pictures train, ";
    if (labels.validation.count() > 0) note += count(labels.validation) + " validate, ";
    note += count(labels.test) + " test.";
    if (!split.groups.empty())
        note += " " + groupedText(static_cast<std::int64_t>(groups)) + " groups (" + split.groups +
                ") stay whole: none is on both sides.";
    return note;
}

}  // namespace

std::string splitKey(const SplitConfig& split) {
    if (split.mode == SplitMode::Own) return {};
    return "|" + std::to_string(static_cast<int>(split.mode)) + '|' + numberText(split.test) + '|' +
           numberText(split.validation) + '|' + std::to_string(split.folds) + '|' + std::to_string(split.fold) + '|' +
           split.groups + '|' + std::to_string(split.seed);
}

SplitLabels picturesAt(const SplitLabels& all, const std::vector<std::size_t>& rows) {
    SplitLabels part;
    for (const std::size_t row : rows) {
        part.first.push_back(all.first[row]);
        part.files.push_back(all.files[row]);
        if (!all.sets.empty()) part.sets.push_back(all.sets[row]);
        if (!all.cells.empty()) part.cells.push_back(all.cells[row]);
    }
    return part;
}

void divide(DatasetLabels& labels, const SplitConfig& split, const fs::path& location) {
    if (split.mode == SplitMode::Own) return;
    if (labels.train.files.empty())
        throw DataError("This data set says itself which of its pictures train and which test.",
                        "Set the splits to the data set's own.");
    SplitLabels all;
    for (SplitLabels* part : {&labels.train, &labels.validation, &labels.test}) append(all, *part);
    all = sortedByName(std::move(all));
    const std::vector<std::vector<std::size_t>> groups =
        groupsOf(all, Grouping(split.groups, labels.columns, location), split.seed);

    std::vector<double> shares;
    if (split.mode == SplitMode::Folds)
        shares.assign(static_cast<std::size_t>(split.folds), 1.0 / split.folds);
    else
        shares = {1 - split.test - split.validation, split.test, split.validation};
    if (split.mode == SplitMode::Anew && split.validation <= 0) shares.pop_back();
    if (shares.front() <= 0)
        throw DataError("The shares that test and validate leave nothing to train on.", "Make them smaller.");
    Parts parts(all, static_cast<int>(labels.classNames.size()), shares);
    for (const std::vector<std::size_t>& group : groups) parts.add(group);

    std::vector<std::size_t> train, test, validation;
    if (split.mode == SplitMode::Folds) {
        if (split.fold > split.folds)
            throw DataError("There is no fold " + std::to_string(split.fold) + " of " + std::to_string(split.folds) + '.',
                            "Count from 1.");
        for (int fold = 1; fold <= split.folds; ++fold) {
            const std::vector<std::size_t> rows = parts.take(static_cast<std::size_t>(fold - 1));
            std::vector<std::size_t>& to = fold == split.fold ? test : train;
            to.insert(to.end(), rows.begin(), rows.end());
        }
        std::sort(train.begin(), train.end());
    } else {
        train = parts.take(0);
        test = parts.take(1);
        if (shares.size() > 2) validation = parts.take(2);
    }
    if (train.empty() || test.empty() || (shares.size() > 2 && split.mode == SplitMode::Anew && validation.empty()))
        throw DataError("The pictures are too few, or too few groups, to be divided so: a split would be empty.",
                        "Choose other shares or other groups.");
    labels.train = picturesAt(all, train);
    labels.test = picturesAt(all, test);
    labels.validation = picturesAt(all, validation);
    labels.notes.erase(std::remove(labels.notes.begin(), labels.notes.end(), labels.splitNote), labels.notes.end());
    labels.splitNote = noteOf(split, labels, groups.size());
    labels.notes.push_back(labels.splitNote);
}

}  // namespace thaw::core
