// Labelled texts: WordNet's definitions, which come with Thaw, and the user's own as a table or as folders of files.
#pragma once

#include <memory>
#include <vector>

#include "core/data/dataset_source.h"

namespace thaw::core {

/// In the order in which "auto" prefers them:
/// "wordnet": 12,000 definitions of nouns and which of ten kinds of thing they define.
/// "texts": a table (label_table.h) with a column of texts, or a folder that has one.
/// "text-folder": a folder of .txt files for each class, in folders "train" and "test" where these are there (IMDb's layout; its
/// "unsup" is left out).
/// "shakespeare", "plain-text": texts without labels (plain_text.h).
/// Without a split of its own a fifth of the texts tests, chosen by digests, so that the same texts always do. An empty text is
/// left out.
std::vector<std::unique_ptr<DatasetSource>> makeTextSources();

}  // namespace thaw::core
