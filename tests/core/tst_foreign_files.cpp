// Files that are no weights of VGG16 are called by what they are.
#include <QTest>

#include "core/model/weights.h"
#include "core/model/weights_source.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_home.h"
#include "tests/support/torch_writer.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

std::string le(std::uint64_t value, int bytes) { return ZipWriter::le(value, bytes); }

/// A protocol buffer's text or message.
std::string field(int number, const std::string& value) {
    std::string tag;
    for (unsigned rest = static_cast<unsigned>(number) << 3 | 2u;; rest >>= 7) {
        tag += static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
        if (rest <= 0x7f) break;
    }
    return tag + static_cast<char>(value.size()) + value;
}

QByteArray bytes(const std::string& text) { return QByteArray::fromStdString(text); }

}  // namespace

class ForeignFilesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void namesWhatItIs_data();
    void namesWhatItIs();
    void zips_data();
    void zips();
    void wholeModelWithinACheckpoint();
    void folders();
    void namesOfFilesAreEscaped();

private:
    std::string errorFor(const QByteArray& content, const std::string& name = "x") {
        writeFile(*m_home / name, Bytes(content.begin(), content.end()));
        return errorOf<WeightsError>([&] { openWeights(*m_home / name); });
    }
    std::unique_ptr<TemporaryHome> m_home;
};

void ForeignFilesTest::namesWhatItIs_data() {
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("what");
    const auto row = [](const char* name, const std::string& content, const char* what) {
        QTest::newRow(name) << bytes(content) << what;
    };
    row("empty", "", "it is empty");
    row("one byte", "x", "it is not a weights file");
    row("text", "anything else that is long enough", "it is not a weights file");
    row("web page", "<!DOCTYPE html><html>", "a web page");
    row("git lfs", "version https://git-lfs.github.com/spec/v1\n", "Git LFS");
    row("gguf", "GGUF" + le(3, 4) + le(210, 8), "a GGUF file");
    row("tflite", le(28, 4) + "TFL3" + std::string(40, '\0'), "a TensorFlow Lite model");
    row("onnx", "\x08\x07" + field(2, "pytorch") + field(3, "1.13.0") + field(7, "graph"), "an ONNX model");
    row("onnx without a maker", "\x08\x08" + field(7, "\x0a\x04graph"), "an ONNX model");
    row("saved_model.pb", std::string("\x08\x01") + field(2, "\x0a\x20" + std::string(32, '\1')), "saved_model.pb");
    row("frozen graph", field(1, field(1, "input_1") + field(2, "Placeholder")) + field(1, field(1, "block1_conv1/kernel")),
        "a frozen TensorFlow graph");
    row("caffe", field(1, "VGG_ILSVRC_16_layers") + field(2, std::string(60, '\1')), "a Caffe model");
    row("caffe, newer", field(1, "VGG_ILSVRC_16_layers") + field(100, std::string(60, '\1')), "a Caffe model");
    row("tensorflow index", std::string(100, '\0') + "\x57\xfb\x80\x8b\x24\x75\x47\xdb", "the index of a TensorFlow checkpoint");
    row("tensorflow list", "model_checkpoint_path: \"model.ckpt-100\"\n", "the list of a TensorFlow checkpoint");
    row("flax",
        "\x81\xa9VGG16_0xx\x8d\xa6"
        "Conv_0",
        "a MessagePack file");
    row("npy", "\x93NUMPY\x01", "a single NumPy array");
    row("matlab", "MATLAB 5.0 MAT-file, Platform: GLNXA64", "a MATLAB file");
    row("gzip", "\x1f\x8b\x08", "compressed (gzip)");
    row("tar", std::string(257, 'x') + "ustar", "a tar archive");
    row("7z", "7z\xbc\xaf\x27\x1c", "a 7z archive");
    row("jpeg", "\xff\xd8\xff\xe0", "a picture (JPEG)");
    row("png", "\x89PNG\r\n\x1a\n", "a picture (PNG)");
    row("pdf", "%PDF-1.7", "a PDF document");
    row("json", "{\"weight_map\": {\"features.0.weight\": \"model-1.safetensors\"}}", "JSON text");
    row("python", "import torch\nmodel = vgg16()\n", "Python source text");
    row("pickle", "\x80\x04}.", "a Python pickle");
    row("varints without end", std::string(64, '\xff'), "it is not a weights file");
    row("a text longer than the file", "\x0a\x7fVGG", "it is not a weights file");
}

void ForeignFilesTest::namesWhatItIs() {
    QFETCH(QByteArray, content);
    QFETCH(QString, what);
    const QString error = QString::fromStdString(errorFor(content));
    QVERIFY2(error.contains(what), qPrintable(error));
    QVERIFY2(error.contains(" | "), "a hint says what to do");
    // Cut off anywhere it is still refused, whatever it is called then.
    for (int length = 0; length < content.size(); ++length) QVERIFY(!errorFor(content.left(length)).empty());
}

void ForeignFilesTest::zips_data() {
    QTest::addColumn<QStringList>("members");
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("hint");
    const auto row = [](const char* name, const QStringList& members, const char* what, const char* hint) {
        QTest::newRow(name) << members << what << hint;
    };
    row("torchscript", {"vgg/data.pkl", "vgg/code/__torch__/torchvision.py", "vgg/constants.pkl", "vgg/version"},
        "a TorchScript program", "torch.save(torch.jit.load(\"x\").state_dict(), \"weights.pth\")");
    row("torchscript of old", {"vgg/model.json", "vgg/tensors/0", "vgg/version"}, "a TorchScript program", "torch.jit.load");
    row("torch.export", {"vgg/archive_format", "vgg/models/model.json", "vgg/data/weights/w0"}, "an exported program",
        "torch.export.load(\"x\").state_dict");
    row("npz", {"arr_0.npy", "kernel.npy"}, "an archive of NumPy arrays", "Thaw reads");
    row("office", {"[Content_Types].xml", "word/document.xml"}, "an office document", "Thaw reads");
    row("packed weights", {"readme.txt", "vgg16.safetensors"}, "a zip archive that holds \"vgg16.safetensors\"", "Unpack it");
    row("pictures", {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}, "it holds \"a.jpg\", \"b.jpg\", \"c.jpg\" and 1 more", "Thaw reads");
    row("hostile name", {"\x1b[2J\xe2\x80\xae.txt"}, "it holds \"\\x1B[2J\\u202E.txt\"", "Thaw reads");
    row("nothing", {}, "an empty zip file", "again");
}

void ForeignFilesTest::zips() {
    QFETCH(QStringList, members);
    QFETCH(QString, what);
    QFETCH(QString, hint);
    for (const int method : {0, 8}) {  // TorchScript's code is compressed
        ZipWriter zip;
        for (const QString& member : members) zip.add(member.toStdString(), "content", method);
        const Bytes content = zip.finish();
        const QString error = QString::fromStdString(
            errorFor(QByteArray(reinterpret_cast<const char*>(content.data()), static_cast<int>(content.size()))));
        QVERIFY2(error.contains(what), qPrintable(error));
        QVERIFY2(error.contains(hint), qPrintable(error));
    }
}

void ForeignFilesTest::wholeModelWithinACheckpoint() {
    PickleWriter pickle;
    pickle.op('}').op('(').text("epoch").integer(3).text("net").global("__main__", "Net").op(')').op('\x81').op('}').op('(');
    pickle.text("_parameters").op('}').text("_modules").op('}').op('u').op('b').op('u');
    ZipWriter zip;
    zip.add("archive/data.pkl", pickle.finish());
    writeFile(*m_home / "best model.pth", zip.finish());
    const std::string error = errorOf<WeightsError>([&] { openWeights(*m_home / "best model.pth"); });
    QVERIFY2(error.find("it is a whole model of the Python class \"__main__.Net\"") != std::string::npos, error.c_str());
    QVERIFY2(error.find("torch.load(\"best model.pth\", weights_only=False)[\"net\"].state_dict()") != std::string::npos,
             error.c_str());
}

void ForeignFilesTest::folders() {
    const fs::path folder = *m_home / "model";
    fs::create_directory(folder);
    const auto error = [&] { return errorOf<WeightsError>([&] { loadTrunkWeights(folder); }); };
    QVERIFY2(error().find("is a folder, not a file. | Choose a weights file.") != std::string::npos, error().c_str());
    writeFile(folder / "config.json", {'{'});
    writeFile(folder / "model.safetensors", {'x'});
    QVERIFY2(error().find("Choose the weights file in it: " + (folder / "model.safetensors").string()) != std::string::npos,
             error().c_str());
    writeFile(folder / "saved_model.pb", {'x'});
    QVERIFY2(error().find("TensorFlow model (SavedModel)") != std::string::npos, error().c_str());
}

void ForeignFilesTest::namesOfFilesAreEscaped() {
    ZipWriter zip;
    zip.add("x/data.pkl", "x");
    zip.add("x/constants.pkl", "x");
    const Bytes content = zip.finish();
    const std::string error =
        errorFor(QByteArray(reinterpret_cast<const char*>(content.data()), static_cast<int>(content.size())), "\x1b[31m\xe4.pt");
    QVERIFY2(error.find("torch.jit.load(\"\\x1B[31m\\xE4.pt\")") != std::string::npos, error.c_str());
}

QTEST_GUILESS_MAIN(ForeignFilesTest)
#include "tst_foreign_files.moc"
