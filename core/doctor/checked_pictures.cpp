#include <charconv>
#include <map>
#include <new>

#include "core/api/doctor.h"
#include "core/api/errors.h"
#include "core/data/picture_file.h"
#include "core/data/picture_names.h"
#include "core/doctor/surveyed_set.h"

namespace thaw::core {
namespace {

RgbPicture pictureOf(const PictureSet& set, std::int64_t index) {
    const std::uint8_t* rgb = set.picture(index);
    return {set.width, set.height, std::vector<std::uint8_t>(rgb, rgb + set.bytesEach())};
}

class Pictures final : public CheckedPictures {
public:
    explicit Pictures(const std::filesystem::path& folder) : m_set(surveyOf(folder, Decided::Ignored)) {}

    RgbPicture whole(const std::string& file) const override {
        if (areFiles()) {
            FilePrediction read = readPictureFile(pathOf(file), m_set.info.pictureKind);
            if (!read.error.empty()) throw DataError(file + ": " + read.error);
            return {read.width, read.height, std::move(read.rgb)};
        }
        RgbPicture picture = readNumbered({file}).front();
        if (picture.rgb.empty()) throw DataError(file + ": there is no such picture.");
        return picture;
    }

    std::vector<RgbPicture> squares(const std::vector<std::string>& files, int side,
                                    const std::atomic<bool>& stop) const override {
        if (!areFiles()) return readNumbered(files);
        std::vector<RgbPicture> pictures(files.size());
        PictureKind kind;
        kind.side = side;
        for (std::size_t i = 0; i < files.size(); ++i) {
            try {
                pictures[i] = {side, side, squareOfFile(pathOf(files[i]), kind, DecodedSize::AsNeeded, &stop)};
            } catch (const DataError&) {  // stays empty
            } catch (const std::bad_alloc&) {
            }
        }
        return pictures;
    }

private:
    bool areFiles() const { return !m_set.labels.train.files.empty() || !m_set.labels.test.files.empty(); }
    std::filesystem::path pathOf(const std::string& file) const { return (m_set.location / file).lexically_normal(); }

    /// "train/17" and others, each split in one go.
    std::vector<RgbPicture> readNumbered(const std::vector<std::string>& names) const {
        std::vector<RgbPicture> pictures(names.size());
        for (const Split split : {Split::Train, Split::HeldOut, Split::Test}) {
            std::map<std::int64_t, std::size_t> wanted;
            for (std::size_t i = 0; i < names.size(); ++i)
                if (const std::int64_t row = rowIn(names[i], split); row >= 0) wanted[row] = i;
            if (wanted.empty()) continue;
            std::vector<std::int64_t> rows;
            for (const auto& [row, place] : wanted) rows.push_back(row);
            PictureReading reading;
            const PictureSet set = m_set.source->readPictures(m_set.location, split, rows, m_set.info.pictureKind.side, reading);
            std::int64_t index = 0;
            for (const auto& [row, place] : wanted)
                if (index < set.count()) pictures[place] = pictureOf(set, index++);
        }
        return pictures;
    }

    /// -1: it is none of the split's.
    std::int64_t rowIn(const std::string& name, Split split) const {
        const std::string begin = toString(split) + '/';
        if (name.rfind(begin, 0) != 0) return -1;
        std::int64_t row = -1;
        const char* end = name.data() + name.size();
        const auto read = std::from_chars(name.data() + begin.size(), end, row);
        const auto count = static_cast<std::int64_t>(m_set.labels.of(split).count());
        return read.ec == std::errc() && read.ptr == end && row >= 0 && row < count ? row : -1;
    }

    SurveyedSet m_set;
};

}  // namespace

std::unique_ptr<CheckedPictures> openCheckedPictures(const std::filesystem::path& folder) {
    return std::make_unique<Pictures>(folder);
}

}  // namespace thaw::core
