#include "core/data/folder_download.h"

#include <string>
#include <system_error>
#include <utility>

#include "core/data/image_folder.h"
#include "core/data/named_pictures.h"
#include "core/data/unpacking.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr int kLeastSide = 64;

struct PublishedFolder {
    const char* id;
    const char* title;
    const char* description;
    const char* folder;  ///< where it lies in the user's data folder, and how people's own copies are called
    DownloadSource download;
    bool named = false;                                           ///< the files are named after their classes
    std::vector<std::pair<std::string, std::string>> classNames;  ///< by the names of the class folders; else those are used
};

DownloadSource source(const char* url, std::int64_t bytes, const char* sha256, const char* md5) {
    const std::string address = url;
    return {address, bytes, sha256, md5, address.substr(address.rfind('/') + 1)};
}

const std::vector<PublishedFolder>& publishedFolders() {
    static const std::vector<PublishedFolder> folders = {
        {"imagenette",
         "Imagenette",
         "Photographs of ten easy classes of ImageNet, their shorter sides 160 pixels.",
         "imagenette2-160",
         source("https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-160.tgz", 99'003'388,
                "64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5", "e793b78cc4c9e9a4ccc0c1155377a412"),
         false,
         {{"n01440764", "tench"},
          {"n02102040", "English springer"},
          {"n02979186", "cassette player"},
          {"n03000684", "chain saw"},
          {"n03028079", "church"},
          {"n03394916", "French horn"},
          {"n03417042", "garbage truck"},
          {"n03425413", "gas pump"},
          {"n03445777", "golf ball"},
          {"n03888257", "parachute"}}},
        {"pets",
         "Oxford-IIIT Pet",
         "Photographs of 37 breeds of cats and dogs. A fifth of each breed tests here, not the published test split.",
         "oxford-iiit-pet",
         source("https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz", 791'918'971, "",
                "5c4f3ee8e5d25df40f4fd59a7f44e54c"),
         true,
         {}},
        {"tf-flowers",
         "Flowers of TensorFlow",
         "Photographs of five kinds of flowers.",
         "flower_photos",
         source("https://download.tensorflow.org/example_images/flower_photos.tgz", 228'813'984,
                "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c", ""),
         false,
         {}},
        {"food101",
         "Food-101",
         "101,000 photographs of 101 dishes. A fifth of each class tests here, not the published test split.",
         "food-101",
         source("https://data.vision.ee.ethz.ch/cvl/food-101.tar.gz", 4'996'278'331, "", "85eeb15f3717b99a5da872d97d918f87"),
         false,
         {}},
        {"colorectal",
         "Colorectal histology",
         "5,000 tiles of stained colorectal tissue in eight classes.",
         "Kather_texture_2016_image_tiles_5000",
         source("https://zenodo.org/record/53169/files/Kather_texture_2016_image_tiles_5000.zip", 258'098'431,
                "936d0b95ae0f04f1f7b18a2b7e8c55776c3e887d102f645bcee752d1a6626a32", ""),
         false,
         {}},
        {"malaria",
         "Malaria cells",
         "27,558 pictures of single red blood cells, with the parasite or without.",
         "cell_images",
         source("https://data.lhncbc.nlm.nih.gov/public/Malaria/cell_images.zip", 353'452'851,
                "0a949556b2414159b5100192609805376654c4266d8d187be9b1922fad43c668", ""),
         false,
         {}},
    };
    return folders;
}

class FolderDownload final : public DatasetSource {
public:
    explicit FolderDownload(const PublishedFolder& set)
        : m_set(set), m_reader(set.named ? makeNamedPictures() : makeImageFolder()) {}

    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = m_set.id;
        info.title = m_set.title;
        info.description = m_set.description;
        info.pictureKind = {kLeastSide, /*grey=*/false, /*anySize=*/true};
        info.download = m_set.download;
        info.installHint = std::string("Get it in the data panel or with: thaw-cli data get ") + m_set.id;
        return info;
    }

    fs::path find(const fs::path& place) const override {
        std::error_code ignored;
        const fs::path folder = place.filename() == m_set.folder ? place : place / m_set.folder;
        return fs::is_directory(folder, ignored) ? m_reader->find(folder) : fs::path();
    }

    std::vector<fs::path> files(const fs::path& location) const override { return m_reader->files(location); }

    DatasetLabels readLabels(const fs::path& location) const override {
        DatasetLabels labels = m_reader->readLabels(location);
        labels.title.clear();
        for (std::string& name : labels.classNames)
            for (const auto& [folder, title] : m_set.classNames)
                if (name == folder) name = title;
        return labels;
    }

    void install(const fs::path& file, const fs::path& folder,
                 const std::function<bool(std::int64_t, std::int64_t)>& progress) const override {
        unpackArchive(file, folder / m_set.folder, {}, progress);
        std::error_code ignored;
        fs::remove(file, ignored);
    }

private:
    const PublishedFolder& m_set;
    std::unique_ptr<DatasetSource> m_reader;
};

}  // namespace

std::vector<std::unique_ptr<DatasetSource>> makeFolderDownloads() {
    std::vector<std::unique_ptr<DatasetSource>> sources;
    for (const PublishedFolder& set : publishedFolders()) sources.push_back(std::make_unique<FolderDownload>(set));
    return sources;
}

}  // namespace thaw::core
