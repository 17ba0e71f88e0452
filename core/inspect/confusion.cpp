#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>

#include "core/api/evaluation.h"

namespace thaw::core {
namespace {

double share(std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

// How often two classes are taken for each other, as shares of their pictures.
std::vector<double> likeness(const ConfusionMatrix& confusion) {
    const std::size_t n = static_cast<std::size_t>(confusion.classCount);
    std::vector<double> alike(n * n);
    for (int truth = 0; truth < confusion.classCount; ++truth) {
        const std::int64_t all = confusion.rowSum(truth);
        for (int predicted = 0; predicted < confusion.classCount; ++predicted) {
            const std::size_t i = static_cast<std::size_t>(truth), j = static_cast<std::size_t>(predicted);
            const double taken = share(confusion.at(truth, predicted), all);
            alike[i * n + j] += taken;
            alike[j * n + i] += taken;
        }
    }
    return alike;
}

}  // namespace

std::int64_t ConfusionMatrix::rowSum(int truth) const {
    std::int64_t sum = 0;
    for (int predicted = 0; predicted < classCount; ++predicted) sum += at(truth, predicted);
    return sum;
}

std::int64_t ConfusionMatrix::columnSum(int predicted) const {
    std::int64_t sum = 0;
    for (int truth = 0; truth < classCount; ++truth) sum += at(truth, predicted);
    return sum;
}

std::vector<MixUp> mostConfused(const ConfusionMatrix& confusion) {
    std::vector<MixUp> cells;
    for (int truth = 0; truth < confusion.classCount; ++truth)
        for (int predicted = 0; predicted < confusion.classCount; ++predicted)
            if (truth != predicted && confusion.at(truth, predicted) > 0)
                cells.push_back({truth, predicted, confusion.at(truth, predicted)});
    std::stable_sort(cells.begin(), cells.end(), [](const MixUp& a, const MixUp& b) { return a.count > b.count; });
    return cells;
}

// Chains of classes are joined by their mean likeness, the most alike first, each time with the more alike ends together.
std::vector<int> confusionOrder(const ConfusionMatrix& confusion) {
    const std::size_t n = static_cast<std::size_t>(confusion.classCount);
    const std::vector<double> ofClasses = likeness(confusion);
    std::vector<double> ofChains = ofClasses;
    std::vector<std::vector<int>> chains(n);  // one that was joined to an earlier one is empty
    for (std::size_t i = 0; i < n; ++i) chains[i] = {static_cast<int>(i)};

    // Chains that are alike at all, the earlier one first; pairs whose likeness has changed since stay in it and are passed over.
    struct Pair {
        double alike;
        std::size_t first, second;
        bool operator<(const Pair& other) const {
            return std::tie(alike, other.first, other.second) < std::tie(other.alike, first, second);
        }
    };
    std::vector<Pair> alike;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i + 1; j < n; ++j)
            if (ofChains[i * n + j] > 0) alike.push_back({ofChains[i * n + j], i, j});
    std::priority_queue<Pair> pairs(std::less<Pair>(), std::move(alike));

    while (!pairs.empty()) {
        const Pair most = pairs.top();
        pairs.pop();
        const std::size_t a = most.first, b = most.second;
        std::vector<int>&front = chains[a], &back = chains[b];
        if (front.empty() || back.empty() || most.alike != ofChains[a * n + b]) continue;
        const auto ends = [&](int x, int y) { return ofClasses[static_cast<std::size_t>(x) * n + static_cast<std::size_t>(y)]; };
        const double best = std::max({ends(front.back(), back.front()), ends(front.back(), back.back()),
                                      ends(front.front(), back.front()), ends(front.front(), back.back())});
        if (ends(front.back(), back.front()) < best) {
            if (ends(front.back(), back.back()) < best) std::reverse(front.begin(), front.end());
            if (ends(front.back(), back.front()) < best) std::reverse(back.begin(), back.end());
        }
        const double sizeA = static_cast<double>(front.size()), sizeB = static_cast<double>(back.size());
        front.insert(front.end(), back.begin(), back.end());
        back.clear();
        for (std::size_t other = 0; other < n; ++other) {
            if (other == a || chains[other].empty()) continue;
            const double mean = (sizeA * ofChains[a * n + other] + sizeB * ofChains[b * n + other]) / (sizeA + sizeB);
            if (mean != ofChains[a * n + other]) pairs.push({mean, std::min(a, other), std::max(a, other)});
            ofChains[a * n + other] = ofChains[other * n + a] = mean;
        }
    }
    std::vector<int> order;
    for (const std::vector<int>& chain : chains) order.insert(order.end(), chain.begin(), chain.end());
    if (!order.empty() && order.front() > order.back()) std::reverse(order.begin(), order.end());
    return order;
}

std::vector<std::int64_t> picturesIn(const PredictionSet& predictions, const std::vector<std::pair<int, int>>& cells) {
    const auto place = [&](int truth, int predicted) {
        return static_cast<std::size_t>(truth) * static_cast<std::size_t>(predictions.classCount) +
               static_cast<std::size_t>(predicted);
    };
    std::vector<bool> wanted(place(predictions.classCount, 0));
    for (const auto& [truth, predicted] : cells) wanted[place(truth, predicted)] = true;
    std::vector<std::pair<float, std::int64_t>> found;
    for (std::int64_t i = 0; i < predictions.count(); ++i) {
        const int predicted = predictions.predicted(i);
        if (wanted[place(predictions.labels[static_cast<std::size_t>(i)], predicted)])
            found.emplace_back(-predictions.row(i)[predicted], i);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::int64_t> indices;
    for (const auto& [confidence, index] : found) indices.push_back(index);
    return indices;
}

}  // namespace thaw::core
