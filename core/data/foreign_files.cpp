#include "core/data/foreign_files.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/data/archive.h"
#include "core/data/folder_names.h"
#include "core/data/picture_format.h"
#include "core/data/table_rows.h"

namespace thaw::core {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kNamesLookedAt = 300;
constexpr const char* kUnpack = "Unpack it and choose the folder that holds the class folders.";
constexpr const char* kTakesCifar =
    "Thaw reads CIFAR-10 and CIFAR-100: the official archives of the binary and the Python version, or their folders.";
constexpr const char* kTakesArrays = "Thaw reads .npz files with train_images, train_labels, test_images and test_labels.";
constexpr const char* kNeedsPictures = "Thaw needs the pictures as files, in a folder for each class.";

struct Meaning {
    std::string what;  ///< follows the name: "is an archive of pictures"; empty: nobody knows
    std::string hint;
};

bool endsWith(const std::string& text, std::string_view end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool isArchiveName(const std::string& name) {
    for (const char* ending : {".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tbz2", ".7z", ".rar"})
        if (endsWith(name, ending)) return true;
    return false;
}

// What names of files say together. `inArchive`: they stand in one.
Meaning meaningOf(const std::vector<std::string>& paths, bool inArchive) {
    std::vector<std::string> names;
    bool hundred = false;
    for (const std::string& path : paths) {
        names.push_back(lowered(fs::path(path).filename().string()));
        hundred = hundred || lowered(path).find("cifar-100") != std::string::npos;
    }
    const auto has = [&](const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    const auto any = [&](auto&& test) { return std::any_of(names.begin(), names.end(), test); };
    const auto ends = [&](std::string_view end) { return any([end](const std::string& name) { return endsWith(name, end); }); };
    const std::string holds = inArchive ? "is an archive of " : "holds ";
    if (hundred || has("fine_label_names.txt") || (has("meta") && has("train") && has("test")))
        return {holds + "some of CIFAR-100's files", kTakesCifar};
    if (has("data_batch_1") || has("data_batch_1.bin"))
        return {holds + "CIFAR-10's files", inArchive ? "Unpack it and choose the folder with data_batch_1." : kTakesCifar};
    if (any([](const std::string& name) {
            return name.find("idx3-ubyte") != std::string::npos || name.find("idx1-ubyte") != std::string::npos;
        }))
        return {holds + "files in MNIST's format (IDX)",
                std::string(inArchive ? "Unpack it. " : "") +
                    "Thaw reads two pairs of files with names like MNIST's, for example train-images-idx3-ubyte and "
                    "train-labels-idx1-ubyte."};
    if (any([](const std::string& name) { return isPictureName(name); }))
        return {holds + "pictures", inArchive ? kUnpack : kNeedsPictures};
    if (any(isArchiveName))
        return {inArchive ? "is an archive of archives" : "holds archives, which are not unpacked",
                "Unpack them and choose the folder that holds the class folders."};
    if (ends(".mat")) return {holds + "MATLAB files, as SVHN has", kNeedsPictures};
    if (ends(".npy") || ends(".npz")) return {holds + "arrays of NumPy", kTakesArrays};
    if (ends(".parquet") || ends(".arrow") || ends(".tfrecord")) return {holds + "tables with pictures in them", kNeedsPictures};
    if (ends(".safetensors") || ends(".pth") || ends(".h5") || ends(".pt") || ends(".keras"))
        return {holds + "weights of a network, no pictures", "Choose weights in the settings, or with --weights."};
    if (any([](const std::string& name) { return isTableName(name); }))
        return {holds + "tables (CSV), as Kaggle's competitions have them", kNeedsPictures};
    return {};
}

std::string beginOf(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string bytes(512, '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    return bytes;
}

bool begins(const std::string& bytes, std::string_view with) { return bytes.compare(0, with.size(), with) == 0; }

bool isText(const std::string& bytes) {
    return !bytes.empty() && std::none_of(bytes.begin(), bytes.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 9 || (byte > 13 && byte < 32 && byte != 27) || byte == 127;
    });
}

Meaning meaningOfFile(const fs::path& file) {
    using namespace std::string_view_literals;
    const std::string bytes = beginOf(file), name = lowered(file.filename().string());
    if (bytes.empty()) return {"is an empty file", "Copy or download it again."};
    const std::vector<std::string> inside = namesInArchive(file, kNamesLookedAt);
    if (!inside.empty()) {
        Meaning meaning = meaningOf(inside, true);
        if (meaning.what.empty()) meaning = {"is an archive in which Thaw finds no data set", kUnpack};
        return meaning;
    }
    if (begins(bytes, "PK"sv) || begins(bytes, "7z\xBC\xAF"sv) || begins(bytes, "Rar!"sv) || begins(bytes, "BZh"sv) ||
        begins(bytes,
               "\xFD"
               "7zXZ"sv) ||
        begins(bytes, "\x1F\x8B"sv))
        return {"is an archive or a compressed file", kUnpack};
    if (checkPicture(file).verdict == PictureCheck::Verdict::Picture)
        return {"is a picture", "Choose the folder that holds the class folders."};
    if (begins(bytes, "MATLAB"sv) || endsWith(name, ".mat")) return {"is a MATLAB file, as SVHN has", kNeedsPictures};
    if (isText(bytes) && isArchiveName(name)) return {"is a text and no archive, whatever its name says", "Download it again."};
    if (isText(bytes)) return {"is a text", kNeedsPictures};
    return meaningOf({name}, false);
}

Meaning meaningOfFolder(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end && names.size() < kNamesLookedAt;
         at.increment(error)) {
        std::error_code ignored;
        if (!at->is_directory(ignored)) names.push_back(at->path().filename().string());
    }
    return meaningOf(names, false);
}

}  // namespace

DataError otherArchive(const fs::path& file) {
    const Meaning meaning = meaningOfFile(file);
    return DataError(
        file.string() + ' ' + (meaning.what.empty() ? "is an archive in which Thaw finds no data set" : meaning.what) + '.',
        meaning.hint.empty() ? kUnpack : meaning.hint);
}

void explainForeign(const fs::path& place) {
    std::error_code ignored;
    const Meaning meaning = fs::is_directory(place, ignored) ? meaningOfFolder(place) : meaningOfFile(place);
    if (!meaning.what.empty()) throw DataError(place.string() + ' ' + meaning.what + '.', meaning.hint);
}

}  // namespace thaw::core
