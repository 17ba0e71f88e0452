#include "core/api/config.h"

#include <algorithm>
#include <stdexcept>
#include <type_traits>

#include "core/api/layer_info.h"
#include "core/data/dataset.h"
#include "core/model/zoo.h"
#include "core/store/config_fields.h"
#include "core/store/strict_json.h"
#include "core/util/number_text.h"

namespace thaw::core {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr int kAnyClassCount = 10;

template <class Value, std::size_t Count>
std::string nameOf(const NamedValue<Value> (&names)[Count], Value value) {
    for (const auto& entry : names)
        if (entry.value == value) return entry.text;
    return {};
}

template <class Value, std::size_t Count>
Value valueOf(const NamedValue<Value> (&names)[Count], const std::string& text) {
    std::string known;
    for (const auto& entry : names) {
        if (text == entry.text) return entry.value;
        known += (known.empty() ? "" : ", ") + std::string(entry.text);
    }
    throw ConfigError("\"" + text + "\" is not one of " + known + '.');
}

/// Objects of a document, the innermost last.
class Writer {
public:
    template <class Value>
    void field(const Setting& setting, const Value& value) {
        m_open.back()[setting.name] = value;
    }
    void field(const Setting& setting, const std::filesystem::path& value) { m_open.back()[setting.name] = value.string(); }
    template <class Value, std::size_t Count>
    void choice(const Setting& setting, Value value, const NamedValue<Value> (&names)[Count]) {
        m_open.back()[setting.name] = nameOf(names, value);
    }
    template <class Visit>
    void group(const char* name, const Visit& visit) {
        ordered_json inner = objectOf(visit);
        m_open.back()[name] = std::move(inner);
    }
    template <class Items, class Visit>
    void list(const char* name, const Items& items, const Visit& visit) {
        ordered_json all = ordered_json::array();
        for (const auto& item : items) all.push_back(objectOf([&] { visit(item); }));
        m_open.back()[name] = std::move(all);
    }
    template <class Visit>
    ordered_json objectOf(const Visit& visit) {
        m_open.push_back(ordered_json::object());
        visit();
        ordered_json object = std::move(m_open.back());
        m_open.pop_back();
        return object;
    }

private:
    std::vector<ordered_json> m_open;
};

/// Missing fields keep the target's value.
class Reader {
public:
    explicit Reader(std::vector<std::string>* unknown) : m_unknown(unknown) {}

    template <class Value>
    void field(const Setting& setting, Value& value) {
        m_open.back()->read(setting.name, value);
    }
    template <class Value, std::size_t Count>
    void choice(const Setting& setting, Value& value, const NamedValue<Value> (&names)[Count]) {
        m_open.back()->read(setting.name, value, [&names](const std::string& text) { return valueOf(names, text); });
    }
    template <class Visit>
    void group(const char* name, const Visit& visit) {
        if (const json* object = m_open.back()->take(name)) within(*object, m_open.back()->pathOf(name), visit);
    }
    template <class Item, class Visit>
    void list(const char* name, std::vector<Item>& items, const Visit& visit) {
        const json* list = m_open.back()->take(name);
        if (!list) return;
        if (!list->is_array()) throw ConfigError(m_open.back()->pathOf(name) + ": expected a list in [ ].");
        items.clear();
        for (std::size_t i = 0; i < list->size(); ++i)
            within((*list)[i], m_open.back()->pathOf(name) + '[' + std::to_string(i) + ']', [&] { visit(items.emplace_back()); });
    }
    template <class Visit>
    void within(const json& object, const std::string& path, const Visit& visit) {
        JsonFields fields(object, path);
        m_open.push_back(&fields);
        visit();
        m_open.pop_back();
        if (m_unknown)
            for (const std::string& name : fields.left()) m_unknown->push_back(name);
    }
    JsonFields& fields() { return *m_open.back(); }

private:
    std::vector<JsonFields*> m_open;
    std::vector<std::string>* m_unknown;
};

/// Collects problems; the comparisons are written so that a NaN fails them.
class Problems {
public:
    void require(bool good, const std::string& sentence) {
        if (!good) m_list.push_back(m_where + sentence);
    }

    template <class Value>
    void field(const Setting& setting, const Value& value) {
        if constexpr (std::is_arithmetic_v<Value>) {
            if (!setting.ranged || !setting.applies) return;
            const double number = static_cast<double>(value);
            const bool low = setting.aboveLeast ? number > setting.least : number >= setting.least;
            const bool high = setting.belowGreatest ? number < setting.greatest : number <= setting.greatest;
            require(low && high, setting.title + " must be " + setting.values() + "; it is " + numberText(number) + '.');
        }
    }
    template <class Value, std::size_t Count>
    void choice(const Setting&, Value, const NamedValue<Value> (&)[Count]) {}
    template <class Visit>
    void group(const char*, const Visit& visit) {
        visit();
    }
    template <class Visit>
    void list(const char*, const std::vector<PhaseConfig>& phases, const Visit& visit) {
        for (std::size_t i = 0; i < phases.size(); ++i) {
            const PhaseConfig& phase = phases[i];
            m_where = "Phase " + std::to_string(i + 1) + ": ";
            visit(phase);
            if (phase.epochs == 0) continue;
            const OptimizerConfig& optimizer = phase.optimizer;
            require(optimizer.kind != OptimizerKind::Sgd || !optimizer.nesterov || optimizer.momentum > 0,
                    "Nesterov needs a momentum above 0.");
            require(!phase.trainable.empty(), "no layer is trainable. Name at least one, for example \"head\".");
        }
        m_where.clear();
    }
    std::vector<std::string> take() { return std::move(m_list); }

private:
    std::vector<std::string> m_list;
    std::string m_where;
};

/// The descriptions alone.
class Collector {
public:
    template <class Value>
    void field(Setting&& setting, const Value&) {
        setting.whole = std::is_integral_v<Value> && !std::is_same_v<Value, bool>;
        setting.path = m_path + setting.name;
        m_fields.push_back(std::move(setting));
    }
    template <class Value, std::size_t Count>
    void choice(Setting&& setting, const Value& value, const NamedValue<Value> (&names)[Count]) {
        for (const auto& entry : names) setting.choices.emplace_back(entry.text);
        field(std::move(setting), value);
    }
    template <class Visit>
    void group(const char* name, const Visit& visit) {
        const std::string outer = m_path;
        m_path += std::string(name) + '.';
        visit();
        m_path = outer;
    }
    template <class Items, class Visit>
    void list(const char* name, const Items&, const Visit& visit) {
        group(name, [&] {
            const typename Items::value_type one{};
            visit(one);
        });
    }
    std::vector<ConfigField> take() { return std::move(m_fields); }

private:
    std::vector<ConfigField> m_fields;
    std::string m_path;
};

void checkLayerNames(const RunConfig& config, Problems& problems) {
    ModelInfo model;
    try {
        model = describeModel(config, kAnyClassCount);
    } catch (const ConfigError&) {
        return;  // the reason is among the problems already
    }
    for (std::size_t i = 0; i < config.phases.size(); ++i) {
        const PhaseConfig& phase = config.phases[i];
        if (phase.epochs <= 0 || phase.trainable.empty()) continue;
        const std::string where = "Phase " + std::to_string(i + 1) + ": ";
        try {
            const LayerMask mask = model.maskOf(phase.trainable);
            problems.require(std::find(mask.begin(), mask.end(), true) != mask.end(),
                             where + "none of its layers has parameters to train. Name another one, for example \"head\".");
        } catch (const ConfigError& error) {
            problems.require(false, where + error.what() + ' ' + error.hint());
        }
    }
}

}  // namespace

std::string toString(TaskKind value) { return nameOf(kTasks, value); }
std::string toString(Scaling value) { return nameOf(kScalings, value); }
std::string toString(OptimizerKind value) { return nameOf(kOptimizers, value); }
std::string toString(ScheduleKind value) { return nameOf(kSchedules, value); }
std::string toString(JudgedBy value) { return nameOf(kJudgedBy, value); }
std::string toString(KernelKind value) { return nameOf(kKernels, value); }
std::string toString(HeadPooling value) { return nameOf(kPoolings, value); }
TaskKind taskFromString(const std::string& name) { return valueOf(kTasks, name); }
Scaling scalingFromString(const std::string& name) { return valueOf(kScalings, name); }
OptimizerKind optimizerFromString(const std::string& name) { return valueOf(kOptimizers, name); }
ScheduleKind scheduleFromString(const std::string& name) { return valueOf(kSchedules, name); }
JudgedBy judgedByFromString(const std::string& name) { return valueOf(kJudgedBy, name); }
HeadPooling poolingFromString(const std::string& name) { return valueOf(kPoolings, name); }
SplitMode splitModeFromString(const std::string& name) { return valueOf(kSplitModes, name); }
SquareFit squareFitFromString(const std::string& name) { return valueOf(kSquareFits, name); }
ClassWeights classWeightsFromString(const std::string& name) { return valueOf(kClassWeights, name); }
KernelKind kernelsFromString(const std::string& name) { return valueOf(kKernels, name); }
DeviceKind deviceFromString(const std::string& name) { return valueOf(kDevices, name); }

std::string ConfigField::values() const {
    std::string text;
    for (const std::string& choice : choices) text += (text.empty() ? "" : ", ") + choice;
    if (!ranged) return text;
    if (aboveLeast) return "above " + numberText(least) + " and at most " + numberText(greatest);
    return "from " + numberText(least) + (belowGreatest ? " to below " : " to ") + numberText(greatest);
}

const std::vector<ConfigField>& configFields() {
    static const std::vector<ConfigField> fields = [] {
        Collector collector;
        const RunConfig config;
        visitFields(collector, config);
        return collector.take();
    }();
    return fields;
}

const ConfigField& configField(std::string_view path) {
    for (const ConfigField& field : configFields())
        if (field.path == path) return field;
    throw std::out_of_range("There is no setting " + std::string(path) + '.');
}

AugmentationConfig photographAugmentation() {
    AugmentationConfig augmentation;
    augmentation.flip = true;
    augmentation.crop = 0.5;
    augmentation.colour = 0.2;
    augmentation.variants = 8;
    return augmentation;
}

AugmentationConfig medicalAugmentation() {
    AugmentationConfig augmentation;
    augmentation.flip = augmentation.verticalFlip = true;
    augmentation.rotation = 180;
    augmentation.crop = 0.8;
    augmentation.colour = 0.1;
    augmentation.variants = 8;
    return augmentation;
}

std::vector<std::string> validate(const RunConfig& config) {
    Problems problems;
    const std::string& dataset = config.data.dataset;
    std::vector<std::string> datasets = datasetIds();
    datasets.insert(datasets.begin(), "auto");
    std::string choice;
    for (const std::string& name : datasets) choice += choice.empty() ? name : ", " + name;
    problems.require(std::find(datasets.begin(), datasets.end(), dataset) != datasets.end(),
                     "\"" + dataset + "\" is not a data set. Choose one of: " + choice + '.');
    try {
        networkOf(config, kAnyClassCount);
    } catch (const ConfigError& error) {
        problems.require(false, error.what() + std::string(" ") + error.hint());
    }
    visitFields(problems, config);
    checkLayerNames(config, problems);
    std::int64_t epochs = 0;
    for (const PhaseConfig& phase : config.phases) epochs += phase.epochs;
    problems.require(epochs > 0, "The plan has no epochs. Give at least one phase one epoch.");
    problems.require(epochs <= 100000, "The plan has more than 100000 epochs.");
    return problems.take();
}

namespace {

bool sameNames(std::vector<std::string> a, std::vector<std::string> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
}

/// A linear head on a few means wants larger steps than one with a hidden layer on all numbers.
double rateOfHead(const HeadConfig& head) { return head.hiddenLayers == 0 ? 10 : 1; }

}  // namespace

void chooseModel(RunConfig& config, const std::string& name) {
    const ModelDescription& chosen = descriptionOf(name);
    if (config.model == name) return;
    const std::vector<LayerPreset> before = descriptionOf(config.model).presets, now = chosen.presets;
    for (PhaseConfig& phase : config.phases) {
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (!sameNames(phase.trainable, before[i].layers) || now.empty()) continue;
            phase.trainable = now[std::min(i, now.size() - 1)].layers;
            break;
        }
    }
    const double factor = rateOfHead(chosen.head) / rateOfHead(config.head);
    for (PhaseConfig& phase : config.phases)
        if (factor != 1 && sameNames(phase.trainable, {"head"})) phase.optimizer.learningRate *= factor;
    for (PhaseConfig& phase : config.phases) {  // a text that is continued has no new head
        if (!chosen.drawContinuation || !sameNames(phase.trainable, {"head"})) continue;
        phase.trainable = now.front().layers;
        phase.title = now.front().title;
    }
    config.model = name;
    config.head = chosen.head;
    config.inputSize = chosen.input.suggested;
    config.scaling = chosen.scaling;
    config.weights.clear();
    if (chosen.input.modality == Modality::Texts) config.augmentation = {};  // of pictures
}

std::string toJson(const RunConfig& config) {
    Writer writer;
    return jsonText(writer.objectOf([&] { visitFields(writer, config); }), 2);
}

std::string unknownSettingsNote(const std::vector<std::string>& unknown) {
    std::string names;
    for (const std::string& path : unknown) names += (names.empty() ? "" : ", ") + path;
    return names.empty() ? names : "Not used, since this version of Thaw does not know such a setting: " + names + '.';
}

RunConfig configFromJson(const std::string& text, const RunConfig& base, std::vector<std::string>* unknown) {
    const json document = parseStrictJson(text);
    RunConfig config = base;
    Reader reader(unknown);
    reader.within(document, "", [&] {
        // It brings settings that the text may have otherwise.
        std::string model = base.model;
        reader.fields().read("model", model);
        chooseModel(config, model);
        for (const char* ofLesson : {"description", "claims", "claimsDataset"}) reader.fields().take(ofLesson);
        visitFields(reader, config);
    });
    return config;
}

}  // namespace thaw::core
