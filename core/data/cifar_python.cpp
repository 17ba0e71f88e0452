#include "core/data/cifar_python.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>
#include <utility>

#include "core/api/errors.h"
#include "core/util/pickle.h"

namespace thaw::core {

namespace {

constexpr std::size_t kMaxInstructions = 2'000'000;
constexpr std::int64_t kRowBytes = 3 * kCifarPixels;

// What NumPy writes an array by, under the module names of its versions.
constexpr std::string_view kReconstruct[] = {"numpy.core.multiarray _reconstruct", "numpy._core.multiarray _reconstruct"};
constexpr std::string_view kFromBuffer[] = {"numpy.core.numeric _frombuffer", "numpy._core.numeric _frombuffer"};
constexpr std::string_view kScalar[] = {"numpy.core.multiarray scalar", "numpy._core.multiarray scalar"};
constexpr std::string_view kArrayType = "numpy ndarray";
constexpr std::string_view kNumberType = "numpy dtype";
constexpr std::string_view kEncode = "_codecs encode";  // how Python 3 writes bytes for Python 2

template <std::size_t N>
bool isOneOf(const std::string_view (&names)[N], std::string_view name) {
    return std::find(names, names + N, name) != names + N;
}

constexpr std::string_view kIsArray = "array", kIsNumberType = "number type";

struct Array {
    std::string_view type;  // "u1"
    std::vector<std::int64_t> shape;
    bool byColumns = false;
    std::string_view bytes;
};

class NumpyPickle final : public PickleMachine {
public:
    NumpyPickle(std::vector<std::uint8_t> bytes, std::string name, std::string title)
        : PickleMachine(std::move(bytes), kMaxInstructions, /*withBytes=*/true),
          m_name(std::move(name)),
          m_title(std::move(title)) {}

    /// The dictionary's values by their keys, which are text or bytes.
    std::map<std::string, Id> entriesOf(Id root) const {
        if (node(root).kind != Kind::Dict) refuse("it holds no dictionary");
        std::map<std::string, Id> entries;
        const std::vector<Id>& items = node(root).items;
        for (std::size_t i = 0; i < items.size(); i += 2)
            if (isText(items[i])) entries[std::string(node(items[i]).text)] = items[i + 1];
        return entries;
    }

    const Array* array(Id id) const {
        const Node& value = node(id);
        return value.kind == Kind::Object && value.text == kIsArray ? &m_arrays[static_cast<std::size_t>(value.number)] : nullptr;
    }

    [[noreturn]] void fail(const std::string& why) const override {
        throw DataError(m_name + " cannot be read: " + why + '.', "Copy or download " + m_title + " again.");
    }
    [[noreturn]] void refuse(const std::string& why) const override {
        throw DataError(m_name + " is not a file of " + m_title + ": " + why + '.',
                        "Thaw runs no code from a file. Use the official archive.");
    }

private:
    bool isText(Id id) const { return node(id).kind == Kind::Text || node(id).kind == Kind::Bytes; }

    bool knows(std::string_view global) const override {
        return isOneOf(kReconstruct, global) || isOneOf(kFromBuffer, global) || isOneOf(kScalar, global) ||
               global == kArrayType || global == kNumberType || global == kEncode;
    }

    Id call(std::string_view function, const std::vector<Id>& arguments) override {
        if (isOneOf(kReconstruct, function)) return makeArray({});
        if (function == kNumberType && !arguments.empty() && isText(arguments[0])) {
            m_types.push_back(node(arguments[0]).text);
            return make(Kind::Object, static_cast<std::int64_t>(m_types.size() - 1), kIsNumberType);
        }
        if (function == kEncode && arguments.size() == 2)
            return make(Kind::Bytes, 0, latin1(expect(arguments[0], Kind::Text).text));
        if (isOneOf(kFromBuffer, function) && arguments.size() == 4 && isText(arguments[0]) && isText(arguments[3]))
            return makeArray(
                {typeOf(arguments[1]), numbers(arguments[2]), node(arguments[3]).text == "F", node(arguments[0]).text});
        if (isOneOf(kScalar, function) && arguments.size() == 2 && isText(arguments[1])) return scalar(arguments);
        damaged();
    }

    Id outside(Id) override { refuse("it refers to another file"); }

    // (version, shape, type, whether by columns, bytes), or without the version.
    void setState(Id object, Id state) override {
        const Node& value = expect(object, Kind::Object);
        if (value.text == kIsNumberType) return;  // byte order and fields: a byte has none
        std::vector<Id> parts = expect(state, Kind::Tuple).items;
        if (parts.size() == 5) parts.erase(parts.begin());
        if (parts.size() != 4 || !isText(parts[3])) damaged();
        m_arrays[static_cast<std::size_t>(value.number)] = {typeOf(parts[1]), numbers(parts[0]), node(parts[2]).number != 0,
                                                            node(parts[3]).text};
    }

    Id makeArray(Array array) {
        m_arrays.push_back(std::move(array));
        return make(Kind::Object, static_cast<std::int64_t>(m_arrays.size() - 1), kIsArray);
    }

    // A whole number of one to eight bytes.
    Id scalar(const std::vector<Id>& arguments) {
        const std::string_view bytes = node(arguments[1]).text;
        if (bytes.empty() || bytes.size() > 8) damaged();
        std::uint64_t value = 0;
        for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
        return make(Kind::Int, static_cast<std::int64_t>(value));
    }

    std::string_view typeOf(Id id) const {
        const Node& type = expect(id, Kind::Object);
        if (type.text != kIsNumberType) damaged();
        return m_types[static_cast<std::size_t>(type.number)];
    }

    std::vector<std::int64_t> numbers(Id tuple) const {
        std::vector<std::int64_t> values;
        for (const Id id : expect(tuple, Kind::Tuple).items) values.push_back(expect(id, Kind::Int).number);
        return values;
    }

    std::string_view latin1(std::string_view utf8) {
        std::string& bytes = m_texts.emplace_back();
        for (std::size_t i = 0; i < utf8.size(); ++i) {
            const auto c = static_cast<std::uint8_t>(utf8[i]);
            if (c < 0x80) {
                bytes += utf8[i];
                continue;
            }
            if ((c != 0xC2 && c != 0xC3) || i + 1 == utf8.size()) damaged();
            bytes += static_cast<char>((c & 3) << 6 | (static_cast<std::uint8_t>(utf8[++i]) & 0x3F));
        }
        return bytes;
    }

    std::string m_name, m_title;
    std::vector<Array> m_arrays;
    std::vector<std::string_view> m_types;
    std::deque<std::string> m_texts;
};

// One number a picture: a list, or an array of whole numbers of any size.
std::vector<std::int64_t> labelsOf(const NumpyPickle& pickle, PickleMachine::Id id) {
    std::vector<std::int64_t> labels;
    if (const Array* array = pickle.array(id)) {
        const auto count = static_cast<std::size_t>(array->shape.size() == 1 ? array->shape[0] : 0);
        const std::size_t each = count > 0 ? array->bytes.size() / count : 0;
        if (each < 1 || each > 8 || count * each != array->bytes.size()) pickle.fail("its labels cannot be read");
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view bytes = array->bytes.substr(i * each, each);
            std::uint64_t value = 0;
            for (std::size_t b = each; b-- > 0;) value = value << 8 | static_cast<std::uint8_t>(bytes[b]);
            labels.push_back(static_cast<std::int64_t>(value));
        }
        return labels;
    }
    if (pickle.node(id).kind != PickleMachine::Kind::List) pickle.fail("its labels cannot be read");
    for (const PickleMachine::Id one : pickle.node(id).items) {
        if (pickle.node(one).kind != PickleMachine::Kind::Int) pickle.fail("its labels cannot be read");
        labels.push_back(pickle.node(one).number);
    }
    return labels;
}

bool isPictures(const Array& array, std::int64_t mostRecords) {
    if (array.shape.empty() || array.shape[0] < 1 || array.shape[0] > mostRecords) return false;
    const std::vector<std::int64_t> each(array.shape.begin() + 1, array.shape.end());
    return (each == std::vector<std::int64_t>{kRowBytes} || each == std::vector<std::int64_t>{3, kCifarSide, kCifarSide}) &&
           (array.type == "u1" || array.type == "|u1" || array.type == "uint8") && !array.byColumns &&
           array.bytes.size() == static_cast<std::size_t>(array.shape[0] * kRowBytes);
}

}  // namespace

std::vector<std::uint8_t> cifarRecordsOf(std::vector<std::uint8_t> bytes, const std::string& name, const CifarSet& set,
                                         std::int64_t mostRecords) {
    NumpyPickle pickle(std::move(bytes), name, set.title);
    const std::map<std::string, PickleMachine::Id> entries = pickle.entriesOf(pickle.run());
    for (const CifarSet* other : {&cifar10Set(), &cifar100Set()})
        if (other->id != set.id && entries.count(set.pythonLabels) == 0 && entries.count(other->pythonLabels) > 0)
            throw DataError(name + " belongs to " + other->title + ", not to " + set.title + '.',
                            "Choose " + set.title + "'s files, or the other data set.");
    if (entries.count("data") == 0 || entries.count(set.pythonLabels) == 0) pickle.refuse("its pictures or labels are missing");
    const Array* pictures = pickle.array(entries.at("data"));
    if (!pictures || !isPictures(*pictures, mostRecords))
        pickle.refuse("its pictures are not up to " + std::to_string(mostRecords) + " rows of 3,072 bytes");
    const std::vector<std::int64_t> labels = labelsOf(pickle, entries.at(set.pythonLabels));
    if (labels.size() != static_cast<std::size_t>(pictures->shape[0]))
        pickle.fail("it has " + std::to_string(pictures->shape[0]) + " pictures, but " + std::to_string(labels.size()) +
                    " labels");

    const auto classes = static_cast<std::int64_t>(set.classNames.size());
    std::vector<std::uint8_t> records;
    records.reserve(labels.size() * static_cast<std::size_t>(set.recordBytes()));
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] < 0 || labels[i] >= classes)
            pickle.fail("picture " + std::to_string(i) + " has the label " + std::to_string(labels[i]) + ", but labels end at " +
                        std::to_string(classes - 1));
        records.insert(records.end(), static_cast<std::size_t>(set.labelBytes), static_cast<std::uint8_t>(labels[i]));
        const auto* row = reinterpret_cast<const std::uint8_t*>(pictures->bytes.data()) + i * kRowBytes;
        records.insert(records.end(), row, row + kRowBytes);
    }
    return records;
}

}  // namespace thaw::core
