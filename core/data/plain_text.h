// Plain text, which a model learns to continue.
#pragma once

#include <memory>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// "shakespeare": nine plays that come with Thaw.
/// "plain-text": a .txt file, or a folder of some that has no folders of classes, read in the order of their names as one text.
/// Its last tenth tests. The samples are sections of about 4,000 bytes, each of whole lines: TaskKind::ContinueText joins them
/// again and divides them into windows of the model's own length (windowsOf). Byte order marks are taken away, and line ends are
/// one character.
std::vector<std::unique_ptr<DatasetSource>> makePlainTextSources();

}  // namespace thaw::core
