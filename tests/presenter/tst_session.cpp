// What follows a choice in the window: the scaling that of weights, the data set that of a model that reads something else.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/fake_inspector.h"
#include "tests/support/fake_trainer.h"
#include "ui/bridge/session.h"

using namespace thaw;

class SessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
        m_home = std::make_unique<QTemporaryDir>();
        qputenv("THAW_HOME", m_home->path().toLocal8Bit());
        m_probe = std::make_shared<test::FakeProbe>();
        m_training = std::make_unique<ui::TrainingController>(test::fakeFactory({}, m_probe));
        m_library = std::make_unique<ui::LibraryController>();
        m_inspection = std::make_unique<ui::InspectionController>(test::fakeInspectorFactory({}));
        m_session = std::make_unique<ui::Session>(*m_training, *m_library, *m_inspection);
    }
    void cleanup() {
        m_session.reset();
        m_inspection.reset();
        m_library.reset();
        m_training.reset();
        qunsetenv("THAW_HOME");
    }

    void scalingFollowsTheWeights() {
        listWeights({kCaffe});
        QSignalSpy changes(m_session.get(), &ui::Session::configChanged);
        choose(kCaffe);
        QVERIFY(m_session->config().scaling == core::Scaling::Caffe);
        QCOMPARE(changes.size(), 1);
        choose({});
        QVERIFY(m_session->config().scaling == core::Scaling::ImageNet);
    }

    void aDeliberateScalingStays() {
        listWeights({kCaffe});
        setScaling(core::Scaling::ZeroToOne);
        choose(kCaffe);
        QVERIFY(m_session->config().scaling == core::Scaling::ZeroToOne);
        choose({});
        setScaling(core::Scaling::Caffe);  // before the weights, with them in mind
        choose(kCaffe);
        QVERIFY(m_session->config().scaling == core::Scaling::Caffe);
    }

    // An import is chosen before it stands in the list.
    void weightsThatAreListedLater() {
        listWeights({});
        choose(kCaffe);
        QVERIFY(m_session->config().scaling == core::Scaling::ImageNet);
        listWeights({kCaffe});
        QVERIFY(m_session->config().scaling == core::Scaling::Caffe);
        listWeights({kCaffe});
        setScaling(core::Scaling::ImageNet);
        listWeights({kCaffe});
        QVERIFY(m_session->config().scaling == core::Scaling::ImageNet);
    }

    void aScalingChosenMeanwhileStays() {
        listWeights({});
        choose(kCaffe);
        setScaling(core::Scaling::ZeroToOne);
        listWeights({kCaffe});
        QVERIFY(m_session->config().scaling == core::Scaling::ZeroToOne);
    }

    void picturesAndTextsKeepTheirData() {
        QSignalSpy listed(m_library.get(), &ui::LibraryController::datasetsListed);
        core::RunConfig config = m_session->config();
        config.data.directory = "/pupil/pets";
        config.data.split.mode = core::SplitMode::Anew;
        m_session->setConfig(config);
        m_session->useTrunk(QStringLiteral("minilm"), {});
        QVERIFY(m_session->config().data.directory.empty());
        QVERIFY(m_session->config().data.split.mode == core::SplitMode::Own);
        QVERIFY(QTest::qWaitFor([&] { return !listed.isEmpty(); }));
        for (const auto& dataset : listed.last()[0].value<std::vector<core::DatasetInfo>>())
            QVERIFY(dataset.modality == core::Modality::Texts);
        m_session->setDataFolder(QStringLiteral("/pupil/mails.csv"));
        m_session->useTrunk(QStringLiteral("alexnet"), {});
        QCOMPARE(m_session->config().data.directory, std::filesystem::path("/pupil/pets"));
        QVERIFY(m_session->config().data.split.mode == core::SplitMode::Anew);
        m_session->useTrunk(QStringLiteral("vgg16"), {});
        QCOMPARE(m_session->config().data.directory, std::filesystem::path("/pupil/pets"));
        m_session->useTrunk(QStringLiteral("minilm"), {});
        QCOMPARE(m_session->config().data.directory, std::filesystem::path("/pupil/mails.csv"));
    }

    void aModelWithoutWeightsStartsFromRandomNumbers() {
        m_session->useTrunk(QStringLiteral("gpt-small"), {});
        QVERIFY(m_session->config().initialization == core::Initialization::Random);
        m_session->useTrunk(QStringLiteral("gpt2"), {});  // whose weights are published
        QVERIFY(m_session->config().initialization == core::Initialization::Pretrained);
        m_session->useTrunk(QStringLiteral("gpt-small"), QStringLiteral("/pupil/small.safetensors"));
        QVERIFY(m_session->config().initialization == core::Initialization::Pretrained);
    }

    void textsToContinueAreForModelsThatCan() {
        QSignalSpy listed(m_library.get(), &ui::LibraryController::datasetsListed);
        const auto has = [&](const char* id) {
            const auto sets = listed.last()[0].value<std::vector<core::DatasetInfo>>();
            return std::any_of(sets.begin(), sets.end(), [id](const core::DatasetInfo& one) { return one.id == id; });
        };
        m_session->useTrunk(QStringLiteral("gpt-small"), {});
        QVERIFY(QTest::qWaitFor([&] { return !listed.isEmpty() && has("shakespeare"); }));
        QCOMPARE(m_session->config().data.dataset, std::string("shakespeare"));
        QVERIFY(m_session->nextConfig().task == core::TaskKind::ContinueText);
        QVERIFY(m_session->layers().modelInfo().task == core::TaskKind::ContinueText);
        // One that tells classes apart gets a set that has some.
        m_session->useTrunk(QStringLiteral("minilm"), {});
        QCOMPARE(m_session->config().data.dataset, std::string("auto"));
        QVERIFY(QTest::qWaitFor([&] { return !has("shakespeare"); }));
    }

    void allLessonsAreOffered() {
        QSignalSpy listed(m_library.get(), &ui::LibraryController::lessonsListed);
        m_library->refreshLessons();
        QVERIFY(QTest::qWaitFor([&] { return !listed.isEmpty(); }));
        QStringList names;
        for (const auto& lesson : listed.last()[0].value<std::vector<core::Lesson>>())
            names << QString::fromStdString(lesson.name);
        QVERIFY(names.contains(QStringLiteral("words-frozen")) && names.contains(QStringLiteral("lesson")));
        QVERIFY(names.contains(QStringLiteral("gpt-shakespeare")));
        // It is about the text that it names, whatever else was chosen.
        m_session->chooseLesson(QStringLiteral("gpt-shakespeare"));
        QCOMPARE(m_session->config().data.dataset, std::string("shakespeare"));
        m_session->chooseLesson(QStringLiteral("words-frozen"));
        QVERIFY(m_session->config().data.dataset != "shakespeare");
    }

private:
    void listWeights(const std::vector<std::filesystem::path>& caffe) {
        std::vector<core::WeightsChoice> choices{{"built in", {}, "", {core::Scaling::ImageNet, true, "known"}}};
        for (const auto& file : caffe) choices.push_back({"Keras's", file, "", {core::Scaling::Caffe, false, "usual"}});
        Q_EMIT m_library->weightsListed(choices);
    }
    void choose(const std::filesystem::path& weights) {
        core::RunConfig config = m_session->config();
        config.weights = weights;
        m_session->setConfig(config);
        QVERIFY(m_session->config().weights == weights);
    }
    void setScaling(core::Scaling scaling) {
        core::RunConfig config = m_session->config();
        config.scaling = scaling;
        m_session->setConfig(config);
    }

    const std::filesystem::path kCaffe = "/weights/keras.safetensors";
    std::unique_ptr<QTemporaryDir> m_home;
    std::shared_ptr<test::FakeProbe> m_probe;
    std::unique_ptr<ui::TrainingController> m_training;
    std::unique_ptr<ui::LibraryController> m_library;
    std::unique_ptr<ui::InspectionController> m_inspection;
    std::unique_ptr<ui::Session> m_session;
};

QTEST_MAIN(SessionTest)
#include "tst_session.moc"
