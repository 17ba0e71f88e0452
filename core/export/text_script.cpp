#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/api/tokenizer.h"
#include "core/export/model_export.h"
#include "core/model/zoo.h"
#include "core/store/atomic_file.h"
#include "core/store/strict_json.h"

namespace thaw::core {
namespace {

// What stands between title, network and end is the same for every model of texts.
constexpr char kTop[] = R"py(, trained with Thaw. Needs torch and transformers.

)py";

constexpr char kImports[] = R"py(
"""
import json
import sys

import tokenizers
import torch
import transformers

)py";

constexpr char kVocabulary[] = R"py(MOST = int(META["input_size"])  # tokens that are read of a text
VOCABULARY = {token: i for i, token in enumerate(json.loads(META["vocabulary"]))}
)py";

constexpr char kWordPiece[] = R"py(
tokenizer = tokenizers.BertWordPieceTokenizer(VOCABULARY, lowercase=True)
)py";

constexpr char kBytePairs[] = R"py(
MERGES = [tuple(line.split(" ")) for line in META["merges"].split("\n") if line and not line.startswith("#version")]
tokenizer = tokenizers.ByteLevelBPETokenizer(VOCABULARY, MERGES)
)py";

constexpr char kSave[] = R"py(

def save(folder):
    """What transformers' from_pretrained(folder) reads; the head stays here."""
    model.save_pretrained(folder)
    tokenizer.save_model(folder)
)py";

constexpr char kClassify[] = R"py(
found = model.load_state_dict({name: value for name, value in weights.items() if not name.startswith("head.")}, strict=False)
assert not found.unexpected_keys, found.unexpected_keys
model.eval()
CLASSES = json.loads(META["class_names"])
LAYERS = sorted({name.rsplit(".", 1)[0] for name in weights if name.startswith("head.")})  # dense layers, in their order


@torch.no_grad()
def logits(texts):
    rows = [tokenizer.encode(text).ids for text in texts]
    rows = [row if len(row) <= MOST else row[:MOST - len(END)] + END for row in rows]
    longest = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    x = pooled(hidden, mask)
    for layer in LAYERS:
        x = torch.nn.functional.linear(x, weights[layer + ".weight"], weights[layer + ".bias"])
        x = x if layer == LAYERS[-1] else x.relu()
    return x.numpy()


def said(row):  # of a text's logits: classes with their probabilities
    row = torch.as_tensor(row)
    if META["task"] == "several-labels":
        return [(CLASSES[i], share) for i, share in enumerate(row.sigmoid().tolist()) if share >= 0.5]
    shares = row.softmax(0)
    return [(CLASSES[int(shares.argmax())], float(shares.max()))]


def answer(text):
    return f"{text}: " + ", ".join(f"{label} ({share:.1%})" for label, share in said(logits([text])[0]))
)py";

constexpr char kContinue[] = R"py(
found = model.transformer.load_state_dict(weights, strict=False)
assert not found.unexpected_keys, found.unexpected_keys
model.tie_weights()
model.eval()


@torch.no_grad()
def answer(text, count=100):
    """The likeliest next token, again and again."""
    ids = tokenizer.encode(text).ids
    for _ in range(count):
        ids.append(int(model(torch.tensor([ids[-MOST:]])).logits[0, -1].argmax()))
    return tokenizer.decode(ids)
)py";

constexpr char kMain[] = R"py(

if __name__ == "__main__":
    if sys.argv[1:2] == ["--save"]:
        save(sys.argv[2])
    else:
        for text in sys.argv[1:]:
            print(answer(text))
)py";

bool continues(const ExportedModel& model) { return model.config.task == TaskKind::ContinueText; }

bool readsFromTheLast(const ExportedModel& model) {
    return std::any_of(model.network.stages.begin(), model.network.stages.end(), [](const StageGraph& stage) {
        return std::any_of(stage.nodes.begin(), stage.nodes.end(),
                           [](const GraphNode& node) { return node.op == Op::LastToken; });
    });
}

}  // namespace

std::map<std::string, std::string> vocabularyOf(const ExportedModel& model) {
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(descriptionOf(model.config.model).tokenizer);
    std::vector<std::string> tokens;
    for (TokenId id = 0; id < tokenizer->info().vocabularySize; ++id) tokens.push_back(tokenizer->token(id));
    std::map<std::string, std::string> data{{"vocabulary", jsonText(tokens)}};
    if (tokenizer->info().kind == TokenizerKind::ByteBpe) data["merges"] = readSmallFile(tokenizer->info().place / "merges.txt");
    return data;
}

std::string textScriptOf(const ExportedModel& model) {
    const ModelDescription& description = descriptionOf(model.config.model);
    const bool bytes = openTokenizer(description.tokenizer)->info().kind == TokenizerKind::ByteBpe;
    std::string text = "\"\"\"" + model.network.info.name + kTop;
    text += continues(model) ? "    python3 NAME.py \"Once upon a time\" ...      writes each of these texts on\n"
                             : "    python3 NAME.py \"a text\" ...      what the model says of each text\n";
    text += "    python3 NAME.py --save FOLDER      for transformers' from_pretrained(FOLDER)";
    text += kImports + safetensorsReader() + kVocabulary + (bytes ? kBytePairs : kWordPiece);
    text +=
        "model = transformers." + (continues(model) ? description.transformers.continues : description.transformers.trunk) + '\n';
    if (continues(model)) return text + kContinue + kSave + kMain;
    text += bytes ? "END = []  # of a text that is cut\n" : "END = [tokenizer.token_to_id(\"[SEP]\")]  # of a text that is cut\n";
    text += kClassify;
    text += "\n\ndef pooled(hidden, mask):\n";
    text += readsFromTheLast(model) ? "    return hidden[torch.arange(len(hidden)), mask.sum(1) - 1]\n"
                                    : "    return (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)\n";
    return text + kSave + kMain;
}

}  // namespace thaw::core
