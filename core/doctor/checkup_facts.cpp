#include "core/doctor/checkup_facts.h"

#include <algorithm>

namespace thaw::core {
namespace {

template <class Value>
ValueRange rangeOf(const std::vector<CheckedPicture>& pictures, const Value& value) {
    std::vector<double> all;
    for (const CheckedPicture& picture : pictures) all.push_back(value(picture));
    if (all.empty()) return {};
    std::sort(all.begin(), all.end());
    return {all.front(), all[all.size() / 2], all.back()};
}

}  // namespace

void addFacts(DatasetCheckup& checkup) {
    for (const CheckedPicture& picture : checkup.pictures) {
        for (const int label : picture.labels) {
            ClassCounts& counts = checkup.classes[static_cast<std::size_t>(label)];
            ++(picture.split == Split::Train ? counts.train : picture.split == Split::Test ? counts.test : counts.validation);
        }
        if (picture.grey) ++checkup.greyPictures;
    }
    checkup.width = rangeOf(checkup.pictures, [](const CheckedPicture& picture) { return picture.width; });
    checkup.height = rangeOf(checkup.pictures, [](const CheckedPicture& picture) { return picture.height; });
    checkup.aspect =
        rangeOf(checkup.pictures, [](const CheckedPicture& picture) { return double{1} * picture.width / picture.height; });
    checkup.brightness = rangeOf(checkup.pictures, [](const CheckedPicture& picture) { return picture.brightness; });
}

double DatasetCheckup::imbalance() const {
    if (classes.empty()) return 0;
    const auto [least, most] = std::minmax_element(classes.begin(), classes.end(),
                                                   [](const ClassCounts& a, const ClassCounts& b) { return a.train < b.train; });
    return least->train == 0 ? 0 : static_cast<double>(most->train) / static_cast<double>(least->train);
}

std::vector<std::string> DatasetCheckup::tinyClasses() const {
    std::vector<std::string> names;
    for (const ClassCounts& one : classes)
        if (one.train < kTinyClass) names.push_back(one.name);
    return names;
}

}  // namespace thaw::core
