#include <sys/wait.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QTest>
#include <algorithm>
#include <array>

#include "core/api/weights_info.h"
#include "core/model/keras_h5_child.h"
#include "core/model/trunk_match.h"
#include "core/model/weights.h"
#include "core/model/weights_source.h"
#include "tests/support/expect_error.h"
#include "tests/support/reader_faults.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
namespace fs = std::filesystem;

namespace {

const fs::path kData = fs::path(THAW_TEST_DATA) / "keras";

/// The child's work in a fork of the test: quicker than starting the program, so that many faults can be tried.
class Conversions {
public:
    enum class Result { Done, Refused, Crashed };

    explicit Conversions(const TemporaryHome& home) : file(home / "in.h5"), m_output(home / "out.safetensors") {}

    Result run() {
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(STDOUT_FILENO);
            std::string flag = kHdf5ChildFlag, input = file.string(), output = m_output.string();
            std::array<char*, 5> arguments = {flag.data(), flag.data(), input.data(), output.data(), nullptr};
            ::_exit(runHdf5ImportChild(4, arguments.data()));
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        const Result result = WIFSIGNALED(status) ? Result::Crashed : WEXITSTATUS(status) == 0 ? Result::Done : Result::Refused;
        ++m_counts[static_cast<std::size_t>(result)];
        return result;
    }
    void report(const char* what) const {
        qInfo("%s: %zu refused, %zu harmless, %zu ended the child by a signal", what, m_counts[1], m_counts[0], m_counts[2]);
    }

    const fs::path file;

private:
    fs::path m_output;
    std::array<std::size_t, 3> m_counts{};
};

void openOnly(const fs::path& file) { openWeights(file); }

/// The formula of tests/data/make_keras_golden.py, in torchvision's order.
float kernelValue(int layer, std::int64_t o, std::int64_t i, std::int64_t h, std::int64_t w) {
    return static_cast<float>(h * 3 + w + 16 * std::min<std::int64_t>(i, 2) + 64 * std::min<std::int64_t>(o, 3) + 128 * layer) /
           8192;
}

std::int64_t temporaryFolders() {
    std::int64_t count = 0;
    for (const auto& entry : fs::directory_iterator(fs::temp_directory_path()))
        count += entry.path().filename().string().rfind("thaw-import-", 0) == 0;
    return count;
}

}  // namespace

class KerasWeightsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_home = std::make_unique<TemporaryHome>();
        fs::create_directory(*m_home / "tmp");
        m_temporary = std::make_unique<ScopedVariable>("TMPDIR", (*m_home / "tmp").string());
    }
    void cleanup() {
        QCOMPARE(temporaryFolders(), std::int64_t{0});
        m_temporary.reset();
        m_home.reset();
    }

    void readsEveryLayout_data();
    void readsEveryLayout();
    void reportsTheRest();
    void readsKerasFiles();
    void refusesKerasFiles();
    void importKeepsTheScaling();
    void refuses_data();
    void refuses();
    void neverStartsItselfForEver();
    void noTemporaryFolder();
    void truncations();
    void flips();

private:
    std::unique_ptr<TemporaryHome> m_home;
    std::unique_ptr<ScopedVariable> m_temporary;
};

void KerasWeightsTest::readsEveryLayout_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("first");
    QTest::newRow("Keras 1") << "keras1.h5"
                             << "features.0.weight <- block1_conv1/block1_conv1_W_1:0";
    QTest::newRow("Keras 2, whole model") << "keras2_full.h5"
                                          << "features.0.weight <- model_weights/block1_conv1/block1_conv1/kernel:0";
    QTest::newRow("Keras 2.13") << "keras2_13.weights.h5"
                                << "features.0.weight <- _layer_checkpoint_dependencies/conv2d/vars/0";
    QTest::newRow("Keras 3") << "keras3.weights.h5"
                             << "features.0.weight <- layers/block1_conv1/vars/0";
}

void KerasWeightsTest::readsEveryLayout() {
    QFETCH(QString, name);
    QFETCH(QString, first);
    // The reader never looks at the name.
    const fs::path file = *m_home / "weights";
    fs::copy_file(kData / name.toStdString(), file);
    const WeightsReport report = inspectWeights(file);
    QVERIFY(report.usable());
    QVERIFY(report.format == WeightsFormat::KerasH5);
    QCOMPARE(report.matched.size(), std::size_t{26});
    QCOMPARE(report.matched.front(), first.toStdString());

    const TrunkWeights weights = loadTrunkWeights(file);
    QCOMPARE(weights.digest, report.sha256);
    int layer = 0;
    for (const TensorSpec& wanted : layoutOf("vgg16").tensors) {
        const HostTensor& tensor = weights.tensors.at(wanted.name);
        QVERIFY(tensor.shape == wanted.shape);
        const std::int64_t outputs = wanted.shape[0];
        if (wanted.shape.size() == 1) {
            for (std::int64_t o = 0; o < outputs; ++o)
                QCOMPARE(tensor.values[static_cast<std::size_t>(o)], static_cast<float>(o % 8 - layer) / 8192);
            ++layer;
            continue;
        }
        const std::int64_t inputs = wanted.shape[1];
        std::size_t at = 0, wrong = 0;
        for (std::int64_t o = 0; o < outputs; ++o) {
            for (std::int64_t i = 0; i < inputs; ++i) {
                for (std::int64_t p = 0; p < 9; ++p) wrong += tensor.values[at++] != kernelValue(layer, o, i, p / 3, p % 3);
            }
        }
        QCOMPARE(wrong, std::size_t{0});
    }
}

void KerasWeightsTest::reportsTheRest() {
    const WeightsReport report = inspectWeights(kData / "keras2_full.h5");
    QCOMPARE(report.unexpected.size(), std::size_t{15});
    QVERIFY(std::count(report.unexpected.begin(), report.unexpected.end(), "model_weights/predictions/predictions/kernel:0") ==
            1);
    QVERIFY(std::count(report.unexpected.begin(), report.unexpected.end(), "optimizer_weights/Adam/block1_conv1/kernel/m:0") ==
            1);
    QVERIFY(std::any_of(report.tensors.begin(), report.tensors.end(), [](const TensorInfo& tensor) {
        return tensor.name == "optimizer_weights/iterations:0" && tensor.dtype == "int64" && tensor.shape.empty();
    }));

    const WeightsReport misshapen = inspectWeights(kData / "misshapen.h5");
    QVERIFY(!misshapen.usable());
    QVERIFY(misshapen.misshapen ==
            std::vector<std::string>{"features.0.weight: expected 3x3x3x64 (Keras's order), file has 5x5x3x64"});
    QCOMPARE(misshapen.missing.size(), std::size_t{25});
    const std::string error = errorOf<WeightsError>([] { loadTrunkWeights(kData / "misshapen.h5"); });
    QVERIFY2(error.find("file has 5x5x3x64") != std::string::npos && error.find("and 21 more") != std::string::npos,
             error.c_str());

    QVERIFY(inspectWeights(kData / "integer.h5").misshapen ==
            std::vector<std::string>{"features.0.weight: expected floating point numbers, file has int32"});
}

/// A .keras file of Keras's MobileNet within another model: every number in its place, and kept by an import.
void KerasWeightsTest::readsKerasFiles() {
    const fs::path file = *m_home / "weights";
    fs::copy_file(kData / "mobilenet.keras", file);
    const WeightsReport report = inspectWeights(file);
    QCOMPARE(report.model, std::string("mobilenet_keras"));
    QVERIFY(report.usable() && report.format == WeightsFormat::KerasH5);
    QVERIFY(report.scaling.scaling == Scaling::MinusOneToOne);
    QCOMPARE(report.matched.front(), std::string("conv1.weight <- layers/functional/layers/conv2d/vars/0"));
    QVERIFY(report.unexpected == (std::vector<std::string>{"layers/dense/vars/0"}));

    const TrunkWeights weights = loadTrunkWeights(file, "mobilenet_keras");
    int layer = -1;
    for (const TensorSpec& wanted : layoutOf("mobilenet_keras").tensors) {
        const HostTensor& tensor = weights.tensors.at(wanted.name);
        QVERIFY(tensor.shape == wanted.shape);
        if (wanted.shape.size() == 1) {
            const int number = wanted.name.find("_mean") != std::string::npos  ? 2
                               : wanted.name.find("_var") != std::string::npos ? 3
                               : wanted.name.find("bias") != std::string::npos ? 1
                                                                               : 0;
            for (std::size_t o = 0; o < tensor.values.size(); ++o)
                QCOMPARE(tensor.values[o], static_cast<float>(1 + o % 8 + 8 * static_cast<std::size_t>(layer % 8) +
                                                              64 * static_cast<std::size_t>(number)) /
                                               256);
            continue;
        }
        ++layer;
        const bool depthwise = wanted.shape[1] == 1;  // its channels stand where others have their inputs
        const std::int64_t side = wanted.shape[2];
        std::size_t at = 0, wrong = 0;
        for (std::int64_t o = 0; o < wanted.shape[0]; ++o)
            for (std::int64_t i = 0; i < wanted.shape[1]; ++i)
                for (std::int64_t p = 0; p < side * side; ++p)
                    wrong +=
                        tensor.values[at++] != kernelValue(layer % 8, depthwise ? 0 : o, depthwise ? o : i, p / side, p % side);
        QCOMPARE(wrong, std::size_t{0});
    }

    const fs::path imported = importWeights(file, *m_home / "out.safetensors");
    QCOMPARE(inspectWeights(imported).model, std::string("mobilenet_keras"));
    const TrunkWeights after = loadTrunkWeights(imported, "mobilenet_keras");
    QVERIFY(after.scaling.scaling == Scaling::MinusOneToOne);
    for (const auto& [name, tensor] : weights.tensors) QVERIFY(after.tensors.at(name).values == tensor.values);
}

void KerasWeightsTest::refusesKerasFiles() {
    const std::string squeezed = errorOf<WeightsError>([] { openWeights(kData / "squeezed.keras"); });
    QVERIFY2(squeezed.find("compressed") != std::string::npos, squeezed.c_str());
    const std::string other = errorOf<WeightsError>([] { openWeights(kData / "other.keras"); });
    QVERIFY2(other.find("cannot be used") != std::string::npos, other.c_str());
    const std::string twin = errorOf<WeightsError>([] { loadTrunkWeights(kData / "mobilenet.keras", "mobilenet_v2"); });
    QVERIFY2(twin.find("this is MobileNet of Keras, and the model is MobileNetV2") != std::string::npos &&
                 twin.find("Choose the model mobilenet_keras") != std::string::npos,
             twin.c_str());

    const Bytes good = readFile(kData / "mobilenet.keras");
    const fs::path file = *m_home / "x.keras";
    for (std::size_t piece = 0; piece < 12; ++piece) {
        const std::size_t length = good.size() * piece / 12;
        writeFile(file, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)));
        const std::string error = openFault(file, openOnly);
        QVERIFY2(!error.empty() && !isBad(error), error.c_str());
        Bytes bad = good;
        bad[length + 200] ^= 0x10;  // the checksum of the member tells it
        writeFile(file, bad);
        QVERIFY(!openFault(file, openOnly).empty());
    }
}

void KerasWeightsTest::importKeepsTheScaling() {
    const fs::path imported = importWeights(kData / "keras1.h5", *m_home / "out.safetensors");
    const WeightsReport report = inspectWeights(imported);
    QVERIFY(report.usable());
    QVERIFY(report.format == WeightsFormat::Safetensors);
    const std::map<std::string, std::string> metadata(report.metadata.begin(), report.metadata.end());
    QCOMPARE(metadata.at("scaling"), std::string("caffe"));
    QCOMPARE(metadata.at("source"), std::string("keras1.h5"));
    const TrunkWeights before = loadTrunkWeights(kData / "keras1.h5"), after = loadTrunkWeights(imported);
    for (const auto& [name, tensor] : before.tensors) QVERIFY(after.tensors.at(name).values == tensor.values);
}

void KerasWeightsTest::refuses_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("why");
    QTest::newRow("external storage") << "external.h5"
                                      << "lies in another file";
    QTest::newRow("virtual data set") << "virtual.h5"
                                      << "lies in another file";
    QTest::newRow("loop") << "loop.h5"
                          << "nested too deeply";
    QTest::newRow("no numbers") << "unwritten.h5"
                                << "is not all there";
}

void KerasWeightsTest::refuses() {
    QFETCH(QString, name);
    QFETCH(QString, why);
    const std::string error = errorOf<WeightsError>([&] { openWeights(kData / name.toStdString()); });
    QVERIFY2(QString::fromStdString(error).contains(why), error.c_str());
    // Links to elsewhere are not followed.
    QVERIFY(openWeights(kData / "links.h5")->tensors().empty());
}

void KerasWeightsTest::neverStartsItselfForEver() {
    const ScopedVariable inChild("THAW_HDF5_CHILD", "1");
    QVERIFY(errorOf<WeightsError>([] { openWeights(kData / "keras1.h5"); }).find("this program cannot import") !=
            std::string::npos);
}

void KerasWeightsTest::noTemporaryFolder() {
    const ScopedVariable nowhere("TMPDIR", (*m_home / "nowhere").string());
    QVERIFY(errorOf<WeightsError>([] { openWeights(kData / "keras1.h5"); }).find("temporary folder") != std::string::npos);
}

void KerasWeightsTest::truncations() {
    const Bytes good = readFile(kData / "misshapen.h5");
    Conversions conversions(*m_home);
    for (std::size_t length = 0; length < good.size(); length += length < 96 ? 1 : good.size() / 128) {
        writeFile(conversions.file, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)));
        QVERIFY2(conversions.run() != Conversions::Result::Done, std::to_string(length).c_str());
    }
    conversions.report("truncations");
    // The same through the real thing, with its message.
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{95}, good.size() / 2, good.size() - 1}) {
        const fs::path file = *m_home / "x.h5";
        writeFile(file, Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)));
        const std::string error = openFault(file, openOnly);
        QVERIFY2(!error.empty() && !isBad(error), (std::to_string(length) + ": " + error).c_str());
    }
}

void KerasWeightsTest::flips() {
    const Bytes good = readFile(kData / "misshapen.h5");
    Conversions conversions(*m_home);
    for (std::size_t at = 0; at < good.size(); at += at < 96 ? 1 : 199) {
        for (const int value : {0x00, 0xff, good[at] ^ 0x01, good[at] ^ 0x80}) {
            Bytes bad = good;
            bad[at] = static_cast<std::uint8_t>(value);
            writeFile(conversions.file, bad);
            conversions.run();
        }
    }
    conversions.report("flips");
    surviveFlips(good, 0, 96, *m_home / "x.h5", openOnly, 40);
}

int main(int argc, char** argv) {
    if (const int code = runHdf5ImportChild(argc, argv); code >= 0) return code;
    const QCoreApplication application(argc, argv);
    KerasWeightsTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_keras_weights.moc"
