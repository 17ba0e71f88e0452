#include "core/api/errors.h"
#include "core/inspect/run_inspector.h"

namespace thaw::core {
namespace {
[[noreturn]] void notYet() { throw StoreError("This view is still being built."); }
}  // namespace

ActivationMaps RunInspector::activations(const std::string&, const PictureChoice&, const std::string&) { notYet(); }
std::vector<TopPicture> RunInspector::topActivating(const std::string&, Split, const std::string&, int, int, std::int64_t, const CountCallback&) { notYet(); }
FilterTiles RunInspector::filters(const std::string&) { notYet(); }
LayerStatistics RunInspector::statistics(const std::string&, const std::string&, const CountCallback&) { notYet(); }
LayerHistory RunInspector::history(const CountCallback&) { notYet(); }
ClassMap RunInspector::gradCam(const std::string&, const PictureChoice&, const std::string&, int, ClassMapMethod) { notYet(); }
ClassMap RunInspector::occlusion(const std::string&, const PictureChoice&, int, int, int, const CountCallback&) { notYet(); }
Embedding RunInspector::embedding(const std::string&, const EmbeddingRequest&, const CountCallback&) { notYet(); }

}  // namespace thaw::core
