// Small data sets in the real layouts, drawn: each class is a shape in a colour of its own at a random place on noise, so that a
// network learns them within a few steps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace thaw::test {

using Bytes = std::vector<std::uint8_t>;

/// side * side * 3 bytes, interleaved RGB; label 0..9.
Bytes drawPicture(int label, int side, std::mt19937& random);

struct DrawnSizes {
    int trainPerClass = 10;  ///< CIFAR-10: over its five files; at least 5
    int testPerClass = 5;
    unsigned seed = 1;
};

/// data_batch_1.bin .. data_batch_5.bin and test_batch.bin, classes in turn.
void writeCifar10Folder(const std::filesystem::path& folder, const DrawnSizes& sizes = {});
/// The same bytes as a gzipped tar archive with the official paths in it.
void writeCifar10Archive(const std::filesystem::path& file, const DrawnSizes& sizes = {});
/// The contents of data_batch_1.bin .. test_batch.bin, in that order.
std::vector<Bytes> drawCifar10Files(const DrawnSizes& sizes = {});
extern const char* const kCifar10Files[6];

/// The four IDX files, gzipped or plain.
void writeFashionMnist(const std::filesystem::path& folder, const DrawnSizes& sizes = {}, bool gzipped = true);

/// folder/train/<class>/<n>.png and folder/test/<class>/<n>.png, or folder/<class>/<n>.png; the first `classes` shapes.
void writeImageFolder(const std::filesystem::path& folder, const DrawnSizes& sizes = {}, int classes = 3, int side = 48,
                      bool splits = true);
/// images/*.png and labels.csv (file,labels,split), several labels each: the shape, and "round" or "hollow" where it is so. Four
/// shapes, six classes.
void writePictureTable(const std::filesystem::path& folder, const DrawnSizes& sizes = {}, int side = 48);

/// A PNG of interleaved samples: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; 8 bits or 16 (big-endian).
Bytes encodePng(const Bytes& samples, int width, int height, int channels = 3, int bits = 8);

/// A tar archive by hand, so that it may be as wrong as a test wants it.
class TarWriter {
public:
    /// `type`: '0' file, '1' hard link, '2' symbolic link, '5' folder, '6' pipe. `claimedSize` < 0: the real one.
    void add(const std::string& path, const Bytes& content, char type = '0', const std::string& link = {},
             std::int64_t claimedSize = -1);
    Bytes finish();

private:
    Bytes m_bytes;
};

Bytes gzip(const Bytes& content);
void writeFile(const std::filesystem::path& file, const Bytes& content);
Bytes readFile(const std::filesystem::path& file);

}  // namespace thaw::test
