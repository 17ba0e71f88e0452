#include <QAbstractItemModelTester>
#include <QLocale>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "tests/support/drawn_pictures.h"
#include "ui/models/percent_text.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"

using namespace thaw;
using ui::PictureFilter;
using ui::PinnedListModel;
using ui::PredictionListModel;
using ui::Verdict;

namespace {

const QStringList kNames{"cat", "dog", "owl"};

std::shared_ptr<core::PictureSet> plainPictures(std::vector<int> labels) {
    auto set = std::make_shared<core::PictureSet>();
    set->width = set->height = 2;
    set->labels = std::move(labels);
    for (std::size_t i = 0; i < set->labels.size(); ++i) set->rgb.insert(set->rgb.end(), 12, static_cast<std::uint8_t>(i));
    return set;
}

/// One row a picture: the predicted class and how sure; the rest is shared by the other two classes.
std::shared_ptr<core::PredictionSet> plainPredictions(const std::vector<int>& labels,
                                                      const std::vector<std::pair<int, float>>& said, int epoch = 1) {
    auto set = std::make_shared<core::PredictionSet>();
    set->labels = labels;
    set->classCount = 3;
    set->epoch = epoch;
    set->step = epoch * 10;
    for (const auto& [predicted, confidence] : said)
        for (int c = 0; c < 3; ++c) set->probabilities.push_back(c == predicted ? confidence : (1 - confidence) / 2);
    return set;
}

std::vector<int> allIds(const PredictionListModel& model) {
    std::vector<int> ids;
    for (int i = 0; i < model.total(); ++i) ids.push_back(model.idAt(i));
    return ids;
}

core::FilePrediction ownPicture(const std::string& file, std::vector<float> probabilities, const std::string& error = {}) {
    core::FilePrediction own;
    own.file = file;
    own.error = error;
    own.probabilities = std::move(probabilities);
    if (error.empty()) {
        own.width = 3;
        own.height = 2;
        own.rgb.assign(18, 200);
        own.modelSize = 2;
        own.modelRgb.assign(12, 100);
    }
    return own;
}

}  // namespace

class PredictionListModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QVERIFY(m_settings.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        QCoreApplication::setOrganizationName("thaw");
        QCoreApplication::setApplicationName("thaw-tests");
    }

    void filtersAndCounts() {
        const std::vector<int> labels{0, 1, 2, 0, 1, 2};
        PredictionListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSeed(0);
        QCOMPARE(model.total(), 0);
        model.setPictures(plainPictures(labels), kNames);
        QCOMPARE(model.total(), 6);
        QCOMPARE(model.count(PictureFilter::Right), 0);
        QVERIFY(!model.hasPredictions());
        QCOMPARE(model.item(1).verdict, Verdict::Unknown);

        // wrong: 1 (0.6), 3 (0.9), 5 (0.9)
        QVERIFY(model.setPredictions(plainPredictions(labels, {{0, .7f}, {2, .6f}, {2, .8f}, {1, .9f}, {1, .5f}, {0, .9f}})));
        QCOMPARE(model.count(PictureFilter::All), 6);
        QCOMPARE(model.count(PictureFilter::Right), 3);
        QCOMPARE(model.count(PictureFilter::Wrong), 3);
        QCOMPARE(allIds(model), (std::vector<int>{0, 1, 2, 3, 4, 5}));
        model.setFilter(PictureFilter::Right);
        QCOMPARE(allIds(model), (std::vector<int>{0, 2, 4}));
        model.setFilter(PictureFilter::Wrong);
        QCOMPARE(allIds(model), (std::vector<int>{1, 3, 5}));
        model.setFilter(PictureFilter::ConfidentWrong);
        QCOMPARE(allIds(model), (std::vector<int>{3, 5, 1}));
        model.setTrueClass(2);
        QCOMPARE(allIds(model), (std::vector<int>{5}));
        QCOMPARE(model.count(PictureFilter::All), 2);
        QCOMPARE(model.count(PictureFilter::Right), 1);
        model.setPredictedClass(1);
        QCOMPARE(model.total(), 0);
        model.setTrueClass(-1);
        model.setFilter(PictureFilter::All);
        QCOMPARE(allIds(model), (std::vector<int>{3, 4}));
    }

    void justThesePictures() {
        const std::vector<int> labels{0, 1, 2, 0};
        PredictionListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setPictures(plainPictures(labels), kNames);
        QVERIFY(model.setPredictions(plainPredictions(labels, {{0, .7f}, {2, .6f}, {2, .8f}, {1, .9f}})));
        model.showOnly(std::vector<int>{3, 9, 1});
        QCOMPARE(allIds(model), (std::vector<int>{3, 1}));
        model.setTrueClass(2);
        QCOMPARE(allIds(model), (std::vector<int>{3, 1}));
        model.setPageSize(1);
        QVERIFY(model.showPicture(1));
        QCOMPARE(model.pageBegin(), 1);
        model.showOnly(std::vector<int>{});
        QCOMPARE(model.total(), 0);
        model.showOnly(std::nullopt);
        QCOMPARE(allIds(model), (std::vector<int>{2}));
        model.showOnly(std::vector<int>{0});
        model.setPictures(plainPictures(labels), kNames);
        QCOMPARE(model.total(), 4);
    }

    void twoModelsOfTheSamePictures() {
        const std::vector<int> labels{0, 1};
        PredictionListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSeed(0);
        model.setPictures(plainPictures(labels), kNames);
        QVERIFY(model.setPredictions(plainPredictions(labels, {{0, .8f}, {2, .6f}})));
        const QModelIndex first = model.index(0), second = model.index(1);
        QCOMPARE(first.data(PredictionListModel::EarlierNameRole).toString(), QString());
        model.setEarlier(plainPredictions(labels, {{1, .5f}, {2, .5f}}));
        QCOMPARE(first.data(PredictionListModel::EarlierNameRole).toString(), QStringLiteral("dog"));
        QVERIFY(first.data(Qt::ToolTipRole).toString().endsWith(QStringLiteral("correct; the other model says dog")));
        QCOMPARE(second.data(PredictionListModel::EarlierNameRole).toString(), QString());
        QCOMPARE(second.data(PredictionListModel::TrueProbabilityRole).toFloat(), .2f);
        QVERIFY(std::abs(second.data(PredictionListModel::LossRole).toDouble() + std::log(.2)) < 1e-6);
        model.setEarlier(plainPredictions({0}, {{1, .5f}}));  // of other pictures: not taken
        QCOMPARE(first.data(PredictionListModel::EarlierNameRole).toString(), QStringLiteral("dog"));
        model.setEarlier(nullptr);
        QCOMPARE(first.data(PredictionListModel::EarlierNameRole).toString(), QString());
    }

    void roles() {
        const std::vector<int> labels{0, 1, -1};
        PredictionListModel model;
        model.setSeed(0);
        model.setPictures(plainPictures(labels), kNames);
        model.setPredictions(plainPredictions(labels, {{0, .75f}, {2, .6f}, {1, .9f}}));
        const QModelIndex wrong = model.index(1);
        QCOMPARE(wrong.data().toString(), QString("owl"));
        QCOMPARE(wrong.data(PredictionListModel::IdRole).toInt(), 1);
        QCOMPARE(wrong.data(PredictionListModel::TrueClassRole).toInt(), 1);
        QCOMPARE(wrong.data(PredictionListModel::PredictedClassRole).toInt(), 2);
        QCOMPARE(wrong.data(PredictionListModel::TrueNameRole).toString(), QString("dog"));
        QCOMPARE(wrong.data(PredictionListModel::ConfidenceRole).toFloat(), .6f);
        QCOMPARE(wrong.data(PredictionListModel::VerdictRole).toInt(), static_cast<int>(Verdict::Wrong));
        QCOMPARE(wrong.data(Qt::AccessibleTextRole).toString(),
                 QString("Picture 2, predicted owl, 60.0\u2009% sure, wrong: it is dog"));
        QCOMPARE(model.index(0).data(Qt::AccessibleTextRole).toString(),
                 QString("Picture 1, predicted cat, 75.0\u2009% sure, correct"));
        QCOMPARE(model.index(2).data(PredictionListModel::VerdictRole).toInt(), static_cast<int>(Verdict::Unknown));
        const auto picture = wrong.data(PredictionListModel::PictureRole).value<QImage>();
        QCOMPARE(picture.size(), QSize(2, 2));
        QCOMPARE(picture.pixel(1, 1), qRgb(1, 1, 1));
        const auto guesses = model.bestGuesses(1, 2);
        QCOMPARE(guesses.size(), std::size_t(2));
        QCOMPARE(guesses[0].first, 2);
        QCOMPARE(guesses[1].first, 0);
        QVERIFY(model.bestGuesses(77, 5).empty());
        QVERIFY(!model.item(77).isValid());
        QVERIFY(model.picture(-1).isNull());
    }

    void percentTexts() {
        QCOMPARE(ui::percentText(0.712), QString("71.2\u2009%"));
        QCOMPARE(ui::percentNumber(0.712), QString("71.2"));
        // Not quite all is not all.
        QCOMPARE(ui::percentNumber(0.9996), QString("99.9"));
        QCOMPARE(ui::percentNumber(std::nextafter(1.0, 0.0)), QString("99.9"));
        QCOMPARE(ui::percentNumber(1), QString("100.0"));
        QCOMPARE(ui::percentNumber(0.0001), QString("0.0"));
        QCOMPARE(ui::percentNumber(-0.034), QString("-3.4"));
        QCOMPARE(ui::shortPercentText(0.706), QString("71%"));
        QCOMPARE(ui::shortPercentText(0.998), QString("99%"));
        QCOMPARE(ui::shortPercentText(1.0), QString("100%"));
    }

    void orderIsSeededAndDrawnAnew() {
        const auto pictures = test::drawnPictures(6, 8);
        PredictionListModel a, b;
        a.setPictures(pictures, kNames);
        b.setPictures(pictures, kNames);
        const std::vector<int> first = allIds(a);
        QCOMPARE(first, allIds(b));
        QCOMPARE(std::set<int>(first.begin(), first.end()).size(), std::size_t(60));
        a.nextPage();
        a.drawAnew();
        QCOMPARE(a.pageBegin(), 0);
        QVERIFY(allIds(a) != first);
        b.setSeed(a.seed());
        QCOMPARE(allIds(a), allIds(b));
    }

    void oneOfEachClass() {
        const std::vector<int> labels{2, 2, 0, 1, 0, 2};
        PredictionListModel model;
        model.setSeed(0);
        model.setPictures(plainPictures(labels), kNames);
        model.setOrder(ui::PictureOrder::OneOfEachClass);
        QCOMPARE(allIds(model), (std::vector<int>{2, 3, 0, 4, 1, 5}));
    }

    void pages() {
        const auto pictures = test::drawnPictures(10, 4);
        PredictionListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSeed(0);
        model.setPictures(pictures, kNames);
        model.setPageSize(32);
        QCOMPARE(model.rowCount(), 32);
        QVERIFY(!model.hasPreviousPage());
        model.nextPage();
        model.nextPage();
        model.nextPage();
        QCOMPARE(model.pageBegin(), 96);
        QCOMPARE(model.rowCount(), 4);
        QVERIFY(!model.hasNextPage());
        model.nextPage();
        QCOMPARE(model.pageBegin(), 96);
        QVERIFY(model.showPicture(40));
        QCOMPARE(model.pageBegin(), 32);
        QCOMPARE(model.rowOf(40), 8);
        QCOMPARE(model.rowOf(31), -1);
        model.setPageSize(10);  // the page's first picture stays in view
        QCOMPARE(model.pageBegin(), 30);
        model.previousPage();
        QCOMPARE(model.pageBegin(), 20);
        model.setPageSize(0);
        QCOMPARE(model.pageSize(), 1);
    }

    void refreshKeepsIdsAndTheChosenPage() {
        const std::vector<int> labels{0, 0, 0, 0, 0, 0};
        PredictionListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSeed(0);
        model.setPictures(plainPictures(labels), kNames);
        model.setPageSize(2);
        const auto said = [&](std::vector<int> classes) {
            std::vector<std::pair<int, float>> rows;
            for (int c : classes) rows.emplace_back(c, .8f);
            return plainPredictions(labels, rows);
        };
        model.setPredictions(said({1, 1, 1, 1, 1, 0}));
        model.setFilter(PictureFilter::Wrong);
        model.nextPage();
        const QPersistentModelIndex kept(model.index(0));
        QCOMPARE(kept.data(PredictionListModel::IdRole).toInt(), 2);
        model.setAnchor(2);

        // The same pictures are wrong: rows stay, only their data change.
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset), changes(&model, &QAbstractItemModel::dataChanged);
        model.setPredictions(said({2, 2, 2, 2, 2, 0}));
        QCOMPARE(resets.count(), 0);
        QCOMPARE(changes.count(), 1);
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data().toString(), QString("owl"));

        // Picture 0 and 1 become right: the chosen picture moves to the first page, and the view with it.
        model.setPredictions(said({0, 0, 1, 1, 1, 0}));
        QCOMPARE(model.rowOf(2), 0);
        QCOMPARE(model.pageBegin(), 0);
        // The chosen one is right now: it leaves the filter but can still be looked at.
        model.setPredictions(said({1, 1, 0, 1, 1, 0}));
        QCOMPARE(model.positionOf(2), -1);
        QCOMPARE(model.item(2).verdict, Verdict::Right);
    }

    void shapesThatDoNotAgreeAreIgnored() {
        const std::vector<int> labels{0, 1};
        PredictionListModel model;
        model.setPictures(plainPictures(labels), kNames);
        QVERIFY(!model.setPredictions(plainPredictions({0, 1, 2}, {{0, .5f}, {0, .5f}, {0, .5f}})));
        auto torn = plainPredictions(labels, {{0, .5f}, {1, .5f}});
        torn->probabilities.pop_back();
        QVERIFY(!model.setPredictions(torn));
        QVERIFY(!model.hasPredictions());
        QVERIFY(model.setPredictions(plainPredictions(labels, {{0, .5f}, {1, .5f}})));
        QVERIFY(model.setPredictions(nullptr));
        QVERIFY(!model.hasPredictions());
        QCOMPARE(model.total(), 2);
    }

    void ownPictures() {
        PredictionListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setPictures(plainPictures({0, 1, 2}), kNames);
        const int first = model.addOwnPictures(
            {ownPicture("/home/a/cat.png", {.2f, .7f, .1f}), ownPicture("/home/a/x.txt", {}, "This is no picture.")});
        QVERIFY(first < -1);
        QCOMPARE(model.count(PictureFilter::Mine), 2);
        QCOMPARE(model.count(PictureFilter::All), 3);
        model.setFilter(PictureFilter::Mine);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0).data().toString(), QString("dog"));
        QCOMPARE(model.index(0).data(PredictionListModel::VerdictRole).toInt(), static_cast<int>(Verdict::Unknown));
        QCOMPARE(model.index(1).data(PredictionListModel::ErrorRole).toString(), QString("This is no picture."));
        QCOMPARE(model.index(1).data(Qt::AccessibleTextRole).toString(), QString("x.txt: This is no picture."));
        QCOMPARE(model.picture(first).size(), QSize(3, 2));
        QCOMPARE(model.modelPicture(first).size(), QSize(2, 2));
        QVERIFY(model.picture(model.idAt(1)).isNull());

        const QString key = model.pictureKey(first);
        QCOMPARE(model.addOwnPictures({ownPicture("/home/a/cat.png", {.8f, .1f, .1f})}), first);
        QCOMPARE(model.count(PictureFilter::Mine), 2);
        QVERIFY(model.pictureKey(first) != key);
        QCOMPARE(model.item(first).predictedName, QString("cat"));

        // A claim of more pixels than there are bytes shows nothing rather than reading past the end.
        core::FilePrediction torn = ownPicture("/home/a/torn.png", {1.f, 0.f, 0.f});
        torn.width = 1000;
        QVERIFY(model.picture(model.addOwnPictures({torn})).isNull());

        // They outlive the data set, and go one by one.
        model.setPictures(plainPictures({1}), kNames);
        QCOMPARE(model.ownFiles().size(), 3);
        model.removeOwnPicture(first);
        QCOMPARE(model.rowCount(), 2);
        model.removeOwnPictures();
        QCOMPARE(model.rowCount(), 0);
    }

    void tenThousandAreQuick() {
        auto pictures = std::make_shared<core::PictureSet>();
        pictures->width = pictures->height = 1;
        pictures->labels.assign(10'000, 1);
        pictures->rgb.assign(30'000, 0);
        auto predictions = std::make_shared<core::PredictionSet>();
        predictions->classCount = 10;
        predictions->labels = pictures->labels;
        predictions->probabilities.assign(100'000, 0.1f);
        PredictionListModel model;
        model.setPictures(pictures, kNames);
        model.setFilter(PictureFilter::ConfidentWrong);
        QElapsedTimer timer;
        timer.start();
        model.setPredictions(predictions);
        QVERIFY2(timer.elapsed() < 100, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(model.total(), 10'000);
        QCOMPARE(model.rowCount(), 32);
    }

    void pinsGrowAndComeBack() {
        const std::vector<int> labels{0, 1, 2, 0};
        {
            PinnedListModel pins;
            QAbstractItemModelTester tester(&pins, QAbstractItemModelTester::FailureReportingMode::QtTest);
            pins.setPictures(plainPictures(labels), kNames, "toys");
            pins.addPredictions(*plainPredictions(labels, {{1, .5f}, {1, .9f}, {2, .4f}, {0, .5f}}, 1));
            QVERIFY(pins.pin(2));
            QVERIFY(!pins.pin(2));
            QVERIFY(!pins.pin(4));
            QVERIFY(!pins.pin(-2));
            QVERIFY(pins.pin(0));
            pins.addPredictions(*plainPredictions(labels, {{0, .6f}, {1, .9f}, {2, .8f}, {0, .5f}}, 2));
            pins.addPredictions(*plainPredictions(labels, {{0, .7f}, {1, .9f}, {2, .8f}, {0, .5f}}, 3));

            std::vector<ui::PredictionMoment> moments = pins.moments(0);  // pinned after the first moment, and knows it
            QCOMPARE(moments.size(), std::size_t(3));
            QVERIFY(!moments[0].right && !moments[0].flipped);
            QVERIFY(moments[1].right && moments[1].flipped);
            QVERIFY(moments[2].right && !moments[2].flipped);
            QVERIFY(std::abs(moments[2].confidence - 0.7) < 1e-4);
            QCOMPARE(pins.index(1).data(Qt::AccessibleTextRole).toString(),
                     QString("Picture 1, cat, after epoch 3: cat, 70.0\u2009% sure, right; number of changes: 1"));

            // The same step again replaces; a resumed run forgets what came after its checkpoint.
            pins.addPredictions(*plainPredictions(labels, {{2, .7f}, {1, .9f}, {2, .8f}, {0, .5f}}, 3));
            QCOMPARE(pins.moments(0).size(), std::size_t(3));
            QCOMPARE(pins.moments(0)[2].predictedClass, 2);
            pins.forgetAfter(20);
            QCOMPARE(pins.momentCount(), 2);
            pins.unpin(2);
            QCOMPARE(pins.rowCount(), 1);
        }
        PinnedListModel again;
        again.setPictures(plainPictures(labels), kNames, "toys");
        QCOMPARE(again.rowCount(), 1);
        QVERIFY(again.isPinned(0));
        QVERIFY(again.moments(0).empty());
        again.setPictures(plainPictures(labels), kNames, "other");
        QCOMPARE(again.rowCount(), 0);
        again.setPictures(plainPictures({0, 1, 2}), kNames, "toys");  // a subset holds other pictures
        QCOMPARE(again.rowCount(), 0);
        QSettings().setValue(PinnedListModel::settingsPath("bad", *plainPictures(labels)), QVariantList{1, 1, "x", 99, -3, 2});
        again.setPictures(plainPictures(labels), kNames, "bad");
        QCOMPARE(again.rowCount(), 2);
    }

    void twentyPinsAtMostAndManyMoments() {
        const auto pictures = test::drawnPictures(3, 4);
        PinnedListModel pins;
        pins.setPictures(pictures, kNames, {});
        for (int id = 0; id < 30; ++id) pins.pin(id);
        QCOMPARE(pins.rowCount(), PinnedListModel::kLimit);
        QVERIFY(pins.isFull());
        pins.toggle(0);
        QVERIFY(!pins.isPinned(0));
        pins.toggle(25);
        QVERIFY(pins.isPinned(25));

        auto predictions = test::drawnPredictions(*pictures, 0.5);
        for (int epoch = 1; epoch <= 1200; ++epoch) {
            core::PredictionSet set = *predictions;
            set.epoch = epoch;
            set.step = epoch;
            pins.addPredictions(set);
        }
        QVERIFY(pins.momentCount() <= 500);
        const std::vector<ui::PredictionMoment> moments = pins.moments(25);
        QCOMPARE(moments.front().epoch, 1);
        QCOMPARE(moments.back().epoch, 1200);
    }

private:
    QTemporaryDir m_settings;
};

QTEST_GUILESS_MAIN(PredictionListModelTest)
#include "tst_prediction_list_model.moc"
