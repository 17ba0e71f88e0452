#include <algorithm>

#include "core/export/graph_text.h"
#include "core/export/model_export.h"
#include "core/model/zoo.h"
#include "core/util/number_text.h"

namespace thaw::core {
namespace {

// What stands in {braces} is replaced.
constexpr char kTop[] = R"py("""{title}, trained with Thaw. Needs {needs}.

    python3 {script} picture.png ...      what the model says of each picture

logits(files) is [pictures, classes], network(pictures) the same of an array [pictures, 3, SIDE, SIDE] of 0 to 255, red green blue.
"""
import json
import sys
{collections}
import numpy as np
{imports}from PIL import Image, ImageOps

)py";

constexpr char kMeta[] = R"py(
CLASSES = json.loads(META["class_names"])
SIDE = int(META["picture_size"])  # pixels a side, as the pictures that it was trained on

)py";

// The resizing is OpenCV's, number by number: averages where a picture shrinks, between its pixels where it grows.
constexpr char kPicture[] = R"py(
def picture(file):
    """The square that a picture becomes: uint8 [SIDE, SIDE, 3]."""
    rgba = np.asarray(ImageOps.exif_transpose(Image.open(file)).convert("RGBA")).astype(np.int32)
    rgb, alpha = rgba[..., :3], rgba[..., 3:]
    rgb = (rgb * alpha + 255 * (255 - alpha) + 127) // 255  # over white
    if META["square_fit"] == "whole":  # between grey bars
        longest = max(rgb.shape[:2])
        bars = [((longest - side) // 2, longest - side - (longest - side) // 2) for side in rgb.shape[:2]]
        rgb = np.pad(rgb, (*bars, (0, 0)), constant_values=128)
    crop = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - crop) // 2, (rgb.shape[1] - crop) // 2
    square = rgb[top:top + crop, left:left + crop]
    return (shrunk(square) if crop > SIDE else grown(square)).astype(np.uint8)


def shrunk(square):
    crop, scale = len(square), 1 / (SIDE / len(square))
    times = round(scale)
    if abs(scale - times) < 2.3e-16:
        sums = square.reshape(SIDE, times, SIDE, times, 3).sum((1, 3))
        return (sums + 2) >> 2 if times == 2 else np.rint(sums.astype(np.float32) * (np.float32(1) / np.float32(times**2)))
    index, share = np.zeros((SIDE, times + 3), int), np.zeros((SIDE, times + 3), np.float32)
    for out in range(SIDE):  # which pixels an output pixel covers, and how much of it each is
        begin, end = out * scale, out * scale + scale
        width = min(scale, crop - begin)
        last = min(int(np.floor(end)), crop - 1)
        first = min(int(np.ceil(begin)), last)
        parts = [(first - 1, (first - begin) / width)] if first - begin > 1e-3 else []
        parts += [(pixel, 1 / width) for pixel in range(first, last)]
        parts += [(last, min(end - last, 1, width) / width)] if end - last > 1e-3 else []
        for place, (pixel, part) in enumerate(parts):
            index[out, place], share[out, place] = pixel, part
    for _ in range(2):  # columns, then rows
        square, terms = square.swapaxes(0, 1), square.swapaxes(0, 1).astype(np.float32)
        square = sum((terms[index[:, k]] * share[:, k, None, None] for k in range(index.shape[1])), np.float32(0))
    return np.clip(np.rint(square), 0, 255)


def grown(square):
    crop = len(square)
    if crop == SIDE:
        return square
    place = ((np.arange(SIDE) + 0.5) * (1 / (SIDE / crop)) - 0.5).astype(np.float32)
    first = np.floor(place).astype(int)
    a, b = np.clip(first, 0, crop - 1), np.clip(first + 1, 0, crop - 1)
    below = place - first
    right = np.where((first < 0) | (first >= crop - 1), np.float32(0), below)

    def shares(part):  # in 2048ths, of the nearer and of the farther pixel
        return (np.rint(one * np.float32(2048)).astype(np.int32)[:, None] for one in (1 - part, part))

    (near, far), (upper, lower) = shares(right), shares(below)
    rows = (square[:, a] * near + square[:, b] * far) >> 4
    return (((rows[a] * upper[:, None]) >> 16) + ((rows[b] * lower[:, None]) >> 16) + 2) >> 2


def logits(files):
    return network(np.stack([picture(file) for file in files]).transpose(0, 3, 1, 2).astype(np.float32))


def said(row):  # of a picture's logits: classes with their probabilities
    if META["task"] == "several-labels":
        shares = 1 / (1 + np.exp(-row))
        return [(CLASSES[i], shares[i]) for i in np.flatnonzero(shares >= 0.5)]
    shares = np.exp(row - row.max())
    return [(CLASSES[row.argmax()], shares.max() / shares.sum())]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(f"{name}: " + ", ".join(f"{label} ({share:.1%})" for label, share in said(logits([name])[0])))
)py";

constexpr char kSafetensors[] = R"py(
def read(file):  # a safetensors file: the header's size, the header as JSON, the numbers
    data = bytearray(open(file, "rb").read())
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    meta = header.pop("__metadata__")
    return meta, {name: torch.frombuffer(data, dtype=torch.float32, offset=begin + one["data_offsets"][0],
                                         count=(one["data_offsets"][1] - one["data_offsets"][0]) // 4).reshape(one["shape"])
                  for name, one in header.items()}


META, weights = read(__file__[:-len(".py")] + ".safetensors")
)py";

constexpr char kTorchInput[] = R"py(

@torch.no_grad()
def network(pictures):
    x = torch.as_tensor(pictures).float()
    if META["grey"] == "true":
        x = ((9798 * x[:, :1] + 19235 * x[:, 1:2] + 3735 * x[:, 2:] + 16384) / 32768).floor().expand(-1, 3, -1, -1)
    if META["bgr"] == "true":
        x = x.flip(1)
    factor, offset = (torch.tensor(json.loads(META[key])).reshape(1, 3, 1, 1) for key in ("factor", "offset"))
    x = torch.nn.functional.interpolate(x * factor + offset, (SIZE, SIZE), mode="bilinear", align_corners=False)
    return model(x).numpy()

)py";

constexpr char kTorchScript[] = R"py(
EXTRA = {"thaw.json": ""}
model = torch.jit.load(__file__[:-len("_torchscript.py")] + ".pt", map_location="cpu", _extra_files=EXTRA)
META = json.loads(EXTRA["thaw.json"])
)py";

constexpr char kTorchScriptNetwork[] = R"py(
@torch.no_grad()
def network(pictures):  # scaling and resizing to the network's input are in the model
    return model(torch.as_tensor(pictures)).numpy()

)py";

constexpr char kOnnx[] = R"py(
session = onnxruntime.InferenceSession(__file__[:-len("_onnx.py")] + ".onnx", providers=["CPUExecutionProvider"])
META = session.get_modelmeta().custom_metadata_map
)py";

constexpr char kOnnxNetwork[] = R"py(
def network(pictures):  # scaling and resizing to the network's input are in the model
    return session.run(["logits"], {"pictures": pictures})[0]

)py";

std::string filled(std::string text, const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values)
        for (std::size_t at; (at = text.find('{' + name + '}')) != std::string::npos;) text.replace(at, name.size() + 2, value);
    return text;
}

std::string headText(const ExportedModel& model, bool pools) {
    std::string text = pools ? "pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()" : "flatten=nn.Flatten()";
    for (const StageGraph& stage : model.network.stages) {
        if (stage.path.rfind("head.", 0) != 0) continue;
        const std::string name = stage.path.substr(5);
        for (const GraphNode& node : stage.nodes) {
            if (node.op == Op::Dropout) text += ", " + name + "=nn.Dropout(" + numberText(node.value) + ')';
            if (node.op == Op::Relu) text += ", relu_" + name.substr(name.rfind('_') + 1) + "=nn.ReLU()";
            if (node.op != Op::Linear) continue;
            const std::vector<std::int64_t>& shape = node.parameters[0].shape;
            text += ",\n    " + name + "=nn.Linear(" + std::to_string(shape[1]) + ", " + std::to_string(shape[0]) + ')';
        }
    }
    return text;
}

bool averages(const Network& network) {
    return std::any_of(network.stages.begin(), network.stages.end(),
                       [](const StageGraph& stage) { return stage.path == "avgpool"; });
}

/// torchvision has the network, and a head like the run's can take the place of its classifier.
bool fitsTorchvision(const ExportedModel& model) {
    const TorchvisionEnd& end = descriptionOf(model.config.model).torchvision;
    return !end.classifier.empty() && (end.pooling != TorchvisionEnd::Pooling::Always || averages(model.network));
}

/// torchvision's network with the run's head.
std::string torchvisionText(const ExportedModel& model) {
    const TorchvisionEnd& end = descriptionOf(model.config.model).torchvision;
    const bool module = end.pooling == TorchvisionEnd::Pooling::Module, average = averages(model.network);
    const std::string arguments = end.arguments.empty() ? "" : ", " + end.arguments;
    std::string text = "SIZE = int(META[\"input_size\"])  # of the network's input\n";
    text += "model = torchvision.models." + model.config.model + "(weights=None" + arguments + ")\n";
    if (module) text += std::string("model.avgpool = ") + (average ? "nn.AdaptiveAvgPool2d(1)\n" : "nn.Identity()\n");
    const bool pools = average && end.pooling == TorchvisionEnd::Pooling::None;
    text += "model." + end.classifier + " = nn.Sequential(OrderedDict(" + headText(model, pools) + "))\n";
    text += "model.load_state_dict({(\"" + end.classifier + "\" + name[4:] if name.startswith(\"head.\") else name): value\n";
    return text + "                       for name, value in weights.items()})\nmodel.eval()\n";
}

/// The network's operations one by one, for those that torchvision does not have.
std::string operationsText(const ExportedModel& model) {
    const auto tensor = [](const std::string& name) { return "weights[\"" + name + "\"]"; };
    return "SIZE = int(META[\"input_size\"])  # of the network's input\naten = torch.ops.aten\n\n\ndef model(x):\n" +
           graphText(model.network, "x", 4, {"aten.", tensor});
}

}  // namespace

std::string safetensorsReader() { return kSafetensors; }

std::string pythonScriptOf(const ExportedModel& model, ExportFormat format) {
    std::map<std::string, std::string> values{{"title", model.network.info.name}};
    std::string body;
    if (format == ExportFormat::Onnx) {
        values.insert(
            {{"needs", "onnxruntime, numpy and pillow"}, {"script", "NAME_onnx.py"}, {"imports", "import onnxruntime\n"}});
        body = kOnnx + std::string(kMeta) + kOnnxNetwork;
    } else if (format == ExportFormat::TorchScript) {
        values.insert({{"needs", "torch, numpy and pillow"}, {"script", "NAME_torchscript.py"}, {"imports", "import torch\n"}});
        body = kTorchScript + std::string(kMeta) + kTorchScriptNetwork;
    } else if (fitsTorchvision(model)) {
        values.insert({{"needs", "torch and torchvision"},
                       {"script", "NAME.py"},
                       {"collections", "from collections import OrderedDict\n"},
                       {"imports", "import torch\nimport torchvision\nfrom torch import nn\n"}});
        body = kSafetensors + std::string(kMeta) + torchvisionText(model) + kTorchInput;
    } else {
        values.insert({{"needs", "torch and torchvision"}, {"script", "NAME.py"}, {"imports", "import torch\n"}});
        body = kSafetensors + std::string(kMeta) + operationsText(model) + kTorchInput;
    }
    values.insert({"collections", ""});
    return filled(kTop, values) + body + kPicture;
}

}  // namespace thaw::core
