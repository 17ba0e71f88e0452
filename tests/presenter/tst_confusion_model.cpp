// The matrix, the scores and the mix-ups as whole tables of text.
#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include <array>
#include <cmath>

#include "tests/support/model_text.h"
#include "ui/models/class_score_model.h"
#include "ui/models/confusion_model.h"
#include "ui/models/mix_up_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/split_text.h"

using namespace thaw;
using test::modelText;
using ui::ClassScoreModel;
using ui::ConfusionModel;
using ui::ConfusionShow;
using ui::MixUpModel;

namespace {

const QStringList kNames{"cat", "owl", "dog"};
using Counts = std::array<std::array<int, 3>, 3>;
// Rows are true. Cats and dogs are taken for each other, owls for nothing.
constexpr Counts kCounts{{{6, 1, 3}, {0, 5, 0}, {2, 1, 7}}};
constexpr Counts kWorse{{{4, 1, 5}, {0, 5, 0}, {2, 2, 6}}};

std::shared_ptr<const core::EvaluationReport> reportOf(const Counts& counts) {
    core::PredictionSet set;
    set.classCount = 3;
    for (int truth = 0; truth < 3; ++truth)
        for (int predicted = 0; predicted < 3; ++predicted)
            for (int picture = 0; picture < counts[std::size_t(truth)][std::size_t(predicted)]; ++picture) {
                set.labels.push_back(truth);
                for (int c = 0; c < 3; ++c) set.probabilities.push_back(c == predicted ? 0.8f : 0.1f);
            }
    return std::make_shared<const core::EvaluationReport>(core::evaluationReport(set));
}

/// Thin spaces and true minus signs as plain ones.
QString plain(QString text) { return text.replace(QChar(0x2009), ' ').replace(QChar(0x2212), '-').replace(QChar(0x2013), "--"); }

QStringList header(const QAbstractItemModel& model, Qt::Orientation orientation, int role = Qt::DisplayRole) {
    QStringList texts;
    const int count = orientation == Qt::Horizontal ? model.columnCount() : model.rowCount();
    for (int section = 0; section < count; ++section) texts << model.headerData(section, orientation, role).toString();
    return texts;
}

QString tip(const QModelIndex& index) { return plain(index.data(Qt::ToolTipRole).toString()); }

}  // namespace

class ConfusionModelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void countsWithSumsAndScores() {
        ConfusionModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(modelText(model), QString());
        model.setReport(reportOf(kCounts), kNames);
        QCOMPARE(plain(modelText(model)), QString("6 | 1 | 3 | 10 | 60.0 %\n"
                                                  "0 | 5 | 0 | 5 | 100.0 %\n"
                                                  "2 | 1 | 7 | 10 | 70.0 %\n"
                                                  "8 | 7 | 10 | 25 |\n"
                                                  "75.0 % | 71.4 % | 70.0 % |  | 72.0 %\n"));
        QCOMPARE(header(model, Qt::Horizontal), (QStringList{"cat", "owl", "dog", "sum", "recall"}));
        QCOMPARE(header(model, Qt::Vertical), (QStringList{"cat", "owl", "dog", "sum", "precision"}));
        QCOMPARE(tip(model.index(0, 2)),
                 QString("cat called dog: 3 pictures, 30.0 % of all that is cat, 30.0 % of all that is called dog"));
        QCOMPARE(tip(model.index(0, 1)),
                 QString("cat called owl: 1 picture, 10.0 % of all that is cat, 14.3 % of all that is called owl"));
        QCOMPARE(tip(model.index(0, 3)), QString("All that is cat: 10 pictures"));
        QCOMPARE(tip(model.index(3, 0)), QString("All that is called cat: 8 pictures"));
        QCOMPARE(tip(model.index(3, 3)), QString("25 pictures in all"));
        QVERIFY(tip(model.index(0, 4)).startsWith("Recall 60.0 %"));
        QVERIFY(tip(model.index(4, 0)).startsWith("Precision 75.0 %"));
        QVERIFY(tip(model.index(4, 4)).startsWith("Accuracy 72.0 %"));
        for (int row = 0; row < model.rowCount(); ++row)
            for (int column = 0; column < model.columnCount(); ++column) {
                const bool cell = row < 3 && column < 3;
                QCOMPARE(bool(model.flags(model.index(row, column)) & Qt::ItemIsSelectable), cell);
                QCOMPARE(model.cellAt(model.index(row, column)).has_value(), cell);
            }
    }

    void perCent() {
        ConfusionModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReport(reportOf(kCounts), kNames);
        model.setShow(ConfusionShow::OfTrue);
        QCOMPARE(plain(modelText(model)).section('\n', 0, 2), QString("60.0 | 10.0 | 30.0 | 10 | 60.0 %\n"
                                                                      "0.0 | 100.0 | 0.0 | 5 | 100.0 %\n"
                                                                      "20.0 | 10.0 | 70.0 | 10 | 70.0 %"));
        model.setShow(ConfusionShow::OfPredicted);
        QCOMPARE(plain(modelText(model)).section('\n', 0, 2), QString("75.0 | 14.3 | 30.0 | 10 | 60.0 %\n"
                                                                      "0.0 | 71.4 | 0.0 | 5 | 100.0 %\n"
                                                                      "25.0 | 14.3 | 70.0 | 10 | 70.0 %"));
        // Nothing of a class, nothing called so: no share, and a score of 0.
        model.setReport(reportOf({{{2, 0, 0}, {0, 0, 0}, {1, 0, 0}}}), kNames);
        QCOMPARE(plain(model.index(0, 1).data().toString()), QString("--"));
        model.setShow(ConfusionShow::OfTrue);
        QCOMPARE(plain(model.index(1, 0).data().toString()), QString("--"));
        QCOMPARE(plain(model.index(1, 4).data().toString()), QString("0.0 %"));
    }

    void colours() {
        ConfusionModel model;
        model.setReport(reportOf(kCounts), kNames);
        const auto strength = [&](int truth, int predicted) {
            return model.cellIndex(truth, predicted).data(ConfusionModel::StrengthRole).toDouble();
        };
        QCOMPARE(model.topShare(), 0.3);
        QCOMPARE(strength(0, 2), -1.0);
        QCOMPARE(strength(1, 1), 1.0);
        QCOMPARE(strength(1, 0), 0.0);
        QVERIFY(strength(0, 1) < 0 && strength(0, 1) > strength(2, 0));
        QVERIFY(strength(0, 0) > 0 && strength(0, 0) < strength(2, 2));
        QCOMPARE(model.index(0, 3).data(ConfusionModel::StrengthRole).toDouble(), 0.0);
        // A good model's matrix stays pale.
        core::PredictionSet good;
        good.classCount = 3;
        for (int picture = 0; picture < 300; ++picture) {
            good.labels.push_back(picture % 3);
            const int predicted = picture == 0 ? 1 : picture % 3;
            for (int c = 0; c < 3; ++c) good.probabilities.push_back(c == predicted ? 0.8f : 0.1f);
        }
        model.setReport(std::make_shared<const core::EvaluationReport>(core::evaluationReport(good)), kNames);
        QCOMPARE(model.topShare(), 0.05);
        QVERIFY(strength(0, 1) > -0.5);
    }

    void sortedByConfusionKeepsTheSelection() {
        ConfusionModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReport(reportOf(kCounts), kNames);
        QItemSelectionModel selection(&model);
        selection.select(model.cellIndex(0, 2), QItemSelectionModel::Select);
        model.setSorted(true);
        QCOMPARE(header(model, Qt::Vertical), (QStringList{"cat", "dog", "owl", "sum", "precision"}));
        QCOMPARE(plain(modelText(model)), QString("6 | 3 | 1 | 10 | 60.0 %\n"
                                                  "2 | 7 | 1 | 10 | 70.0 %\n"
                                                  "0 | 0 | 5 | 5 | 100.0 %\n"
                                                  "8 | 10 | 7 | 25 |\n"
                                                  "75.0 % | 70.0 % | 71.4 % |  | 72.0 %\n"));
        QCOMPARE(selection.selectedIndexes(), QModelIndexList{model.index(0, 1)});
        QCOMPARE(model.cellAt(model.index(0, 1)), std::make_optional(std::pair(0, 2)));
        // Another checkpoint's report is no reset: the selection stays.
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        model.setReport(reportOf(kWorse), kNames);
        QVERIFY(resets.isEmpty());
        QCOMPARE(selection.selectedIndexes(), QModelIndexList{model.cellIndex(0, 2)});
        QCOMPARE(model.cellIndex(0, 2).data().toString(), QString("5"));
        model.setSorted(false);
        QCOMPARE(selection.selectedIndexes(), QModelIndexList{model.index(0, 2)});
        model.setReport(nullptr, {});
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(!resets.isEmpty());
    }

    void differenceOfTwo() {
        ConfusionModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReport(reportOf(kCounts), kNames, reportOf(kWorse));
        QVERIFY(model.isDifference());
        QCOMPARE(plain(modelText(model)), QString("+2 | 0 | -2 | 10 | +20.0\n"
                                                  "0 | 0 | 0 | 5 | 0.0\n"
                                                  "0 | -1 | +1 | 10 | +10.0\n"
                                                  "+2 | -1 | -1 | 25 |\n"
                                                  "+8.3 | +8.9 | +15.5 |  | +12.0\n"));
        QCOMPARE(tip(model.index(0, 2)), QString("cat called dog: 3 pictures, before 5"));
        QCOMPARE(tip(model.index(3, 0)), QString("All that is called cat: 8 pictures, before 6"));
        QVERIFY(tip(model.index(0, 4)).startsWith("Recall 60.0 %, before 40.0 %"));
        const auto strength = [&](int row, int column) {
            return model.index(row, column).data(ConfusionModel::StrengthRole).toDouble();
        };
        QCOMPARE(model.topShare(), 2.0);
        QCOMPARE(strength(0, 0), 1.0);  // more right: better
        QCOMPARE(strength(0, 2), 1.0);  // less wrong: better
        QCOMPARE(strength(0, 1), 0.0);
        model.setShow(ConfusionShow::OfTrue);
        QCOMPARE(plain(modelText(model)).section('\n', 0, 0), QString("+20.0 | 0.0 | -20.0 | 10 | +20.0"));
        model.setReport(reportOf(kWorse), kNames, reportOf(kCounts));
        QCOMPARE(strength(0, 0), -1.0);
        QCOMPARE(strength(0, 2), -1.0);
    }

    void classesWithoutNames() {
        ConfusionModel model;
        model.setReport(reportOf(kCounts), {"cat"});
        QCOMPARE(header(model, Qt::Vertical).mid(0, 3), (QStringList{"cat", "class 1", "class 2"}));
    }

    void classByClass() {
        ClassScoreModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setReport(reportOf(kCounts), kNames);
        QCOMPARE(modelText(model), QString("cat | 60.0 | 75.0 | 66.7\n"
                                           "dog | 70.0 | 70.0 | 70.0\n"
                                           "owl | 100.0 | 71.4 | 83.3\n"
                                           "mean | 76.7 | 72.1 | 73.3\n"
                                           "weighted | 72.0 | 72.3 | 71.3\n"));
        QCOMPARE(header(model, Qt::Horizontal), (QStringList{"", "recall", "precision", "F1"}));
        QCOMPARE(tip(model.index(0, 0)),
                 QString("cat: recall 60.0 %, precision 75.0 %, F1 66.7 %. 10 pictures of this class (support), 8 called so"));
        QVERIFY(tip(model.index(3, 1)).contains("macro"));
        QVERIFY(tip(model.index(4, 1)).contains("weighted"));
        QCOMPARE(model.rowOf(2), 1);
        QCOMPARE(model.rowOf(7), -1);
        QCOMPARE(model.index(1, 0).data(ClassScoreModel::ClassRole).toInt(), 2);
        QCOMPARE(model.index(3, 0).data(ClassScoreModel::ClassRole).toInt(), -1);
        QCOMPARE(model.index(1, 1).data(ClassScoreModel::ValueRole).toDouble(), 0.7);
        model.setReport(nullptr, {});
        QCOMPARE(model.rowCount(), 0);
    }

    void mixUps() {
        MixUpModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReport(reportOf(kCounts), kNames);
        QCOMPARE(modelText(model), QString("cat | dog | 3\n"
                                           "dog | cat | 2\n"
                                           "cat | owl | 1\n"
                                           "dog | owl | 1\n"));
        QCOMPARE(tip(model.index(0, 0)), QString("cat called dog: 3 of 10 pictures, 30.0 %"));
        QCOMPARE(model.rowOf(2, 0), 1);
        QCOMPARE(model.rowOf(1, 0), -1);
        QCOMPARE(model.index(1, 0).data(MixUpModel::TrueClassRole).toInt(), 2);
        QCOMPARE(model.index(1, 0).data(MixUpModel::PredictedClassRole).toInt(), 0);
        model.setReport(nullptr, {});
        QCOMPARE(model.rowCount(), 0);
    }

    void onePicture() {
        const auto report = reportOf({{{0, 1, 0}, {0, 0, 0}, {0, 0, 0}}});
        ConfusionModel matrix;
        matrix.setReport(report, kNames);
        QCOMPARE(tip(matrix.index(0, 1)),
                 QString("cat called owl: 1 picture, 100.0 % of all that is cat, 100.0 % of all that is called owl"));
        QCOMPARE(tip(matrix.index(0, 3)), QString("All that is cat: 1 picture"));
        QCOMPARE(tip(matrix.index(3, 1)), QString("All that is called owl: 1 picture"));
        QCOMPARE(tip(matrix.index(3, 3)), QString("1 picture in all"));
        ClassScoreModel scores;
        scores.setReport(report, kNames);
        QVERIFY2(tip(scores.index(0, 0)).endsWith("1 picture of this class (support), 0 called so"),
                 qPrintable(tip(scores.index(0, 0))));
        MixUpModel mixUps;
        mixUps.setReport(report, kNames);
        QCOMPARE(tip(mixUps.index(0, 0)), QString("cat called owl: 1 of 1 picture, 100.0 %"));
        QCOMPARE(ui::picturesText(1, core::Split::Train), QString("1 training picture"));
        QCOMPARE(ui::picturesText(1, core::Split::HeldOut), QString("1 validation picture"));
        QCOMPARE(ui::picturesText(1'234, core::Split::Test), QString("1,234 test pictures"));
    }

    void notQuiteAll() {
        QCOMPARE(ui::shareText(9'999, 10'000), QString("99.9"));
        QCOMPARE(ui::shareText(10'000, 10'000), QString("100.0"));
    }

    // No cell, and no sum below the cells, is longer than the texts that are said to be the longest.
    void longestTexts() {
        ConfusionModel model;
        for (const auto& baseline : {std::shared_ptr<const core::EvaluationReport>(), reportOf(kWorse)})
            for (const ConfusionShow show : {ConfusionShow::Counts, ConfusionShow::OfTrue, ConfusionShow::OfPredicted}) {
                model.setReport(reportOf({{{6, 1, 3}, {0, 500, 0}, {2, 1'100, 7}}}), kNames, baseline);
                model.setShow(show);
                qsizetype longest = 0;
                for (int row = 0; row <= 3; ++row)
                    for (int column = 0; column < 3; ++column)
                        longest = std::max(longest, model.index(row, column).data().toString().size());
                qsizetype said = 0;
                for (const QString& text : model.longestCellTexts()) said = std::max(said, text.size());
                QCOMPARE(said, longest);
            }
    }

    // A folder of pictures may have so many.
    void thousandClasses() {
        constexpr int kMany = 1'000;
        core::PredictionSet set;
        set.classCount = kMany;
        set.probabilities.assign(std::size_t(kMany) * kMany, 0);
        for (int picture = 0; picture < kMany; ++picture) {
            set.labels.push_back(picture);
            set.probabilities[std::size_t(picture) * kMany + std::size_t(picture % 10 == 0 ? (picture + 500) % kMany : picture)] =
                1;
        }
        const auto report = std::make_shared<const core::EvaluationReport>(core::evaluationReport(set));
        ConfusionModel model;
        model.setShow(ConfusionShow::OfPredicted);
        model.setReport(report, {}, report);
        QCOMPARE(model.topShare(), 0.0);
        model.setReport(report, {});
        model.setSorted(true);
        for (int one = 0; one < kMany; ++one) QCOMPARE(model.classAt(model.positionOf(one)), one);
        for (int one = 0; one < kMany / 2; one += 10) QCOMPARE(std::abs(model.positionOf(one) - model.positionOf(one + 500)), 1);
        QCOMPARE(model.cellIndex(510, 10).data().toString(), QString("100.0"));
        QCOMPARE(model.index(model.positionOf(7), kMany).data().toString(), QString("1"));
        QCOMPARE(model.index(kMany, kMany).data().toString(), QString("1,000"));
    }

    void signedTexts() {
        QCOMPARE(plain(ui::signedText(12, 0)), QString("+12"));
        QCOMPARE(plain(ui::signedText(-1234, 0)), QString("-1,234"));
        QCOMPARE(plain(ui::signedText(0.04, 1)), QString("0.0"));
        QCOMPARE(plain(ui::signedText(-0.04, 1)), QString("0.0"));
    }
};

QTEST_GUILESS_MAIN(ConfusionModelTest)
#include "tst_confusion_model.moc"
