#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "core/api/doctor.h"
#include "core/api/errors.h"
#include "core/data/picture_file.h"
#include "core/data/picture_names.h"
#include "core/data/picture_reading.h"
#include "core/doctor/checkup_facts.h"
#include "core/doctor/near_pairs.h"
#include "core/doctor/picture_look.h"
#include "core/doctor/surveyed_set.h"
#include "core/util/hash.h"
#include "core/util/parallel.h"

namespace thaw::core {
namespace {

namespace fs = std::filesystem;

/// Of each of a checkup's pictures, in their order.
struct ReadLooks {
    std::vector<PictureLook> looks;
    std::vector<std::string> digests;
};

std::vector<int> labelsAt(const SplitLabels& labels, std::size_t index) {
    if (labels.sets.empty()) return {labels.first[index]};
    std::vector<int> set = labels.sets[index];
    std::sort(set.begin(), set.end());
    return set;
}

class Reader {
public:
    Reader(const SurveyedSet& set, CountCallback progress) : m_set(set), m_progress(std::move(progress)) {
        for (const Split split : {Split::Train, Split::HeldOut, Split::Test}) m_total += countOf(split);
    }

    ReadLooks read(DatasetCheckup& checkup) const {
        ReadLooks read;
        std::int64_t done = 0;
        for (const Split split : {Split::Train, Split::HeldOut, Split::Test}) {
            const SplitLabels& labels = m_set.labels.of(split);
            if (labels.count() == 0) continue;
            Part part(labels.count());
            labels.files.empty() ? readPixels(split, part, progressFrom(done)) : readFiles(labels, part, progressFrom(done));
            for (std::size_t i = 0; i < labels.count(); ++i) {
                const std::string name = pictureName(m_set.location, labels, split, i);
                if (!part.reasons[i].empty()) {
                    checkup.unreadable.push_back({name, part.reasons[i]});
                    continue;
                }
                CheckedPicture& picture = part.pictures[i];
                picture.file = name;
                picture.split = split;
                picture.labels = labelsAt(labels, i);
                checkup.pictures.push_back(std::move(picture));
                read.looks.push_back(part.looks[i]);
                read.digests.push_back(std::move(part.digests[i]));
            }
            done += countOf(split);
        }
        return read;
    }

private:
    struct Part {
        explicit Part(std::size_t count) : pictures(count), looks(count), digests(count), reasons(count) {}
        std::vector<CheckedPicture> pictures;
        std::vector<PictureLook> looks;
        std::vector<std::string> digests, reasons;
        void take(std::size_t i, const SmallPicture& small) {
            pictures[i].width = small.width;
            pictures[i].height = small.height;
            pictures[i].grey = isGreyPicture(small.rgb.data());
            looks[i] = lookOf(small.rgb.data());
            pictures[i].brightness = brightnessOf(looks[i]);
            digests[i] = small.digest;
        }
    };

    std::int64_t countOf(Split split) const { return static_cast<std::int64_t>(m_set.labels.of(split).count()); }

    CountCallback progressFrom(std::int64_t begin) const {
        return [this, begin](std::int64_t done, std::int64_t) { return m_progress(begin + done, m_total); };
    }

    void readFiles(const SplitLabels& labels, Part& part, const CountCallback& progress) const {
        forEachInParallel(
            static_cast<std::int64_t>(labels.count()),
            [&](std::int64_t i, const std::atomic<bool>& stop) {
                const auto at = static_cast<std::size_t>(i);
                try {
                    part.take(at, smallPictureOfFile(labels.files[at], kLookSide, &stop));
                } catch (const DataError& error) {
                    part.reasons[at] = error.what();
                } catch (const std::bad_alloc&) {
                    part.reasons[at] = "there is not enough memory for it";
                }
            },
            progress);
    }

    void readPixels(Split split, Part& part, const CountCallback& progress) const {
        std::vector<std::int64_t> all(part.pictures.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
        PictureReading reading{progress, {}};
        const PictureSet set = m_set.source->readPictures(m_set.location, split, all, m_set.info.pictureKind.side, reading);
        if (set.count() != static_cast<std::int64_t>(all.size()))
            throw DataError(m_set.location.string() + " has changed while it was read.", "Try again.");
        const auto bytes = static_cast<std::size_t>(set.width) * static_cast<std::size_t>(set.height) * 3;
        forEachInParallel(
            set.count(),
            [&](std::int64_t i, const std::atomic<bool>&) {
                const std::uint8_t* rgb = set.picture(i);
                part.take(static_cast<std::size_t>(i),
                          {set.width, set.height, digestOf(rgb, bytes), squeezed(rgb, set.width, set.height, kLookSide)});
            },
            progress);
    }

    const SurveyedSet& m_set;
    const CountCallback m_progress;
    std::int64_t m_total = 0;
};

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

/// Each picture with the first one that has the same digest.
Pairs exactPairs(const std::vector<std::string>& digests) {
    std::map<std::string, std::size_t> first;
    Pairs pairs;
    for (std::size_t i = 0; i < digests.size(); ++i)
        if (const auto [entry, added] = first.emplace(digests[i], i); !added) pairs.emplace_back(entry->second, i);
    return pairs;
}

/// Of pictures that are the same each is compared once.
Pairs alikePairs(const std::vector<PictureLook>& looks, const Pairs& exact, const CountCallback& progress) {
    std::vector<bool> repeated(looks.size());
    for (const auto& pair : exact) repeated[pair.second] = true;
    std::vector<PictureLook> different;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < looks.size(); ++i)
        if (!repeated[i]) {
            different.push_back(looks[i]);
            places.push_back(i);
        }
    Pairs pairs = nearPairs(different, progress);
    for (auto& [a, b] : pairs) a = places[a], b = places[b];
    return pairs;
}

void findDuplicates(const ReadLooks& read, DatasetCheckup& checkup, const CountCallback& progress) {
    const std::size_t count = checkup.pictures.size();
    const Pairs exact = exactPairs(read.digests), alike = alikePairs(read.looks, exact, progress);
    Pairs both = exact;
    both.insert(both.end(), alike.begin(), alike.end());
    std::vector<bool> isNear(count);
    for (const auto& [a, b] : alike) isNear[a] = isNear[b] = true;

    checkup.duplicates = groupsOf(count, exact);
    for (PictureGroup& group : groupsOf(count, both)) {
        const CheckedPicture& first = checkup.pictures[group.front()];
        const auto any = [&](const auto& differs) {
            return std::any_of(group.begin(), group.end(), [&](std::size_t i) { return differs(checkup.pictures[i]); });
        };
        if (any([&](const CheckedPicture& other) { return other.split != first.split; })) checkup.acrossSplits.push_back(group);
        if (any([&](const CheckedPicture& other) { return other.labels != first.labels; })) checkup.inTwoClasses.push_back(group);
        if (std::any_of(group.begin(), group.end(), [&](std::size_t i) { return isNear[i]; }))
            checkup.nearDuplicates.push_back(std::move(group));
    }
}

void listFiles(const SurveyedSet& set, DatasetCheckup& checkup) {
    std::map<fs::path, bool> bad;
    for (const LeftOutFile& file : set.labels.unreadable) {
        bad[file.file] = true;
        checkup.unreadable.push_back({nameWithin(set.location, file.file), file.reason});
    }
    for (const LeftOutFile& file : set.labels.leftOut)
        if (bad.count(file.file) == 0) checkup.leftOut.push_back({nameWithin(set.location, file.file), file.reason});
}

}  // namespace

DatasetCheckup checkDataset(const fs::path& folder, const CountCallback& progress) {
    const SurveyedSet set = surveyOf(folder);
    DatasetCheckup checkup;
    checkup.id = set.info.id;
    checkup.title = set.labels.title.empty() ? set.info.title : set.labels.title;
    checkup.location = set.location;
    checkup.task = set.labels.task;
    checkup.notes = set.labels.notes;
    for (const std::string& name : set.labels.classNames) checkup.classes.push_back({name});
    listFiles(set, checkup);

    // Comparing the pictures takes less time than reading them: a part in four.
    const auto partOf = [&progress](std::int64_t begin) {
        return [&progress, begin](std::int64_t done, std::int64_t total) {
            const std::int64_t weight = begin == 0 ? 3 : 1;
            return !progress || progress(begin * total / 4 + done * weight / 4, total);
        };
    };
    const ReadLooks read = Reader(set, partOf(0)).read(checkup);
    addFacts(checkup);
    findDuplicates(read, checkup, partOf(3));
    std::sort(checkup.unreadable.begin(), checkup.unreadable.end(),
              [](const LeftOutFile& a, const LeftOutFile& b) { return a.file < b.file; });
    return checkup;
}

}  // namespace thaw::core
