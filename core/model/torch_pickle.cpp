#include "core/model/torch_pickle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <string_view>

#include "core/model/foreign_file.h"
#include "core/model/stored_zip.h"
#include "core/model/untrusted.h"
#include "core/util/byte_order.h"
#include "core/util/pickle.h"

namespace thaw::core {

namespace {

// Far above what a state_dict of a real model needs, and low enough to keep a hostile file cheap.
constexpr std::size_t kMaxPickleBytes = 8u << 20;
constexpr std::size_t kMaxInstructions = 250'000;
constexpr std::size_t kMaxTensors = 65536;
constexpr std::size_t kMaxDimensions = 32;
constexpr std::size_t kMaxNameBytes = 1024;
constexpr int kMaxDepth = 16;

constexpr const char* kSaveStateDict =
    "Thaw runs no code from a file. In Python, save the state_dict instead: torch.save(model.state_dict(), \"weights.pth\").";

// pickle.dumps(0x1950a86a20f9469cfc6c, 2): protocol 2, a long of ten bytes, stop.
constexpr std::array<std::uint8_t, 15> kLegacyStart = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                                       0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};
constexpr std::int64_t kLegacyProtocol = 1001;

struct Storage {
    std::string key;
    DType dtype = DType::Float32;
    std::uint64_t count = 0;   // elements
    std::uint64_t offset = 0;  // bytes in the file, once known
};

struct TensorPlace {
    std::size_t storage = 0;
    std::uint64_t offset = 0;  // elements
    std::vector<std::int64_t> shape, stride;
};

std::optional<DType> storageType(std::string_view global) {
    static const std::map<std::string_view, DType> kTypes = {
        {"torch FloatStorage", DType::Float32},     {"torch HalfStorage", DType::Float16},
        {"torch BFloat16Storage", DType::BFloat16}, {"torch DoubleStorage", DType::Float64},
        {"torch LongStorage", DType::Int64},        {"torch IntStorage", DType::Int32},
        {"torch ShortStorage", DType::Int16},       {"torch CharStorage", DType::Int8},
        {"torch ByteStorage", DType::UInt8},        {"torch BoolStorage", DType::Bool},
    };
    const auto found = kTypes.find(global);
    return found == kTypes.end() ? std::nullopt : std::optional(found->second);
}

constexpr std::string_view kOrderedDict = "collections OrderedDict";
constexpr std::string_view kRebuildTensor = "torch._utils _rebuild_tensor";
constexpr std::string_view kRebuildTensorV2 = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils _rebuild_parameter";

constexpr std::string_view kIsStorage = "storage", kIsTensor = "tensor";

using Id = PickleMachine::Id;
using Kind = PickleMachine::Kind;
using Node = PickleMachine::Node;

/// The values that a state_dict is made of; storages and tensors are objects with an index into lists.
class TorchPickle final : public PickleMachine {
public:
    TorchPickle(const UntrustedFile& file, std::vector<std::uint8_t> bytes)
        : PickleMachine(std::move(bytes), kMaxInstructions, /*withBytes=*/false), m_file(file) {}

    const std::vector<Storage>& storages() const { return m_storages; }
    std::vector<Storage>& storages() { return m_storages; }
    const std::vector<TensorPlace>& tensors() const { return m_tensors; }
    bool isTensor(const Node& node) const { return node.kind == Kind::Object && node.text == kIsTensor; }

    [[noreturn]] void fail(const std::string& why) const override { m_file.fail(why); }

private:
    [[noreturn]] void refuse(const std::string& why) const override {
        m_file.fail(why + ", which no state_dict needs", kSaveStateDict);
    }
    [[noreturn]] void refuseObject() const { m_file.fail("it holds more than a state_dict", kSaveStateDict); }

    bool knows(std::string_view global) const override {
        return global == kOrderedDict || global == kRebuildTensor || global == kRebuildTensorV2 || global == kRebuildParameter ||
               storageType(global);
    }
    [[noreturn]] void refuseGlobal(std::string_view module, std::string_view name) const override {
        refusePythonName(m_file, std::string(module), std::string(name), holdsModules(), lastKey());
    }

    /// Whether a torch.nn.Module is in it: each has its parts under these names.
    bool holdsModules() const {
        return bytes().find("_parameters") != std::string_view::npos && bytes().find("_modules") != std::string_view::npos;
    }
    /// The key of the dictionary's entry that is being made, as far as the stack tells.
    std::string lastKey() const {
        const Node* last = newest();
        if (last == nullptr || last->kind != Kind::Text) return {};
        const std::string text(last->text);
        return text == "module" ? "" : text;  // begins the legacy format's note of a class, ("module", class, source)
    }

    // BUILD: an OrderedDict's own attributes (_metadata) say nothing about weights
    void setState(Id object, Id) override {
        if (node(object).kind != Kind::Dict) refuseObject();
    }

    std::size_t indexOf(Id id, std::string_view what) const {
        if (expect(id, Kind::Object).text != what) damaged();
        return static_cast<std::size_t>(node(id).number);
    }

    /// ("storage", type, key, device, count[, view]): the only outside reference that a state_dict makes.
    Id outside(Id reference) override {
        const Node& id = node(reference);
        if (id.kind != Kind::Tuple || id.items.size() < 5 || id.items.size() > 6 || node(id.items[0]).text != "storage")
            refuseObject();
        if (id.items.size() == 6 && node(id.items[5]).kind != Kind::None)
            fail("one of its storages is a part of another one, which Thaw does not read");
        Storage storage;
        const std::optional<DType> dtype = storageType(expect(id.items[1], Kind::Global).text);
        if (!dtype) damaged();
        storage.dtype = *dtype;
        storage.key = std::string(expect(id.items[2], Kind::Text).text);
        const std::int64_t count = expect(id.items[4], Kind::Int).number;
        if (count < 0) damaged();
        storage.count = static_cast<std::uint64_t>(count);

        const auto [place, isNew] = m_storageByKey.emplace(storage.key, m_storages.size());
        if (isNew) {
            m_storages.push_back(storage);
        } else if (m_storages[place->second].dtype != storage.dtype || m_storages[place->second].count != storage.count) {
            fail("its storage " + inQuotes(storage.key) + " is described in two ways");
        }
        return make(Kind::Object, static_cast<std::int64_t>(place->second), kIsStorage);
    }

    Id call(std::string_view function, const std::vector<Id>& arguments) override {
        if (function == kOrderedDict) return makeOrderedDict(arguments);
        if (function == kRebuildParameter) {
            if (arguments.size() != 3) damaged();
            indexOf(arguments[0], kIsTensor);
            return arguments[0];
        }
        if (function != kRebuildTensor && function != kRebuildTensorV2) refuseObject();
        const std::size_t count = arguments.size();
        if (function == kRebuildTensor ? count != 4 : count < 6 || count > 7) damaged();
        return makeTensor(arguments);
    }

    Id makeOrderedDict(const std::vector<Id>& arguments) {
        std::vector<Id> items;
        if (arguments.size() > 1) damaged();
        if (!arguments.empty()) {  // Python 2 writes a list of pairs
            for (const Id pair : expect(arguments[0], Kind::List).items) {
                const Node& one = node(pair);
                if ((one.kind != Kind::List && one.kind != Kind::Tuple) || one.items.size() != 2) damaged();
                items.insert(items.end(), one.items.begin(), one.items.end());
            }
            spend(items.size());
        }
        const Id dict = make(Kind::Dict);
        changeable(dict).items = std::move(items);
        return dict;
    }

    Id makeTensor(const std::vector<Id>& arguments) {
        if (m_tensors.size() >= kMaxTensors) fail("it has more than " + std::to_string(kMaxTensors) + " tensors");
        TensorPlace place;
        place.storage = indexOf(arguments[0], kIsStorage);
        place.shape = numbers(arguments[2]);
        place.stride = numbers(arguments[3]);
        const std::int64_t offset = expect(arguments[1], Kind::Int).number;
        if (offset < 0 || place.shape.size() != place.stride.size()) damaged();
        place.offset = static_cast<std::uint64_t>(offset);

        const std::uint64_t available = m_storages[place.storage].count;
        std::uint64_t count = 1, last = place.offset;
        bool overflow = false;
        for (std::size_t i = 0; i < place.shape.size(); ++i) {
            const auto size = static_cast<std::uint64_t>(place.shape[i]), stride = static_cast<std::uint64_t>(place.stride[i]);
            std::uint64_t reach = 0;
            overflow |= __builtin_mul_overflow(count, size, &count);
            overflow |= size > 0 && __builtin_mul_overflow(size - 1, stride, &reach);
            overflow |= __builtin_add_overflow(last, reach, &last);
        }
        // More elements than the storage has would be a tensor that repeats itself.
        if (overflow || count > available || (count > 0 && last >= available)) {
            fail("one of its tensors claims more numbers than its storage " + inQuotes(m_storages[place.storage].key) + " has");
        }
        m_tensors.push_back(std::move(place));
        return make(Kind::Object, static_cast<std::int64_t>(m_tensors.size() - 1), kIsTensor);
    }

    std::vector<std::int64_t> numbers(Id tuple) const {
        std::vector<std::int64_t> values;
        for (Id id : expect(tuple, Kind::Tuple).items) {
            values.push_back(expect(id, Kind::Int).number);
            if (values.back() < 0 || values.size() > kMaxDimensions) damaged();
        }
        return values;
    }

    const UntrustedFile& m_file;
    std::vector<Storage> m_storages;
    std::map<std::string, std::size_t> m_storageByKey;
    std::vector<TensorPlace> m_tensors;
};

/// Gives every tensor below `root` the name of the keys that lead to it.
class Flattener {
public:
    Flattener(const TorchPickle& machine, std::map<std::string, TensorPlace>& out) : m_machine(machine), m_out(out) {}

    void visit(Id id, const std::string& name, int depth) {
        if (depth > kMaxDepth || ++m_visits > kMaxInstructions) m_machine.fail("its dictionaries are nested too deeply");
        const Node& node = m_machine.node(id);
        if (m_machine.isTensor(node)) {
            if (!m_out.emplace(name, m_machine.tensors()[static_cast<std::size_t>(node.number)]).second) {
                m_machine.fail("tensor " + inQuotes(name) + " stands there twice");
            }
        } else if (node.kind == Kind::Dict) {
            std::set<std::string> keys;
            for (std::size_t i = 0; i < node.items.size(); i += 2) {
                const std::optional<std::string> key = keyText(m_machine.node(node.items[i]));
                if (!key) continue;
                if (!keys.insert(*key).second) m_machine.fail("the name " + inQuotes(*key) + " stands there twice");
                visit(node.items[i + 1], joined(name, *key), depth + 1);
            }
        } else if (node.kind == Kind::List || node.kind == Kind::Tuple) {
            for (std::size_t i = 0; i < node.items.size(); ++i) visit(node.items[i], joined(name, std::to_string(i)), depth + 1);
        }
    }

private:
    static std::optional<std::string> keyText(const Node& node) {
        if (node.kind == Kind::Text) return std::string(node.text);
        if (node.kind == Kind::Int) return std::to_string(node.number);
        return std::nullopt;
    }
    std::string joined(const std::string& name, const std::string& key) const {
        if (name.size() + key.size() > kMaxNameBytes) m_machine.fail("one of its names is too long");
        return name.empty() ? key : name + "." + key;
    }

    const TorchPickle& m_machine;
    std::map<std::string, TensorPlace>& m_out;
    std::size_t m_visits = 0;
};

}  // namespace

bool isLegacyTorch(const std::uint8_t* start, std::size_t bytes) {
    return bytes >= kLegacyStart.size() && std::equal(kLegacyStart.begin(), kLegacyStart.end(), start);
}

struct TorchSource::Impl {
    explicit Impl(const std::filesystem::path& path) : file(path) {}

    void openZip() {
        zip.emplace(file);
        std::set<std::string> names;
        for (const auto& [name, member] : zip->members()) names.insert(name);
        refuseForeignZip(file, names);
        std::string pickle;
        for (const auto& [name, member] : zip->members()) {
            const std::size_t slash = name.find('/');
            if (slash == std::string::npos || name.compare(slash, std::string::npos, "/data.pkl") != 0) continue;
            if (!pickle.empty()) file.fail("it holds two pickles");
            pickle = name;
        }
        const std::string folder = pickle.substr(0, pickle.find('/') + 1);
        if (const std::string order = folder + "byteorder"; zip->members().count(order) > 0) {
            const std::vector<std::uint8_t> text = zip->read(order, 16);
            if (std::string(text.begin(), text.end()) != "little") file.fail("it was written by a big-endian computer");
        }
        TorchPickle machine(file, zip->read(pickle, kMaxPickleBytes));
        const Id root = machine.run();
        for (Storage& storage : machine.storages()) {
            const auto member = zip->members().find(folder + "data/" + storage.key);
            if (member == zip->members().end()) file.fail("its storage " + inQuotes(storage.key) + " is missing");
            checkSize(storage, member->second.size);
            storage.offset = member->second.offset;
            storage.key = member->first;
        }
        keep(machine, root);
    }

    /// Five pickles (magic, protocol, system, object, storage keys), then a count and raw numbers for each storage.
    void openLegacy() {
        std::vector<std::uint8_t> start(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kMaxPickleBytes)));
        file.read(0, start.data(), start.size());
        TorchPickle machine(file, std::move(start));
        machine.run();
        const Id protocol = machine.run();
        if (machine.node(protocol).kind != Kind::Int || machine.node(protocol).number != kLegacyProtocol)
            file.fail("its version is unknown");
        checkSystem(machine, machine.run());
        const Id root = machine.run();
        const Id keys = machine.run();

        std::map<std::string, std::size_t> byKey;
        for (std::size_t i = 0; i < machine.storages().size(); ++i) byKey[machine.storages()[i].key] = i;
        if (machine.node(keys).kind != Kind::List || machine.node(keys).items.size() != byKey.size())
            file.fail("its list of storages does not fit");
        std::uint64_t offset = machine.position();
        for (Id id : machine.node(keys).items) {
            const Node& key = machine.node(id);
            const auto found = key.kind == Kind::Text ? byKey.find(std::string(key.text)) : byKey.end();
            if (found == byKey.end()) file.fail("its list of storages does not fit");
            Storage& storage = machine.storages()[found->second];
            byKey.erase(found);
            std::array<std::uint8_t, 8> count{};
            file.read(offset, count.data(), count.size());
            offset += count.size();
            if (littleEndian(count.data(), 8) != storage.count)
                file.fail("its storage " + inQuotes(storage.key) + " has two sizes");
            const std::uint64_t size = sizeOf(storage.dtype);
            if (storage.count > (file.size() - offset) / size) file.fail("its storage " + inQuotes(storage.key) + " is cut off");
            storage.offset = offset;
            offset += storage.count * size;
        }
        if (offset != file.size()) file.fail("something follows its last storage");
        keep(machine, root);
    }

    void checkSystem(const TorchPickle& machine, Id id) const {
        const Node& system = machine.node(id);
        if (system.kind != Kind::Dict) file.fail("its pickle is damaged");
        for (std::size_t i = 0; i < system.items.size(); i += 2) {
            const Node& value = machine.node(system.items[i + 1]);
            if (machine.node(system.items[i]).text == "little_endian" && value.kind == Kind::Bool && value.number == 0) {
                file.fail("it was written by a big-endian computer");
            }
        }
    }

    void checkSize(const Storage& storage, std::uint64_t bytes) const {
        const std::uint64_t size = sizeOf(storage.dtype);
        if (bytes % size != 0 || bytes / size != storage.count) {
            file.fail("its storage " + inQuotes(storage.key) + " should hold " + std::to_string(storage.count) +
                      " numbers, but has " + std::to_string(bytes) + " bytes");
        }
    }

    void keep(const TorchPickle& machine, Id root) {
        if (machine.node(root).kind != Kind::Dict) file.fail("it holds no dictionary of tensors", kSaveStateDict);
        Flattener(machine, places).visit(root, {}, 0);
        storages = machine.storages();
    }

    UntrustedFile file;
    std::optional<StoredZip> zip;
    std::vector<Storage> storages;
    std::map<std::string, TensorPlace> places;
};

TorchSource::TorchSource(const std::filesystem::path& file, WeightsFormat format) : m_impl(std::make_unique<Impl>(file)) {
    m_format = format;
    if (format == WeightsFormat::TorchZip) {
        m_impl->openZip();
    } else {
        m_impl->openLegacy();
    }
    for (const auto& [name, place] : m_impl->places) m_tensors[name] = {m_impl->storages[place.storage].dtype, place.shape};
}

TorchSource::~TorchSource() = default;

std::vector<std::uint8_t> TorchSource::read(const std::string& name) const {
    const TensorPlace& place = m_impl->places.at(name);
    const Storage& storage = m_impl->storages[place.storage];
    if (m_impl->zip) m_impl->zip->verify(storage.key);

    const std::size_t size = sizeOf(storage.dtype), rank = place.shape.size();
    std::uint64_t count = 1, span = 1;
    for (std::size_t i = 0; i < rank; ++i) count *= static_cast<std::uint64_t>(place.shape[i]);
    if (count == 0) return {};
    for (std::size_t i = 0; i < rank; ++i) span += static_cast<std::uint64_t>((place.shape[i] - 1) * place.stride[i]);
    std::vector<std::uint8_t> raw(static_cast<std::size_t>(span) * size);
    m_impl->file.read(storage.offset + place.offset * size, raw.data(), raw.size());

    std::uint64_t dense = 1;
    bool contiguous = true;
    for (std::size_t i = rank; i-- > 0;) {
        contiguous &= place.shape[i] == 1 || static_cast<std::uint64_t>(place.stride[i]) == dense;
        dense *= static_cast<std::uint64_t>(place.shape[i]);
    }
    if (contiguous) return raw;

    std::vector<std::uint8_t> result(static_cast<std::size_t>(count) * size);
    std::vector<std::int64_t> index(rank, 0);
    std::int64_t from = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::memcpy(result.data() + i * size, raw.data() + static_cast<std::size_t>(from) * size, size);
        for (std::size_t axis = rank; axis-- > 0;) {
            from += place.stride[axis];
            if (++index[axis] < place.shape[axis]) break;
            from -= place.stride[axis] * place.shape[axis];
            index[axis] = 0;
        }
    }
    return result;
}

}  // namespace thaw::core
