#include "core/model/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/api/errors.h"
#include "core/model/untrusted.h"
#include "core/store/atomic_file.h"
#include "core/util/byte_order.h"

namespace thaw::core {

namespace {

// The format allows headers of 100 MB; no model that Thaw knows comes near these, and they keep a hostile file cheap.
constexpr std::uint64_t kMaxHeader = 16u << 20;
constexpr std::size_t kMaxTensors = 65536;
constexpr std::size_t kMaxDimensions = 32;

struct DTypeRow {
    DType dtype;
    const char* tag;   // in the file
    const char* name;  // for people
    std::size_t size;
};
constexpr std::array<DTypeRow, 10> kDTypes = {{
    {DType::Float32, "F32", "float32", 4},
    {DType::Float16, "F16", "float16", 2},
    {DType::BFloat16, "BF16", "bfloat16", 2},
    {DType::Float64, "F64", "float64", 8},
    {DType::Int64, "I64", "int64", 8},
    {DType::Int32, "I32", "int32", 4},
    {DType::Int16, "I16", "int16", 2},
    {DType::Int8, "I8", "int8", 1},
    {DType::UInt8, "U8", "uint8", 1},
    {DType::Bool, "BOOL", "bool", 1},
}};

const DTypeRow& row(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }

/// Walks the header's JSON without building a tree, so that duplicate keys are seen and depth is bounded.
class HeaderHandler : public nlohmann::json_sax<nlohmann::json> {
public:
    std::map<std::string, SafetensorsEntry> entries;
    std::map<std::string, std::string> metadata;
    std::string problem;

    bool null() override { return fail("a value of the wrong kind stands in the header"); }
    bool boolean(bool) override { return null(); }
    bool number_integer(number_integer_t) override { return fail("a negative number stands in the header"); }
    bool number_float(number_float_t, const string_t&) override { return fail("a number in the header is not a whole number"); }
    bool binary(binary_t&) override { return null(); }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_list == nullptr) return null();
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return fail("a number in the header is too large");
        if (m_list->size() >= kMaxDimensions) return fail("tensor " + inQuotes(m_tensor) + " has too many dimensions");
        m_list->push_back(value);
        return true;
    }

    bool string(string_t& value) override {
        if (m_place == Place::Metadata) {
            if (!metadata.emplace(m_key, value).second)
                return fail("the metadata name " + inQuotes(m_key) + " stands there twice");
            return true;
        }
        if (m_place != Place::Tensor || m_list != nullptr || m_key != "dtype") return null();
        if (m_dtype) return twice();
        for (const DTypeRow& known : kDTypes) {
            if (value == known.tag) m_dtype = known.dtype;
        }
        return m_dtype ? true
                       : fail("tensor " + inQuotes(m_tensor) + " has the type " + inQuotes(value) + ", which Thaw does not read");
    }

    bool start_object(std::size_t) override {
        if (m_list != nullptr) return null();
        if (m_place == Place::Outside && !m_seenTop) {
            m_seenTop = true;
            m_place = Place::Top;
            return true;
        }
        if (m_place != Place::Top) return null();
        if (m_key == "__metadata__") {
            if (std::exchange(m_seenMetadata, true)) return fail("the metadata stands there twice");
            m_place = Place::Metadata;
            return true;
        }
        if (entries.count(m_key) > 0) return fail("tensor " + inQuotes(m_key) + " stands there twice");
        if (entries.size() >= kMaxTensors) return fail("it has more than " + std::to_string(kMaxTensors) + " tensors");
        m_place = Place::Tensor;
        m_tensor = m_key;
        m_dtype.reset();
        m_shape.reset();
        m_offsets.reset();
        return true;
    }

    bool key(string_t& value) override {
        m_key = value;
        return true;
    }

    bool start_array(std::size_t) override {
        if (m_place != Place::Tensor || m_list != nullptr) return null();
        std::optional<std::vector<std::uint64_t>>* list = m_key == "shape"          ? &m_shape
                                                          : m_key == "data_offsets" ? &m_offsets
                                                                                    : nullptr;
        if (list == nullptr) return null();
        if (list->has_value()) return twice();
        m_list = &list->emplace();
        return true;
    }

    bool end_array() override {
        m_list = nullptr;
        return true;
    }

    bool end_object() override {
        if (m_place == Place::Top) {
            m_place = Place::Outside;
            return true;
        }
        if (std::exchange(m_place, Place::Top) == Place::Metadata) return true;
        if (!m_dtype || !m_shape || !m_offsets || m_offsets->size() != 2) {
            return fail("tensor " + inQuotes(m_tensor) + " lacks its type, shape or place");
        }
        SafetensorsEntry entry;
        entry.dtype = *m_dtype;
        std::uint64_t bytes = sizeOf(*m_dtype);
        for (std::uint64_t size : *m_shape) {
            entry.shape.push_back(static_cast<std::int64_t>(size));
            if (__builtin_mul_overflow(bytes, size, &bytes))
                return fail("the shape of tensor " + inQuotes(m_tensor) + " is too large");
        }
        entry.begin = (*m_offsets)[0];
        entry.end = (*m_offsets)[1];
        if (entry.end < entry.begin || entry.end - entry.begin != bytes) {
            return fail("tensor " + inQuotes(m_tensor) + " claims " + std::to_string(bytes) +
                        " bytes, but its place in the file has another size");
        }
        entries.emplace(m_tensor, std::move(entry));
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
        return fail("its header is not JSON from byte " + std::to_string(position + 7) + " on");
    }

private:
    enum class Place { Outside, Top, Metadata, Tensor };

    bool fail(const std::string& why) {
        if (problem.empty()) problem = why;
        return false;
    }
    bool twice() { return fail("tensor " + inQuotes(m_tensor) + " has " + inQuotes(m_key) + " twice"); }

    Place m_place = Place::Outside;
    bool m_seenTop = false, m_seenMetadata = false;
    std::string m_key, m_tensor;
    std::optional<DType> m_dtype;
    std::optional<std::vector<std::uint64_t>> m_shape, m_offsets;
    std::vector<std::uint64_t>* m_list = nullptr;
};

}  // namespace

std::size_t sizeOf(DType dtype) { return row(dtype).size; }
std::string toString(DType dtype) { return row(dtype).name; }

std::int64_t SafetensorsEntry::count() const {
    std::int64_t product = 1;
    for (std::int64_t size : shape) product *= size;
    return product;
}

struct SafetensorsReader::Impl {
    explicit Impl(const std::filesystem::path& path) : file(path) {}

    UntrustedFile file;
    std::uint64_t dataBegin = 0;
    std::map<std::string, SafetensorsEntry> entries;
    std::map<std::string, std::string> metadata;
};

SafetensorsReader::SafetensorsReader(const std::filesystem::path& path) : m_impl(std::make_unique<Impl>(path)) {
    const UntrustedFile& file = m_impl->file;
    if (file.size() < 8) file.fail("it is too short for a safetensors file");
    std::array<std::uint8_t, 8> start{};
    file.read(0, start.data(), start.size());
    const std::uint64_t headerBytes = littleEndian(start.data(), 8);
    if (headerBytes > file.size() - 8) file.fail("its header would be longer than the file");
    if (headerBytes > kMaxHeader) file.fail("its header is too long");

    std::vector<std::uint8_t> header(static_cast<std::size_t>(headerBytes));
    file.read(8, header.data(), header.size());
    const auto first =
        std::find_if(header.begin(), header.end(), [](std::uint8_t c) { return std::strchr(" \t\r\n", c) == nullptr; });
    if (first == header.end() || *first != '{') file.fail("its header is not JSON");

    HeaderHandler handler;
    nlohmann::json::sax_parse(header.begin(), header.end(), &handler);
    if (!handler.problem.empty()) file.fail(handler.problem);

    std::vector<const std::pair<const std::string, SafetensorsEntry>*> order;
    for (const auto& entry : handler.entries) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
    });
    std::uint64_t position = 0;
    for (const auto* entry : order) {
        if (entry->second.begin != position) {
            file.fail("tensor " + inQuotes(entry->first) +
                      (entry->second.begin < position ? " overlaps another one" : " follows a hole"));
        }
        position = entry->second.end;
    }
    m_impl->dataBegin = 8 + headerBytes;
    const std::uint64_t dataBytes = file.size() - m_impl->dataBegin;
    if (position != dataBytes) {
        file.fail("its tensors should fill " + std::to_string(position) + " bytes, but the file has " +
                  std::to_string(dataBytes));
    }
    m_impl->entries = std::move(handler.entries);
    m_impl->metadata = std::move(handler.metadata);
}

SafetensorsReader::~SafetensorsReader() = default;
SafetensorsReader::SafetensorsReader(SafetensorsReader&&) noexcept = default;

const std::map<std::string, SafetensorsEntry>& SafetensorsReader::entries() const { return m_impl->entries; }
const std::map<std::string, std::string>& SafetensorsReader::metadata() const { return m_impl->metadata; }

void SafetensorsReader::read(const std::string& name, void* out) const {
    const auto found = m_impl->entries.find(name);
    if (found == m_impl->entries.end()) m_impl->file.fail("it has no tensor " + inQuotes(name));
    m_impl->file.read(m_impl->dataBegin + found->second.begin, out,
                      static_cast<std::size_t>(found->second.end - found->second.begin));
}

std::vector<std::uint8_t> SafetensorsReader::read(const std::string& name) const {
    const auto found = m_impl->entries.find(name);
    if (found == m_impl->entries.end()) m_impl->file.fail("it has no tensor " + inQuotes(name));
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(found->second.end - found->second.begin));
    read(name, bytes.data());
    return bytes;
}

void SafetensorsWriter::add(const std::string& name, DType dtype, std::vector<std::int64_t> shape, const void* data) {
    m_items.push_back({name, dtype, std::move(shape), data});
}

void SafetensorsWriter::setMetadata(const std::string& key, const std::string& value) { m_metadata[key] = value; }

std::int64_t SafetensorsWriter::write(const std::filesystem::path& file) const {
    std::vector<const Item*> order;
    for (const Item& item : m_items) order.push_back(&item);
    // Larger types first keeps every tensor aligned without holes.
    std::sort(order.begin(), order.end(), [](const Item* a, const Item* b) {
        const std::size_t aSize = sizeOf(a->dtype), bSize = sizeOf(b->dtype);
        return aSize != bSize ? aSize > bSize : a->name < b->name;
    });

    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!m_metadata.empty()) header["__metadata__"] = m_metadata;
    std::vector<std::size_t> sizes;
    std::uint64_t position = 0;
    for (const Item* item : order) {
        if (item->name == "__metadata__" || header.contains(item->name))
            throw StoreError("Tensor " + inQuotes(item->name) + " was added twice.");
        SafetensorsEntry entry;
        entry.shape = item->shape;
        const std::uint64_t bytes = static_cast<std::uint64_t>(entry.count()) * sizeOf(item->dtype);
        header[item->name] = {
            {"dtype", row(item->dtype).tag}, {"shape", item->shape}, {"data_offsets", {position, position + bytes}}};
        sizes.push_back(static_cast<std::size_t>(bytes));
        position += bytes;
    }
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');

    std::array<std::uint8_t, 8> start{};
    for (std::size_t i = 0; i < start.size(); ++i)
        start[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(text.size()) >> (8 * i));
    AtomicFile out(file);
    out.write(start.data(), start.size());
    out.write(text);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (sizes[i] > 0) out.write(order[i]->data, sizes[i]);
    }
    const std::int64_t written = out.size();
    out.commit();
    return written;
}

}  // namespace thaw::core
