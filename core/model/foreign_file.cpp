#include "core/model/foreign_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/api/errors.h"
#include "core/api/text.h"

namespace thaw::core {

namespace {

using std::string_view_literals::operator""sv;

struct StartRow {
    std::size_t offset;
    std::string_view bytes;
    const char* what;
    const char* hint;
};

constexpr const char* kFromKeras =
    "Load the model in Python with Keras and save its weights: model.save_weights(\"model.weights.h5\").";
constexpr const char* kUnpack = "Unpack it and choose the weights file in it.";
constexpr const char* kPicture = "Choose it under Predictions, or its folder as data.";
constexpr const char* kCheckpoint =
    "It belongs to several files, which only TensorFlow puts together. Load the model in Python with Keras and save its weights: "
    "model.save_weights(\"model.weights.h5\").";
constexpr const char* kOnnx = "Save the weights from the program that made it, as a state_dict of PyTorch or as safetensors.";

constexpr std::array<StartRow, 30> kStarts = {{
    {0, "GGUF"sv, "a GGUF file, which holds a language model", kReadableWeights},
    {4, "TFL3"sv, "a TensorFlow Lite model, whose weights are prepared for a phone", kFromKeras},
    {0, "\x93NUMPY"sv, "a single NumPy array (.npy)", kReadableWeights},
    {0, "MATLAB 5.0 MAT-file"sv, "a MATLAB file", kReadableWeights},
    {0, "model_checkpoint_path:"sv, "the list of a TensorFlow checkpoint, which holds no weights itself", kCheckpoint},
    {0, "version https://git-lfs"sv, "only a pointer to the real file (Git LFS)", "Fetch the file with: git lfs pull"},
    {0, "\x1f\x8b"sv, "compressed (gzip)", kUnpack},
    {0, "BZh"sv, "compressed (bzip2)", kUnpack},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "compressed (xz)", kUnpack},
    {0, "\x28\xb5\x2f\xfd"sv, "compressed (zstd)", kUnpack},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive", kUnpack},
    {0, "Rar!"sv, "a RAR archive", kUnpack},
    {257, "ustar"sv, "a tar archive", kUnpack},
    {0, "PK\x05\x06"sv, "an empty zip file", "Copy or download it again."},
    {0, "\x89PNG"sv, "a picture (PNG)", kPicture},
    {0, "\xff\xd8\xff"sv, "a picture (JPEG)", kPicture},
    {0, "GIF8"sv, "a picture (GIF)", kPicture},
    {0, "BM"sv, "a picture (BMP)", kPicture},
    {8, "WEBP"sv, "a picture (WebP)", kPicture},
    {4, "ftyp"sv, "a video or a picture of a phone", kPicture},
    {0, "%PDF"sv, "a PDF document", kReadableWeights},
    {0,
     "\x7f"
     "ELF"sv,
     "a program", kReadableWeights},
    {0, "#!"sv, "a script", kReadableWeights},
    {0, "import "sv, "Python source text", "Choose the weights file that the script saves."},
    {0, "from "sv, "Python source text", "Choose the weights file that the script saves."},
    {0, "<"sv, "a web page, not a weights file", "Download it again, from the address of the file itself."},
    {0, "{"sv, "JSON text, which describes a model but holds no weights", "Choose the file of weights beside it."},
    {0, "[net]"sv, "the description of a Darknet model", kReadableWeights},
    {0, "name:"sv, "the description of a Caffe model (.prototxt)", kReadableWeights},
    {0, "\x0a\x0a"sv, "text", kReadableWeights},
}};

/// A protocol buffer's field: its number, and where a text or message in it begins and how long it says it is.
struct Field {
    std::uint64_t number = 0, type = 0, value = 0;  // value: of a number, or the length
    std::size_t end = 0;                            // behind the tag and the value
};
bool readVarint(const std::vector<std::uint8_t>& bytes, std::size_t& at, std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at < bytes.size(); shift += 7) {
        const std::uint8_t byte = bytes[at++];
        value |= std::uint64_t{byte & 0x7fu} << shift;
        if ((byte & 0x80) == 0) return true;
    }
    return false;
}
bool readField(const std::vector<std::uint8_t>& bytes, std::size_t at, Field& field) {
    std::uint64_t tag = 0;
    if (!readVarint(bytes, at, tag) || !readVarint(bytes, at, field.value)) return false;
    field.number = tag >> 3, field.type = tag & 7, field.end = at;
    return field.type == 0 || field.type == 2;
}
/// A short text of letters that a person may have written.
bool isText(const std::vector<std::uint8_t>& bytes, const Field& field) {
    if (field.type != 2 || field.value == 0 || field.value > 200 || field.value > bytes.size() - field.end) return false;
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(field.end),
                       bytes.begin() + static_cast<std::ptrdiff_t>(field.end + field.value),
                       [](std::uint8_t c) { return c >= 0x20 && c < 0x7f; });
}

/// ONNX, TensorFlow and Caffe write protocol buffers, which have no mark of their own: their first fields tell.
void refuseProtocolBuffer(const UntrustedFile& file, const std::vector<std::uint8_t>& bytes) {
    Field first, second;
    if (!readField(bytes, 0, first)) return;
    const std::size_t next =
        first.type == 2 ? first.end + static_cast<std::size_t>(std::min<std::uint64_t>(first.value, 1 << 20)) : first.end;
    const bool hasNext = readField(bytes, next, second);
    if (first.number == 1 && first.type == 0 && hasNext) {
        if (second.number == 2 && isText(bytes, second)) file.fail("it is an ONNX model", kOnnx);
        if (second.number == 7 && second.type == 2) file.fail("it is an ONNX model", kOnnx);
        if (second.number == 2 && second.type == 2)
            file.fail("it is TensorFlow's saved_model.pb, which holds no weights", kFromKeras);
    }
    if (first.number != 1 || first.type != 2) return;
    if (isText(bytes, first) && hasNext && second.type == 2 && (second.number == 2 || second.number == 100))
        file.fail("it is a Caffe model", kReadableWeights);
    Field inner;
    if (readField(bytes, first.end, inner) && inner.number == 1 && isText(bytes, inner))
        file.fail("it is a frozen TensorFlow graph (.pb)", kFromKeras);
}

/// A LevelDB table: the index of a TensorFlow checkpoint.
bool endsAsTensorFlowIndex(const UntrustedFile& file) {
    constexpr std::array<std::uint8_t, 8> kMagic = {0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb};
    if (file.size() < kMagic.size()) return false;
    std::array<std::uint8_t, 8> end{};
    file.read(file.size() - end.size(), end.data(), end.size());
    return end == kMagic;
}

/// A map whose first key is a text.
bool isMessagePack(const std::vector<std::uint8_t>& bytes) {
    const std::size_t key = bytes[0] == 0xde ? 3 : 1;
    if ((bytes[0] & 0xf0) != 0x80 && bytes[0] != 0xde) return false;
    if (bytes.size() < key + 2 || (bytes[key] & 0xe0) != 0xa0) return false;
    const std::size_t length = bytes[key] & 0x1fu;
    if (length == 0 || bytes.size() < key + 1 + length) return false;
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(key + 1),
                       bytes.begin() + static_cast<std::ptrdiff_t>(key + 1 + length),
                       [](std::uint8_t c) { return c >= 0x20 && c < 0x7f; });
}

bool endsWith(const std::string& text, std::string_view end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool isWeightsName(const std::string& name) {
    constexpr std::array kEnds = {".safetensors"sv, ".pth"sv, ".pt"sv, ".h5"sv, ".hdf5"sv, ".bin"sv, ".ckpt"sv};
    return std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) { return endsWith(name, end); });
}

std::string pythonFileName(const UntrustedFile& file) { return "\"" + printableLine(file.path().filename().string()) + "\""; }

bool runsCommands(const std::string& module, const std::string& name) {
    constexpr std::array kModules = {"os"sv,    "posix"sv,  "nt"sv,       "subprocess"sv, "sys"sv,   "socket"sv,     "shutil"sv,
                                     "runpy"sv, "pty"sv,    "ctypes"sv,   "importlib"sv,  "code"sv,  "webbrowser"sv, "pickle"sv,
                                     "http"sv,  "urllib"sv, "commands"sv, "signal"sv,     "timeit"sv};
    const std::string root = module.substr(0, module.find('.'));
    if (std::find(kModules.begin(), kModules.end(), root) != kModules.end()) return true;
    constexpr std::array kBuiltins = {"eval"sv,    "exec"sv,       "compile"sv, "open"sv,
                                      "getattr"sv, "__import__"sv, "apply"sv,   "input"sv};
    return (root == "builtins" || root == "__builtin__") &&
           std::find(kBuiltins.begin(), kBuiltins.end(), name) != kBuiltins.end();
}

}  // namespace

void refuseForeign(const UntrustedFile& file) {
    std::vector<std::uint8_t> start(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), 4096)));
    file.read(0, start.data(), start.size());
    if (start.empty()) file.fail("it is empty");
    for (const StartRow& row : kStarts)
        if (start.size() >= row.offset + row.bytes.size() &&
            std::memcmp(start.data() + row.offset, row.bytes.data(), row.bytes.size()) == 0)
            file.fail(std::string("it is ") + row.what, row.hint);
    if (start.size() >= 2 && start[0] == 0x80 && start[1] >= 2 && start[1] <= 5)
        file.fail("it is a Python pickle, but no state_dict of PyTorch", kReadableWeights);
    if (endsAsTensorFlowIndex(file))
        file.fail("it is the index of a TensorFlow checkpoint, which holds no weights itself", kCheckpoint);
    if (file.path().filename().string().find(".data-0") != std::string::npos)
        file.fail("it is the data of a TensorFlow checkpoint", kCheckpoint);
    refuseProtocolBuffer(file, start);
    if (isMessagePack(start)) file.fail("it is a MessagePack file, as Flax and JAX write", kReadableWeights);
    file.fail("it is not a weights file", kReadableWeights);
}

void refuseForeignZip(const UntrustedFile& file, const std::set<std::string>& members) {
    const auto any = [&](const auto& fits) { return std::any_of(members.begin(), members.end(), fits); };
    const auto within = [&](const char* name) {  // in the archive's one folder
        return any([&](const std::string& member) {
            const std::size_t slash = member.find('/');
            return slash != std::string::npos && member.compare(slash + 1, std::string::npos, name) == 0;
        });
    };
    if (within("constants.pkl") || within("model.json") ||
        any([](const std::string& name) { return name.find("/code/") != std::string::npos; }))
        file.fail("it is a TorchScript program (torch.jit.save), not a state_dict",
                  "In Python, save its weights alone: torch.save(torch.jit.load(" + pythonFileName(file) +
                      ").state_dict(), \"weights.pth\")");
    if (within("archive_format") || within("models/model.json") || members.count("serialized_exported_program.json") > 0)
        file.fail("it is an exported program (torch.export), not a state_dict",
                  "In Python, save its weights alone: torch.save(torch.export.load(" + pythonFileName(file) +
                      ").state_dict, \"weights.pth\")");
    if (within("data.pkl")) return;
    if (!members.empty() && !any([](const std::string& name) { return !endsWith(name, ".npy"); }))
        file.fail("it is an archive of NumPy arrays (.npz)", kReadableWeights);
    if (any([](const std::string& name) { return name == "[Content_Types].xml"; }))
        file.fail("it is an office document", kReadableWeights);
    for (const std::string& name : members)
        if (isWeightsName(name)) file.fail("it is a zip archive that holds " + inQuotes(name), kUnpack);
    std::string some;
    std::size_t shown = 0;
    for (auto name = members.begin(); name != members.end() && shown < 3; ++name, ++shown)
        some += (shown == 0 ? "" : ", ") + inQuotes(*name);
    if (members.size() > shown) some += " and " + std::to_string(members.size() - shown) + " more";
    file.fail("it is a zip archive, but none that PyTorch wrote" + (some.empty() ? "" : ": it holds " + some), kReadableWeights);
}

void refusePythonName(const UntrustedFile& file, const std::string& module, const std::string& name, bool wholeModel,
                      const std::string& key) {
    const std::string full = inQuotes(module + "." + name);
    if (runsCommands(module, name))
        file.fail("it asks for " + full + ", which runs commands on your machine: a state_dict never does",
                  "Do not open this file in Python either. Get the weights from their authors again, best as safetensors.");
    if (module == "torch" && endsWith(name, "Storage"))
        file.fail("it holds numbers of the type " + inQuotes(name.substr(0, name.size() - 7)) + ", which Thaw does not read",
                  "In Python, save them as float32: torch.save({name: x.float() for name, x in torch.load(" +
                      pythonFileName(file) + ").items()}, \"weights.pth\")");
    if (module.compare(0, 11, "torch._util") == 0 || module.compare(0, 13, "torch._tensor") == 0)
        file.fail(
            "it holds tensors of a kind that Thaw does not read (" + full + "): quantised or sparse ones, for instance",
            "In Python, save plain tensors: torch.save({name: x.detach().clone() for name, x in model.state_dict().items()}, "
            "\"weights.pth\")");
    const std::string load = "torch.load(" + pythonFileName(file) + ", weights_only=False)";
    const std::string entry = key.empty() ? "" : "[\"" + printableLine(key) + "\"]";
    const std::string trust =
        "Thaw runs no code from a file. If you trust its origin, save the weights alone, in Python: torch.save(";
    if (wholeModel)
        file.fail("it is a whole model of the Python class " + full + " (torch.save(model)), not a state_dict",
                  trust + load + entry + ".state_dict(), \"weights.pth\")");
    file.fail("beside tensors it holds Python objects (" + full + ")", trust + load +
                                                                           "[\"state_dict\"], \"weights.pth\"). The name "
                                                                           "may also be \"model\" or \"model_state_dict\".");
}

void refuseFolder(const std::filesystem::path& folder) {
    std::error_code error;
    std::set<std::string> names;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end && names.size() < 1000;
         entry.increment(error))
        names.insert(entry->path().filename().string());
    const std::string what = printableLine(folder.string()) + " is a folder, not a file.";
    if (names.count("saved_model.pb") > 0) throw WeightsError(what + " It holds a TensorFlow model (SavedModel).", kFromKeras);
    for (const std::string& name : names)
        if (isWeightsName(name))
            throw WeightsError(what, "Choose the weights file in it: " + printableLine((folder / name).string()) + ".");
    throw WeightsError(what, "Choose a weights file.");
}

}  // namespace thaw::core
