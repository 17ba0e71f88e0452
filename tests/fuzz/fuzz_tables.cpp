// Tables of labels, of pictures and of texts, and decisions about pictures. The first byte chooses.
#include <nlohmann/json.hpp>

#include "core/api/errors.h"
#include "core/data/label_table.h"
#include "core/store/decision_file.h"

using namespace thaw::core;

namespace {

void readTable(std::string_view text, TableOf of) {
    const LabelTable table = labelTableFrom(tableRows(text), of);
    for (const LabelledName& row : table.rows) {
        splitOf(row);
        if (row.cells.size() != table.columns.size()) std::abort();
        for (const int label : row.labels)
            if (label < 0 || label >= static_cast<int>(table.classNames.size())) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t bytes) {
    if (bytes < 1) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, bytes - 1);
    try {
        if (data[0] == '[') {
            const nlohmann::json list = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
            if (!list.is_discarded()) decisionsFrom(list, "decisions");
        } else {
            readTable(text, data[0] == 't' ? TableOf::Texts : TableOf::Pictures);
        }
    } catch (const DataError&) {  // the only answers to a bad file
    } catch (const ConfigError&) {
    }
    return 0;
}
