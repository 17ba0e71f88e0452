#include <algorithm>

#include "core/api/inspector.h"
#include "core/api/text.h"
#include "core/model/safetensors.h"

namespace thaw::core {
namespace {

void write(SafetensorsWriter& writer, const ResultOrigin& origin, const std::filesystem::path& file) {
    for (const auto& [name, value] : origin) writer.setMetadata(name, textOfBytes(value));
    writer.write(file);
}

}  // namespace

void writeSafetensors(const ClassMap& map, const std::string& className, const std::filesystem::path& file,
                      const ResultOrigin& origin) {
    SafetensorsWriter writer;
    writer.add("cam", DType::Float32, {map.height, map.width}, map.values.data());
    writer.setMetadata("method", toString(map.method));
    writer.setMetadata("layer", map.layer);
    writer.setMetadata("class", textOfBytes(className));
    writer.setMetadata("probability", std::to_string(map.probability));
    write(writer, origin, file);
}

void writeSafetensors(const ActivationMaps& maps, const std::filesystem::path& file, const ResultOrigin& origin) {
    SafetensorsWriter writer;
    writer.add("activations", DType::Float32, {maps.channels, maps.height, maps.width}, maps.values.data());
    writer.setMetadata("layer", maps.layer);
    write(writer, origin, file);
}

void writeSafetensors(const Embedding& embedding, const PictureSet& pictures, const std::filesystem::path& file,
                      const ResultOrigin& origin) {
    const std::int64_t count = static_cast<std::int64_t>(embedding.indices.size());
    std::vector<std::int64_t> labels;
    for (const std::int64_t index : embedding.indices) labels.push_back(pictures.labels[static_cast<std::size_t>(index)]);
    SafetensorsWriter writer;
    writer.add("points", DType::Float32, {count, 2}, embedding.points.data());
    writer.add("labels", DType::Int64, {count}, labels.data());
    writer.add("indices", DType::Int64, {count}, embedding.indices.data());
    const bool tsne = embedding.method == EmbeddingMethod::Tsne;
    writer.setMetadata("method", tsne ? "tsne" : "pca");
    if (tsne)
        writer.setMetadata("divergence", std::to_string(embedding.divergence));
    else
        writer.setMetadata("explained", std::to_string(embedding.explained[0]) + " " + std::to_string(embedding.explained[1]));
    write(writer, origin, file);
}

}  // namespace thaw::core
