#include <QAbstractItemModelTester>
#include <QImage>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/drawn_pictures.h"
#include "ui/models/own_table_model.h"
#include "ui/models/prediction_list_model.h"

using namespace thaw;
using ui::OwnTableModel;
using ui::PredictionListModel;

namespace {

core::FilePrediction predicted(const std::string& file, std::vector<float> probabilities) {
    core::FilePrediction one;
    one.file = file;
    one.width = one.height = 4;
    one.rgb.assign(4 * 4 * 3, 90);
    one.probabilities = std::move(probabilities);
    return one;
}

core::FilePrediction broken(const std::string& file) {
    core::FilePrediction one;
    one.file = file;
    one.error = "It is damaged.";
    return one;
}

QStringList row(const QAbstractItemModel& model, int row) {
    QStringList texts;
    for (int column = 0; column < model.columnCount(); ++column) texts << model.index(row, column).data().toString();
    return texts;
}

}  // namespace

class OwnTableModelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void rowsAreWhatTheNetworkSays() {
        PredictionListModel pictures;
        pictures.setPictures(test::drawnPictures(1), {"bird", "cat", "dog"});
        OwnTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setPictures(&pictures);
        QCOMPARE(model.rowCount(), 0);
        pictures.addOwnPictures({predicted("/home/pupil/tom.png", {0.1f, 0.7f, 0.2f}), broken("/home/pupil/notes.txt")});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(row(model, 0), QStringList({"tom.png", "cat", "70.0\u2009%", "dog 20%", "bird 10%", "", ""}));
        QCOMPARE(row(model, 1), QStringList({"notes.txt", "cannot be used", "", "", "", "", ""}));
        QCOMPARE(model.index(1, 1).data(Qt::ToolTipRole).toString(), QString("It is damaged."));
        QCOMPARE(model.index(0, 0).data(Qt::ToolTipRole).toString(), QString("/home/pupil/tom.png"));
        QVERIFY(!model.index(0, 0).data(Qt::DecorationRole).value<QImage>().isNull());
        QVERIFY(model.index(0, OwnTableModel::ProbabilityColumn).data(OwnTableModel::SortRole).toDouble() > 0.69);
        QVERIFY(model.index(1, OwnTableModel::ProbabilityColumn).data(OwnTableModel::SortRole).toDouble() < 0);
    }

    void newAnswersChangeRowsAndNewPicturesAddThem() {
        PredictionListModel pictures;
        pictures.setPictures(test::drawnPictures(1), {"bird", "cat"});
        OwnTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setPictures(&pictures);
        pictures.addOwnPictures({predicted("a.png", {0.9f, 0.1f})});
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset), changes(&model, &QAbstractItemModel::dataChanged);
        pictures.addOwnPictures({predicted("a.png", {0.2f, 0.8f})});
        QCOMPARE(resets.count(), 0);  // the row, its selection and the view's place stay
        QVERIFY(changes.count() > 0);
        QCOMPARE(model.index(0, 1).data().toString(), QString("cat"));
        pictures.addOwnPictures({predicted("b.png", {0.2f, 0.8f})});
        QCOMPARE(model.rowCount(), 2);
        const int id = model.index(1, 0).data(OwnTableModel::IdRole).toInt();
        pictures.removeOwnPicture(id);
        QCOMPARE(model.rowCount(), 1);
        pictures.removeOwnPictures();
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(OwnTableModelTest)
#include "tst_own_table_model.moc"
