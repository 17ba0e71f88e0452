#include "core/api/division_preview.h"

#include <map>
#include <set>
#include <utility>

#include "core/api/errors.h"
#include "core/data/division.h"
#include "core/data/grouping.h"
#include "core/data/picture_names.h"
#include "core/doctor/surveyed_set.h"

namespace thaw::core {
namespace {

constexpr Split kSplits[] = {Split::Train, Split::HeldOut, Split::Test};

class Pictures final : public DivisiblePictures {
public:
    explicit Pictures(SurveyedSet set) : m_set(std::move(set)) {}

    const std::vector<std::string>& columns() const override { return m_set.labels.columns; }

    DivisionPreview preview(const SplitConfig& split) const override {
        DatasetLabels labels = m_set.labels;
        divide(labels, split, m_set.location);
        const Grouping grouping(split.groups, labels.columns, m_set.location);
        DivisionPreview preview;
        preview.train.pictures = static_cast<std::int64_t>(labels.train.count());
        preview.validation.pictures = static_cast<std::int64_t>(labels.validation.count());
        preview.test.pictures = static_cast<std::int64_t>(labels.test.count());
        showExample(labels, grouping, preview);
        if (!grouping.eachAlone()) countGroups(labels, grouping, preview);
        return preview;
    }

private:
    void showExample(const DatasetLabels& labels, const Grouping& grouping, DivisionPreview& preview) const {
        if (labels.train.count() == 0) return;
        preview.example = pictureName(m_set.location, labels.train, Split::Train, 0);
        if (grouping.eachAlone()) return;
        const Grouping::Key key = grouping.keyOf(labels.train, 0);
        preview.exampleGroup = key.text;
        preview.exampleBegin = key.begin;
        preview.exampleLength = key.length;
    }

    void countGroups(const DatasetLabels& labels, const Grouping& grouping, DivisionPreview& preview) const {
        using Place = std::pair<Split, std::size_t>;
        std::map<std::string, std::vector<Place>> groups;
        for (const Split split : kSplits)
            for (std::size_t row = 0; row < labels.of(split).count(); ++row)
                groups[grouping.keyOf(labels.of(split), row).text].emplace_back(split, row);
        for (const auto& [name, places] : groups) {
            std::set<Split> sides;
            for (const Place& place : places) sides.insert(place.first);
            preview.train.groups += sides.count(Split::Train) > 0;
            preview.validation.groups += sides.count(Split::HeldOut) > 0;
            preview.test.groups += sides.count(Split::Test) > 0;
            if (sides.size() < 2) continue;
            DividedGroup divided{name, {}};
            for (const auto& [split, row] : places)
                divided.pictures.push_back(
                    {pictureName(m_set.location, labels.of(split), split, row), split, labels.of(split).first[row]});
            preview.onBothSides.push_back(std::move(divided));
        }
    }

    const SurveyedSet m_set;
};

}  // namespace

std::unique_ptr<DivisiblePictures> openDivisiblePictures(const std::filesystem::path& folder) {
    SurveyedSet set = surveyOf(folder);
    if (set.labels.train.files.empty())
        throw DataError("This data set says itself which of its pictures train and which test.",
                        "Pictures can be divided anew where they are files of their own.");
    return std::make_unique<Pictures>(std::move(set));
}

}  // namespace thaw::core
