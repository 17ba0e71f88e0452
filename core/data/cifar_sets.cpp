#include "core/data/cifar_sets.h"

namespace thaw::core {

const CifarSet& cifar10Set() {
    static const CifarSet set = [] {
        CifarSet cifar;
        cifar.id = "cifar10";
        cifar.title = "CIFAR-10";
        cifar.description = "60,000 colour pictures of 32 x 32 pixels in ten classes: the lesson's own data set.";
        cifar.files = {{"data_batch_1.bin", "data_batch_1", Split::Train, 10'000},
                       {"data_batch_2.bin", "data_batch_2", Split::Train, 10'000},
                       {"data_batch_3.bin", "data_batch_3", Split::Train, 10'000},
                       {"data_batch_4.bin", "data_batch_4", Split::Train, 10'000},
                       {"data_batch_5.bin", "data_batch_5", Split::Train, 10'000},
                       {"test_batch.bin", "test_batch", Split::Test, 10'000}};
        cifar.pythonLabels = "labels";
        cifar.names = {"cifar-10", "cifar10", "cifar_10"};
        cifar.binaryFolder = "cifar-10-batches-bin";
        cifar.download.url = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
        cifar.download.bytes = 170'052'171;
        cifar.download.sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";
        cifar.download.md5 = "c32a1d4ab5d03f1284b67883e8d87530";
        cifar.download.fileName = "cifar-10-binary.tar.gz";
        cifar.classNames = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
        return cifar;
    }();
    return set;
}

const CifarSet& cifar100Set() {
    static const CifarSet set = [] {
        CifarSet cifar;
        cifar.id = "cifar100";
        cifar.title = "CIFAR-100";
        cifar.description = "60,000 colour pictures of 32 x 32 pixels in a hundred classes.";
        cifar.files = {{"train.bin", "train", Split::Train, 50'000}, {"test.bin", "test", Split::Test, 10'000}};
        cifar.labelBytes = 2;
        cifar.pythonLabels = "fine_labels";
        cifar.names = {"cifar-100", "cifar100", "cifar_100"};
        cifar.companions = {"fine_label_names.txt", "meta"};
        cifar.binaryFolder = "cifar-100-binary";
        cifar.download.url = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz";
        cifar.download.bytes = 168'513'733;
        cifar.download.sha256 = "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec";
        cifar.download.fileName = "cifar-100-binary.tar.gz";
        cifar.classNames = {
            "apple",       "aquarium fish", "baby",         "bear",         "beaver",     "bed",        "bee",       "beetle",
            "bicycle",     "bottle",        "bowl",         "boy",          "bridge",     "bus",        "butterfly", "camel",
            "can",         "castle",        "caterpillar",  "cattle",       "chair",      "chimpanzee", "clock",     "cloud",
            "cockroach",   "couch",         "crab",         "crocodile",    "cup",        "dinosaur",   "dolphin",   "elephant",
            "flatfish",    "forest",        "fox",          "girl",         "hamster",    "house",      "kangaroo",  "keyboard",
            "lamp",        "lawn mower",    "leopard",      "lion",         "lizard",     "lobster",    "man",       "maple tree",
            "motorcycle",  "mountain",      "mouse",        "mushroom",     "oak tree",   "orange",     "orchid",    "otter",
            "palm tree",   "pear",          "pickup truck", "pine tree",    "plain",      "plate",      "poppy",     "porcupine",
            "possum",      "rabbit",        "raccoon",      "ray",          "road",       "rocket",     "rose",      "sea",
            "seal",        "shark",         "shrew",        "skunk",        "skyscraper", "snail",      "snake",     "spider",
            "squirrel",    "streetcar",     "sunflower",    "sweet pepper", "table",      "tank",       "telephone", "television",
            "tiger",       "tractor",       "train",        "trout",        "tulip",      "turtle",     "wardrobe",  "whale",
            "willow tree", "wolf",          "woman",        "worm"};
        return cifar;
    }();
    return set;
}

}  // namespace thaw::core
