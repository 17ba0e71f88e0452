#include <QtTest>

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <set>
#include <stdexcept>

#include "core/api/config.h"
#include "core/api/config_fields.h"
#include "core/api/errors.h"
#include "core/store/paths.h"
#include "tests/support/comma_locale.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using thaw::test::CommaLocale;
using thaw::test::TemporaryHome;
namespace fs = std::filesystem;

namespace {

RunConfig runnable() {
    RunConfig config;
    config.phases.resize(1);
    return config;
}

/// No field as it is by default.
RunConfig everythingChanged() {
    RunConfig config;
    config.preset = "mine";
    config.task = TaskKind::SeveralLabels;
    config.title = "Meine \"Stunde\" \xC3\xBC";
    config.data.dataset = "cifar10";
    config.data.directory = "/data/with space/\xC3\xA4";
    config.data.trainLimit = 1000;
    config.data.testLimit = 200;
    config.data.squareFit = SquareFit::Whole;
    config.data.split = {SplitMode::Folds, 0.3, 0.1, 4, 2, "folder", 9};
    config.initialization = Initialization::Random;
    config.weights = "/weights/vgg16.pth";
    config.inputSize = 64;
    config.scaling = Scaling::Caffe;
    config.batchSize = 50;
    config.augmentation = {true, 4, true, 0.5, 10, 0.1, 1, 0.2, 3, 0.4};
    config.classBalance = {ClassWeights::ByHand, {1, 2.5}, true};
    config.labelSmoothing = 0.1;
    config.head = {256, 0.25, 2, HeadPooling::Average};
    config.updateStatistics = true;
    PhaseConfig first;
    first.title = "One";
    first.epochs = 3;
    first.optimizer.kind = OptimizerKind::Sgd;
    first.optimizer.learningRate = 0.012345678901234567;
    first.optimizer.momentum = 0.8;
    first.optimizer.nesterov = true;
    first.optimizer.weightDecay = 5e-4;
    first.schedule = {ScheduleKind::Cosine, 0.01, 0.2, 3};
    first.trainable = {"block4_conv1", "features.28", "head"};
    PhaseConfig second;
    second.optimizer.kind = OptimizerKind::AdamW;
    second.optimizer.beta1 = 0.85;
    second.optimizer.beta2 = 0.99;
    second.optimizer.epsilon = 1e-8;
    second.schedule.kind = ScheduleKind::Plateau;
    second.trainable = {"all"};
    config.phases = {first, second};
    config.judging = {JudgedBy::MacroF1, JudgedBy::RocAuc};
    config.earlyStopping = {true, 5, 0.001};
    config.seed = std::numeric_limits<std::uint64_t>::max();
    config.threads = 3;
    config.device = DeviceKind::Cpu;
    config.kernels = KernelKind::LibTorch;
    config.cache = {false, "/cache", false, 123, 456};
    config.checkpointMinutes = 0.5;
    config.output = "/runs/one";
    return config;
}

std::string problemOf(const std::string& json) {
    try {
        configFromJson(json);
        return {};
    } catch (const ConfigError& error) {
        return error.what();
    }
}

}  // namespace

class TestConfig : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void jsonRoundTrip() {
        const RunConfig config = everythingChanged();
        const std::string json = toJson(config);
        QCOMPARE(toJson(configFromJson(json)), json);
        const RunConfig read = configFromJson(json);
        QCOMPARE(read.seed, config.seed);
        QCOMPARE(read.phases[0].optimizer.learningRate, config.phases[0].optimizer.learningRate);
        QCOMPARE(read.phases[0].trainable, config.phases[0].trainable);
        QCOMPARE(read.data.directory, config.data.directory);
        QCOMPARE(read.totalEpochs(), 4);
        QVERIFY(toJson(RunConfig()) != json);
    }

    void missingFieldsKeepTheBase() {
        const RunConfig config = configFromJson(R"({"batchSize": 64, "head": {"dropout": 0.1}})", everythingChanged());
        QCOMPARE(config.batchSize, 64);
        QCOMPARE(config.head.dropout, 0.1);
        QCOMPARE(config.head.hiddenUnits, 256);
        QCOMPARE(config.phases.size(), std::size_t(2));
        QCOMPARE(configFromJson("{}").batchSize, RunConfig().batchSize);
    }

    void errorsNameTheField_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("field");
        const auto row = [](const char* json, const char* field) { QTest::newRow(json) << json << field; };
        row(R"({"phases": [{"optimizer": {"kind": "adagrad"}}]})", "phases[0].optimizer.kind");
        row(R"({"phases": {}})", "phases");
        row(R"({"phases": [3]})", "phases[0]");
        row(R"({"phases": [{"trainable": "head"}]})", "phases[0].trainable");
        row(R"({"phases": [{"trainable": [1]}]})", "phases[0].trainable");
        row(R"({"batchSize": "128"})", "batchSize");
        row(R"({"batchSize": 12.5})", "batchSize");
        row(R"({"batchSize": 5000000000})", "batchSize");
        row(R"({"batchSize": 18446744073709551615})", "batchSize");
        row(R"({"seed": -1})", "seed");
        row(R"({"scaling": "0..1"})", "scaling");
        row(R"({"scaling": null})", "scaling");
        row(R"({"augmentation": {"flip": 1}})", "augmentation.flip");
        row(R"({"weights": "a\u0000b"})", "weights");
        row(R"({"device": "tpu"})", "device");
        row(R"({"batchSize": 1, "batchSize": 2})", "batchSize");
        row(R"({"head": {"dropout": 0, "dropout": 0}})", "dropout");
        row(R"([])", "JSON");
        row(R"({)", "JSON");
        row(R"({} {})", "JSON");
        row(R"({"head": {"dropout": NaN}})", "JSON");
        row(R"({"head": {"dropout": 1e999}})", "JSON");
        row("", "JSON");
    }

    void errorsNameTheField() {
        QFETCH(QString, json);
        QFETCH(QString, field);
        const std::string problem = problemOf(json.toStdString());
        QVERIFY2(QString::fromStdString(problem).contains(field), problem.c_str());
    }

    void unknownFieldsAreTold() {
        std::vector<std::string> unknown;
        const RunConfig config = configFromJson(
            R"({"batchsize": 1, "batchSize": 7, "data": {"folder": ""}, "phases": [{}, {"optimizer": {"lr": 1}}]})", {},
            &unknown);
        QCOMPARE(config.batchSize, 7);
        QCOMPARE(unknown, (std::vector<std::string>{"data.folder", "phases[1].optimizer.lr", "batchsize"}));
        const std::string note = unknownSettingsNote(unknown);
        QVERIFY(note.find("phases[1].optimizer.lr") != std::string::npos);
        QVERIFY(unknownSettingsNote({}).empty());
    }

    void settingsAreDescribedOnce() {
        std::set<std::string> paths;
        for (const ConfigField& field : configFields()) QVERIFY2(paths.insert(field.path).second, field.path.c_str());
        const ConfigField& batch = configField("batchSize");
        QCOMPARE(batch.title, std::string("Batch size"));
        QCOMPARE(batch.values(), std::string("from 1 to 4096"));
        QCOMPARE(configField("phases.optimizer.momentum").values(), std::string("from 0 to below 1"));
        QCOMPARE(configField("phases.schedule.kind").values(), std::string("constant, cosine, linear, step, plateau"));
        QVERIFY_EXCEPTION_THROWN(configField("nothing"), std::out_of_range);
        RunConfig config = runnable();
        config.batchSize = 0;
        QCOMPARE(validate(config), (std::vector<std::string>{"Batch size must be from 1 to 4096; it is 0."}));
    }

    void deepNestingIsRefused() {
        QVERIFY(!problemOf(std::string(100'000, '[')).empty());
        QVERIFY(!problemOf("{\"head\":" + std::string(100, '[') + std::string(100, ']') + '}').empty());
    }

    void validateAcceptsDefaultsAndBounds() {
        QCOMPARE(validate(runnable()).size(), std::size_t(0));
        RunConfig config = everythingChanged();
        QCOMPARE(validate(config).size(), std::size_t(0));
        config.phases.push_back({});
        config.phases.back().epochs = 0;
        config.phases.back().optimizer.learningRate = -1;  // a skipped phase may say anything
        QCOMPARE(validate(config).size(), std::size_t(0));
    }

    void validateFindsWhatIsOutOfRange() {
        const double nan = std::nan("");
        const std::vector<std::function<void(RunConfig&)>> mistakes = {
            [](RunConfig& c) { c.phases.clear(); },
            [](RunConfig& c) { c.phases[0].epochs = 0; },
            [](RunConfig& c) { c.phases[0].epochs = -1; },
            [](RunConfig& c) { c.phases[0].epochs = 10001; },
            [](RunConfig& c) { c.phases[0].trainable.clear(); },
            [](RunConfig& c) { c.phases[0].trainable = {"block6"}; },
            [](RunConfig& c) {
                c.phases[0].trainable = {"block5_pool", "flatten"};
            },
            [](RunConfig& c) { c.phases[0].optimizer.learningRate = 0; },
            [](RunConfig& c) { c.phases[0].optimizer.learningRate = 11; },
            [nan](RunConfig& c) { c.phases[0].optimizer.learningRate = nan; },
            [](RunConfig& c) { c.phases[0].optimizer.beta1 = 1; },
            [](RunConfig& c) { c.phases[0].optimizer.epsilon = 0; },
            [](RunConfig& c) { c.phases[0].optimizer.weightDecay = -1e-9; },
            [](RunConfig& c) { c.phases[0].optimizer = {OptimizerKind::Sgd, 0.1, 0.9, 0.999, 1e-7, 0, true, 0}; },
            [](RunConfig& c) {
                c.phases[0].schedule = {ScheduleKind::Cosine, 1.5, 0.1, 1};
            },
            [](RunConfig& c) {
                c.phases[0].schedule = {ScheduleKind::Step, 0, 0, 1};
            },
            [](RunConfig& c) {
                c.phases[0].schedule = {ScheduleKind::Step, 0, 0.1, 0};
            },
            [](RunConfig& c) { c.data.dataset = "mnist"; },
            [](RunConfig& c) { c.data.trainLimit = -1; },
            [](RunConfig& c) { c.model = "resnet51"; },
            [](RunConfig& c) { c.inputSize = 31; },
            [](RunConfig& c) { c.inputSize = 513; },
            [](RunConfig& c) { c.batchSize = 0; },
            [](RunConfig& c) { c.batchSize = 4097; },
            [](RunConfig& c) { c.augmentation.shift = 17; },
            [](RunConfig& c) { c.head.hiddenUnits = 0; },
            [](RunConfig& c) { c.head.dropout = 1; },
            [nan](RunConfig& c) { c.head.dropout = nan; },
            [](RunConfig& c) {
                c.earlyStopping = {true, 0, 0};
            },
            [](RunConfig& c) { c.threads = -1; },
            [](RunConfig& c) { c.cache.memoryBudget = -1; },
            [](RunConfig& c) { c.checkpointMinutes = 0; },
        };
        for (std::size_t i = 0; i < mistakes.size(); ++i) {
            RunConfig config = runnable();
            mistakes[i](config);
            QVERIFY2(!validate(config).empty(), std::to_string(i).c_str());
        }
        RunConfig config = runnable();
        config.batchSize = 0;
        config.inputSize = 1000;
        QCOMPARE(validate(config).size(), std::size_t(2));
        QCOMPARE(validate(config)[0], std::string("VGG16 cannot take pictures of 1000 pixels. Choose 32 to 512 pixels."));
    }

    void namesOfSettings() {
        for (const char* name : {"0-1", "imagenet", "caffe"}) QCOMPARE(toString(scalingFromString(name)), std::string(name));
        for (const char* name : {"sgd", "adam", "adamw"}) QCOMPARE(toString(optimizerFromString(name)), std::string(name));
        for (const char* name : {"constant", "cosine", "linear", "step"})
            QCOMPARE(toString(scheduleFromString(name)), std::string(name));
        QVERIFY_EXCEPTION_THROWN(scalingFromString("Caffe"), ConfigError);
    }

    void lessonsOfTheProgram() {
        const TemporaryHome home;
        const std::vector<Lesson> lessons = listLessons();
        QStringList names;
        for (const Lesson& lesson : lessons) {
            names << QString::fromStdString(lesson.name);
            QVERIFY2(lesson.problem.empty(), lesson.problem.c_str());
            QVERIFY(!lesson.title.empty() && !lesson.description.empty());
            QCOMPARE(lesson.config.preset, lesson.name);
        }
        QCOMPARE(names, QStringList({"lesson", "lesson-as-written", "lesson-64", "fine-tune-all", "from-scratch", "own-pictures",
                                     "few-pictures", "two-classes", "words-frozen", "words-last-layer", "words-all",
                                     "gpt-shakespeare"}));
        for (const char* name : {"words-frozen", "words-last-layer", "words-all", "gpt-shakespeare"}) {
            const Lesson lesson = findLesson(name);
            QVERIFY2(lesson.problem.empty() && lesson.note.empty() && !lesson.description.empty(), lesson.problem.c_str());
            for (const PhaseConfig& phase : lesson.config.phases)
                QVERIFY(phase.schedule.kind == ScheduleKind::Linear && phase.schedule.warmUp > 0 &&
                        phase.optimizer.clipNorm == 1 && !phase.optimizer.decayVectors);
        }
        QCOMPARE(findLesson("lesson-64").config.inputSize, 64);
        QVERIFY(findLesson("lesson-as-written").config.scaling == Scaling::ZeroToOne);
        QVERIFY(findLesson("from-scratch").config.initialization == Initialization::Random);
    }

    void theLessonIsTheLesson() {
        const TemporaryHome home;
        const Lesson lesson = findLesson("lesson");
        const RunConfig& config = lesson.config;
        QCOMPARE(lesson.claims, (std::vector<double>{0.785, 0.805}));
        QCOMPARE(lesson.claimsDataset, std::string("cifar10"));
        QVERIFY(config.scaling == Scaling::ImageNet && config.initialization == Initialization::Pretrained);
        QCOMPARE(config.inputSize, 32);
        QCOMPARE(config.batchSize, 128);
        QCOMPARE(config.head.hiddenUnits, 512);
        QCOMPARE(config.head.dropout, 0.5);
        QCOMPARE(config.phases.size(), std::size_t(2));
        const PhaseConfig &first = config.phases[0], &second = config.phases[1];
        QVERIFY(first.optimizer.kind == OptimizerKind::Adam && second.optimizer.kind == OptimizerKind::Adam);
        QCOMPARE(first.title, std::string("Head only"));
        QCOMPARE(first.epochs, 10);
        QCOMPARE(first.optimizer.learningRate, 1e-4);
        QCOMPARE(first.optimizer.epsilon, 1e-7);
        QCOMPARE(first.trainable, std::vector<std::string>{"head"});
        QCOMPARE(second.title, std::string("Fine-tuning"));
        QCOMPARE(second.epochs, 5);
        QCOMPARE(second.optimizer.learningRate, 1e-5);
        QCOMPARE(second.trainable, (std::vector<std::string>{"block5", "head"}));
    }

    void usersLessons() {
        const TemporaryHome home;
        ensureFolder(lessonsFolder());
        const std::string plan = R"("phases": [{"title": "Only", "epochs": 1}])";
        std::ofstream(lessonsFolder() / "mine.json") << R"({"title": "Mine", )" << plan << '}';
        std::ofstream(lessonsFolder() / "broken.json") << "{";
        std::ofstream(lessonsFolder() / "wrong.json") << R"({"batchSize": 0, )" << plan << '}';
        std::ofstream(lessonsFolder() / "claims.json") << R"({"claims": [78], )" << plan << '}';
        std::ofstream(lessonsFolder() / "claimed.json") << R"({"claims": [0.7], "claimsDataset": "nothing", )" << plan << '}';
        std::ofstream(lessonsFolder() / "many.json") << R"({"claims": [0.1, 0.2], )" << plan << '}';
        std::ofstream(lessonsFolder() / "lesson.json") << '{' << plan << '}';
        std::ofstream(lessonsFolder() / "notes.txt") << "no lesson";
        fs::create_directory(lessonsFolder() / "folder.json");
        const std::vector<Lesson> lessons = listLessons();
        const std::size_t own = 12;
        QCOMPARE(lessons.size(), own + 8);
        for (std::size_t i = own; i < lessons.size(); ++i) QCOMPARE(lessons[i].problem.empty(), lessons[i].name == "mine");
        QCOMPARE(findLesson("mine").title, std::string("Mine"));
        QCOMPARE(findLesson("lesson").config.phases.size(), std::size_t(2));  // still the program's own
        QVERIFY_EXCEPTION_THROWN(findLesson("broken"), ConfigError);
        try {
            findLesson("nothing");
            QFAIL("no error");
        } catch (const ConfigError& error) {
            QVERIFY(QString(error.what()).contains("nothing"));
            QVERIFY(QString::fromStdString(error.hint()).contains("lesson-as-written"));
        }
    }

    void savesALesson() {
        const TemporaryHome home;
        RunConfig config = everythingChanged();
        const Lesson saved = saveLesson("My lesson, 2nd try", "What it shows.", config);
        QCOMPARE(saved.name, std::string("my-lesson-2nd-try"));
        QCOMPARE(saved.problem, std::string());
        const Lesson found = findLesson("my-lesson-2nd-try");
        QCOMPARE(found.title, std::string("My lesson, 2nd try"));
        QCOMPARE(found.description, std::string("What it shows."));
        QCOMPARE(found.config.phases[0].optimizer.learningRate, config.phases[0].optimizer.learningRate);
        QVERIFY(found.config.output.empty() && found.config.data.directory.empty() && found.config.cache.directory.empty());
        saveLesson("My lesson, 2nd try", "Again.", config);
        QCOMPARE(findLesson("my-lesson-2nd-try").description, std::string("Again."));
        QVERIFY_EXCEPTION_THROWN(saveLesson("Lesson", "", config), ConfigError);
        QVERIFY_EXCEPTION_THROWN(saveLesson("../..", "", config), ConfigError);
        QVERIFY_EXCEPTION_THROWN(saveLesson(std::string(300, 'x'), "", config), ConfigError);
        config.batchSize = 0;
        QVERIFY_EXCEPTION_THROWN(saveLesson("Bad", "", config), ConfigError);
    }

    void germanNumbersChangeNothing() {
        const TemporaryHome home;
        const std::string json = toJson(everythingChanged());
        RunConfig wrong = runnable();
        wrong.head.dropout = 1.5;
        wrong.batchSize = 123456;
        const std::vector<std::string> problems = validate(wrong);
        const CommaLocale german(home.path());
        QCOMPARE(toJson(everythingChanged()), json);
        QCOMPARE(toJson(configFromJson(json)), json);
        QCOMPARE(validate(wrong), problems);
        QCOMPARE(findLesson("lesson").config.phases[0].optimizer.epsilon, 1e-7);
        if (!german.available()) QSKIP("no localedef: C++ streams were tested, the C library was not");
        QCOMPARE(std::strtod("0,5", nullptr), 0.5);
    }
};

QTEST_GUILESS_MAIN(TestConfig)
#include "tst_config.moc"
