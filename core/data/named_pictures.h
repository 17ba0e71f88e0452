// Pictures whose files are named after their classes: cat.0.jpg, dog.17.jpg, Abyssinian_100.jpg.
#pragma once

#include <memory>
#include <string>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// The class in a picture's file name: what stands before its number; empty: there is no number or nothing before it. Pure.
std::string classInName(const std::filesystem::path& file);

/// The pictures lie together in the chosen folder, or in its folder for training ("train/cat.0.jpg"); there are two classes or
/// more, each with two pictures. A fifth of each class tests (testFifth()). Names that cameras give are no classes.
std::unique_ptr<DatasetSource> makeNamedPictures();

}  // namespace thaw::core
