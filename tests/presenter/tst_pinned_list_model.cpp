// Pinned pictures over time: moments of the training for all pictures, answers of kept checkpoints for some of them.
#include <QAbstractItemModelTester>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/drawn_pictures.h"
#include "ui/models/pinned_list_model.h"

using namespace thaw;
using ui::PinnedListModel;

namespace {

QString strip(const PinnedListModel& pins, int id) {
    QStringList words;
    for (const ui::PredictionMoment& moment : pins.moments(id))
        words << QStringLiteral("%1:%2%3%4")
                     .arg(moment.step)
                     .arg(moment.predictedClass)
                     .arg(moment.right ? QStringLiteral("+") : QStringLiteral("-"),
                          moment.flipped ? QStringLiteral("!") : QString());
    return words.join(QLatin1Char(' '));
}

}  // namespace

class TestPinnedListModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        m_pictures = test::drawnPictures(2);
        for (const std::string& name : test::drawnDataset().classNames) m_names << QString::fromStdString(name);
    }

    void answersOfSomePicturesFillTheStripInOrder() {
        PinnedListModel pins;
        QAbstractItemModelTester tester(&pins, QAbstractItemModelTester::FailureReportingMode::QtTest);
        pins.setPictures(m_pictures, m_names, {});
        const int right = m_pictures->labels[3], wrong = (right + 1) % 10;
        QVERIFY(pins.unknownAt(20).empty());  // nothing is pinned, nothing is asked
        pins.pin(3);
        pins.pin(5);
        QCOMPARE(pins.unknownAt(20), (std::vector<int>{3, 5}));
        QSignalSpy changed(&pins, &PinnedListModel::dataChanged);
        pins.addAnswers(60, 3, {{3, right, 0.9}});
        pins.addAnswers(20, 1, {{3, wrong, 0.4}, {5, 0, 0.5}});
        QCOMPARE(changed.size(), 2);
        QCOMPARE(strip(pins, 3), QStringLiteral("20:%1- 60:%2+!").arg(wrong).arg(right));
        QCOMPARE(pins.unknownAt(20), std::vector<int>());
        QCOMPARE(pins.unknownAt(60), std::vector<int>{5});
        QCOMPARE(pins.unknownAt(40), (std::vector<int>{3, 5}));
        // What is known stays, what is no picture is left out.
        pins.addAnswers(60, 3, {{3, wrong, 0.1}, {5, 7, 0.3}, {-1, 1, 1}, {20, 1, 1}});
        QCOMPARE(strip(pins, 3), QStringLiteral("20:%1- 60:%2+!").arg(wrong).arg(right));
        QCOMPARE(pins.moments(5).back().predictedClass, 7);
        QVERIFY(std::abs(pins.moments(5).back().confidence - 0.3) < 1e-4);
        QVERIFY(pins.moments(4).empty());  // nobody asked about it
        QCOMPARE(pins.momentCount(), 2);
    }

    void momentsOfTheTrainingAreWholeAndReplaceAnswers() {
        PinnedListModel pins;
        pins.setPictures(m_pictures, m_names, {});
        pins.pin(3);
        pins.addAnswers(40, 2, {{3, 9, 0.5}});
        const auto whole = test::drawnPredictions(*m_pictures, 1.0, 2, 40);
        pins.addPredictions(*whole);
        QCOMPARE(pins.momentCount(), 1);
        QCOMPARE(pins.moments(3).front().predictedClass, whole->predicted(3));
        QCOMPARE(pins.moments(4).front().predictedClass, whole->predicted(4));
        pins.pin(4);
        QVERIFY(pins.unknownAt(40).empty());
        pins.addAnswers(40, 2, {{4, (whole->predicted(4) + 1) % 10, 0.5}});
        QCOMPARE(pins.moments(4).front().predictedClass, whole->predicted(4));
    }

    void theRowTellsTheCurrentMoment() {
        PinnedListModel pins;
        pins.setPictures(m_pictures, m_names, {});
        pins.pin(3);
        pins.setStepsPerEpoch(20);
        pins.addAnswers(0, 0, {{3, 5, 0.2}});
        pins.addAnswers(20, 1, {{3, 1, 0.4}});
        pins.addAnswers(33, 1, {{3, 1, 0.6}});
        pins.addAnswers(40, 2, {{3, 2, 0.8}});
        const auto tells = [&] { return pins.index(0).data(Qt::AccessibleTextRole).toString(); };
        QVERIFY(tells().contains(m_names.at(2)));
        QSignalSpy changed(&pins, &PinnedListModel::dataChanged);
        pins.setCurrentStep(20);
        QCOMPARE(changed.size(), 1);
        QVERIFY2(tells().contains(m_names.at(1)) && tells().contains(QLatin1String("after epoch 1")), qPrintable(tells()));
        QCOMPARE(pins.currentMoment(pins.moments(3)), 1);
        pins.setCurrentStep(35);  // between two: the one before
        QCOMPARE(pins.currentMoment(pins.moments(3)), 2);
        QVERIFY2(tells().contains(QLatin1String("at step 33")), qPrintable(tells()));
        pins.setCurrentStep(0);
        QVERIFY2(tells().contains(QLatin1String("before training")), qPrintable(tells()));
        pins.setCurrentStep(std::nullopt);
        QCOMPARE(pins.currentMoment(pins.moments(3)), 3);
        QCOMPARE(pins.currentMoment({}), -1);
        pins.setCurrentStep(20);
        pins.setPictures(m_pictures, m_names, {});
        QVERIFY(!pins.currentStep());
    }

private:
    std::shared_ptr<const core::PictureSet> m_pictures;
    QStringList m_names;
};

QTEST_GUILESS_MAIN(TestPinnedListModel)
#include "tst_pinned_list_model.moc"
