// Exported models against the model itself: TorchScript read back by LibTorch, ONNX by OpenCV. What Python makes of them is
// compared by tests/bench/check_export.py.
#include <sys/resource.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <QTest>
#include <csignal>
#include <fstream>
#include <opencv2/dnn.hpp>

#include <nlohmann/json.hpp>

#include "core/api/analysis.h"
#include "core/api/weights_info.h"
#include "core/export/model_export.h"
#include "core/inspect/file_prediction.h"
#include "core/model/safetensors.h"
#include "core/model/zoo.h"
#include "core/store/atomic_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

constexpr double kTolerance = 1e-5;  // of the largest number
const std::vector<std::string> kClasses{"ant", "b\"ee", "caf\xE9"};

struct Exported {
    RunConfig config;
    PictureKind kind;
    std::unique_ptr<StagedModel> model;
    ExportedModel exported;

    /// Rows of `pictures`, [rows, 3, side, side] of 0 to 255, as the model sees them.
    torch::Tensor logits(const torch::Tensor& pictures) const {
        torch::NoGradGuard noGrad;
        std::vector<torch::Tensor> inputs;
        for (const torch::Tensor& picture : pictures.unbind()) {
            const torch::Tensor bytes = picture.permute({1, 2, 0}).to(torch::kUInt8).contiguous();
            inputs.push_back(
                squareInput({bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel()}, kind.side, config));
        }
        return model->forward(torch::cat(inputs), 0, model->stageCount());
    }
};

/// Drawn weights, and statistics that are no identity.
Exported drawn(const std::string& name, int inputSize, const PictureKind& kind, Scaling scaling) {
    torch::manual_seed(1);
    Exported made;
    chooseModel(made.config, name);
    made.config.inputSize = inputSize;
    made.config.scaling = scaling;
    made.kind = kind;
    made.model = std::make_unique<StagedModel>(networkOf(made.config, static_cast<int>(kClasses.size())), 1);
    torch::NoGradGuard noGrad;
    for (const Parameter& tensor : made.model->stateDict()) {
        if (tensor.name.find("running_var") != std::string::npos) tensor.value.uniform_(0.5, 1.5);
        if (tensor.name.find("running_mean") != std::string::npos) tensor.value.uniform_(-0.1, 0.1);
    }
    made.exported = exportedModel(*made.model, made.config, kClasses, kind);
    return made;
}

torch::Tensor drawnPictures(int rows, int side) { return torch::randint(0, 256, {rows, 3, side, side}).to(torch::kFloat32); }

double distance(const torch::Tensor& a, const torch::Tensor& b) { return ((a - b).abs().max() / b.abs().max()).item<double>(); }

torch::Tensor greyOf(const torch::Tensor& pictures) {
    const torch::Tensor grey =
        ((pictures.select(1, 0) * 9798 + pictures.select(1, 1) * 19235 + pictures.select(1, 2) * 3735 + 16384) / 32768).floor();
    return torch::stack({grey, grey, grey}, 1);
}

/// As long as it lives no file grows beyond that.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &m_old);
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{bytes, m_old.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &m_old);
        std::signal(SIGXFSZ, m_handler);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit m_old{};
    void (*m_handler)(int) = nullptr;
};

}  // namespace

class ExportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesOfFiles() {
        for (const ExportFormat format : exportFormats()) QVERIFY(exportFormatFromString(toString(format)) == format);
        QVERIFY(errorOf<ConfigError>([] { exportFormatFromString("keras"); }).find("\"keras\"") != std::string::npos);
        QCOMPARE(exportedFiles(ExportFormat::Safetensors, "a/model"), std::vector<fs::path>{"a/model"});
        QCOMPARE(exportedFiles(ExportFormat::Python, "a/my.model.py"),
                 (std::vector<fs::path>{"a/my.model.py", "a/my.model.safetensors"}));
        QCOMPARE(exportedFiles(ExportFormat::TorchScript, "m.pt"), (std::vector<fs::path>{"m.pt", "m_torchscript.py"}));
        QCOMPARE(exportedFiles(ExportFormat::Onnx, "m.onnx"), (std::vector<fs::path>{"m.onnx", "m_onnx.py"}));
        QVERIFY(errorOf<ConfigError>([] { exportedFiles(ExportFormat::Onnx, "m.pt"); }).find("m.pt") != std::string::npos);
    }

    void computesTheSame_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("side");
        QTest::addColumn<bool>("openCv");  // not where Debian 12's falls short: Clip, HardSigmoid, padded averages, transformers
        const auto row = [](const char* name, int side, bool openCv = true) { QTest::newRow(name) << name << side << openCv; };
        row("vgg11_bn", 32);
        row("alexnet", 64);
        row("squeezenet1_1", 48);
        row("resnet18", 40);
        row("googlenet", 48);
        row("inception_v3", 96, false);
        row("mobilenet_v2", 48, false);
        row("mobilenet_v3_small", 48, false);
        row("efficientnet_lite0", 50, false);
        row("efficientnet_b0", 48);
        row("densenet121", 48);
        row("convnext_tiny", 64, false);
        row("vit_b_16", 64, false);
    }
    void computesTheSame() {
        QFETCH(QString, name);
        QFETCH(int, side);
        QFETCH(bool, openCv);
        const Exported made = drawn(name.toStdString(), side, {side}, Scaling::ImageNet);
        const torch::Tensor pictures = drawnPictures(2, side), expected = made.logits(pictures);

        std::istringstream script(torchScriptOf(made.exported));
        torch::NoGradGuard noGrad;
        torch::jit::ExtraFilesMap extra{{"thaw.json", ""}};
        torch::jit::Module module = torch::jit::load(script, torch::kCPU, extra);
        QVERIFY(distance(module.forward({pictures}).toTensor(), expected) < kTolerance);
        QVERIFY(nlohmann::json::parse(extra["thaw.json"]) == nlohmann::json(metadataOf(made.exported)));
        std::map<std::string, torch::Tensor> state;
        for (const auto& one : module.named_parameters()) state[one.name] = one.value;
        for (const auto& one : module.named_buffers()) state[one.name] = one.value;
        QCOMPARE(state.size(), made.exported.state.size());
        for (const Parameter& one : made.exported.state) QVERIFY(torch::equal(state.at(one.name), one.value));

        const std::string onnx = onnxOf(made.exported);  // asks onnx's checker
        if (!openCv) return;
        cv::dnn::Net net = cv::dnn::readNetFromONNX(onnx.data(), onnx.size());
        const int shape[] = {1, 3, side, side};
        net.setInput(cv::Mat(4, shape, CV_32F, pictures.data_ptr<float>()));
        const cv::Mat answer = net.forward();
        QCOMPARE(static_cast<std::size_t>(answer.total()), kClasses.size());
        const torch::Tensor row = torch::from_blob(answer.data, {1, static_cast<std::int64_t>(kClasses.size())});
        QVERIFY(distance(row, expected.slice(0, 0, 1)) < 10 * kTolerance);
    }

    void inputIsPreparedInside_data() {
        QTest::addColumn<int>("scaling");
        QTest::addColumn<int>("side");
        QTest::addColumn<bool>("grey");
        QTest::newRow("larger") << int(Scaling::ZeroToOne) << 28 << false;
        QTest::newRow("smaller") << int(Scaling::MinusOneToOne) << 64 << false;
        QTest::newRow("BGR") << int(Scaling::Caffe) << 32 << false;
        QTest::newRow("Lite's") << int(Scaling::EfficientNetLite) << 48 << false;
        QTest::newRow("grey") << int(Scaling::ImageNet) << 28 << true;
        QTest::newRow("grey BGR") << int(Scaling::Caffe) << 48 << true;
    }
    void inputIsPreparedInside() {
        QFETCH(int, scaling);
        QFETCH(int, side);
        QFETCH(bool, grey);
        const Exported made = drawn("squeezenet1_1", 48, {side, grey}, static_cast<Scaling>(scaling));
        const torch::Tensor pictures = drawnPictures(3, side), expected = made.logits(grey ? greyOf(pictures) : pictures);
        std::istringstream script(torchScriptOf(made.exported));
        torch::jit::Module module = torch::jit::load(script);
        QVERIFY(distance(module.forward({pictures}).toTensor(), expected) < kTolerance);
        QVERIFY(distance(module.forward({pictures.to(torch::kUInt8)}).toTensor(), expected) < kTolerance);

        const std::string onnx = onnxOf(made.exported);
        cv::dnn::Net net = cv::dnn::readNetFromONNX(onnx.data(), onnx.size());
        const int shape[] = {1, 3, side, side};
        net.setInput(cv::Mat(4, shape, CV_32F, pictures.data_ptr<float>()));
        const cv::Mat answer = net.forward();
        const torch::Tensor row = torch::from_blob(answer.data, {1, static_cast<std::int64_t>(kClasses.size())});
        QVERIFY(distance(row, expected.slice(0, 0, 1)) < 10 * kTolerance);
    }

    void pythonTakesTorchvisionsModuleWhereItFits() {
        const auto scriptOf = [](const std::string& name, HeadPooling pooling) {
            Exported made = drawn(name, 64, {64}, Scaling::ImageNet);
            made.config.head.pooling = pooling;
            made.exported.network = networkOf(made.config, static_cast<int>(kClasses.size()));
            return QString::fromStdString(pythonScriptOf(made.exported, ExportFormat::Python));
        };
        QVERIFY(scriptOf("resnet18", HeadPooling::Average).contains("torchvision.models.resnet18(weights=None)"));
        QVERIFY(scriptOf("alexnet", HeadPooling::Flatten).contains("model.avgpool = nn.Identity()"));
        QVERIFY(scriptOf("mobilenet_v2", HeadPooling::Average).contains("torchvision.models.mobilenet_v2"));
        const QString ownWay = scriptOf("mobilenet_v2", HeadPooling::Flatten);
        QVERIFY(!ownWay.contains("torchvision.models") && ownWay.contains("aten.conv2d(x, weights[\"features.0.0.weight\"]"));
        QVERIFY(scriptOf("efficientnet_lite0", HeadPooling::Average).contains("aten.constant_pad_nd"));
    }

    void everyFormatOfARun() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        const auto trainer = makeTrainer(config);
        drive(*trainer);
        for (const ExportFormat format : exportFormats()) {
            const fs::path now = lesson.home() / ("now" + exportSuffix(format)),
                           later = lesson.home() / ("later" + exportSuffix(format));
            trainer->apply({1, ExportModel{now, format}});
            QCOMPARE(all<ModelExported>(drive(*trainer)).size(), std::size_t(1));
            exportModel({config.output, "last"}, format, later);
            const auto nowFiles = exportedFiles(format, now), laterFiles = exportedFiles(format, later);
            for (std::size_t i = 0; i < nowFiles.size(); ++i) {
                QVERIFY(fs::file_size(nowFiles[i]) > 0);
                // TorchScript's archive holds the file's name.
                if (format != ExportFormat::TorchScript || i > 0)
                    QVERIFY(readSmallFile(nowFiles[i]) == readSmallFile(laterFiles[i]));
            }
        }
        const SafetensorsReader reader(lesson.home() / "now.safetensors");
        QCOMPARE(reader.metadata().at("picture_size"), std::string("32"));
        QCOMPARE(reader.metadata().at("grey"), std::string("false"));
        QVERIFY(inspectWeights(lesson.home() / "now.safetensors").usable());
    }

    void whatCannotBeWritten() {
        const TinyLesson lesson;
        const RunConfig config = lesson.config();
        drive(*makeTrainer(config));
        const RunSelection last{config.output, "last"};
        for (const ExportFormat format : exportFormats()) {
            const fs::path file = lesson.home() / ("model" + exportSuffix(format));
            fs::create_directory(file);
            QVERIFY(errorOf<StoreError>([&] { exportModel(last, format, file); }).find("not a regular file") !=
                    std::string::npos);
            fs::remove(file);
            writeFileAtomically(file, "old");
            {
                const FullDisk disk(1000);
                QVERIFY(errorOf<StoreError>([&] { exportModel(last, format, file); }).find("model") != std::string::npos);
            }
            QCOMPARE(readSmallFile(file), std::string("old"));
        }
        QVERIFY(!errorOf<StoreError>([&] {
                     exportModel({config.output, "epoch:77"}, ExportFormat::Onnx, lesson.home() / "model.onnx");
                 }).empty());

        const fs::path record = config.output / "run.json";
        QString text = QString::fromStdString(readSmallFile(record));
        writeFileAtomically(record, text.replace("\"vgg16\"", "\"vgg99\"").toStdString());
        QVERIFY(errorOf<StoreError>([&] {
                    exportModel(last, ExportFormat::Safetensors, lesson.home() / "m");
                }).find("\"vgg99\"") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(ExportTest)
#include "tst_export.moc"
