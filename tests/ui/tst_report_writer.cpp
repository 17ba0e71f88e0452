#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "core/store/run_record.h"
#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/ui/window_fixture.h"
#include "ui/widgets/evaluation/report_pdf.h"
#include "ui/widgets/evaluation/report_writer.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/window/window_actions.h"

using namespace thaw;
using test::await;
using test::WindowFixture;

namespace {

/// The record of the lesson, as a run leaves it: what a FakeInspector's predictions need beside them.
std::filesystem::path recordedRun(const QString& folder) {
    core::RunManifest manifest;
    manifest.config = test::lessonConfig();
    manifest.config.title = "The lesson";
    manifest.config.output = folder.toStdString();
    manifest.number = 3;
    manifest.createdAt = 1'788'000'000;
    manifest.datasetId = "cifar10";
    manifest.datasetTitle = "CIFAR-10";
    manifest.classNames = test::drawnDataset().classNames;
    manifest.weightsTitle = "VGG16, ImageNet (embedded)";
    manifest.trainDigest = manifest.testDigest = manifest.weightsDigest = std::string(64, 'a');
    manifest.machine = "Intel Xeon, 2 cores, 8 GB";
    manifest.thawVersion = "0.1.0";
    manifest.libtorchVersion = "1.13.0";
    manifest.fingerprint = "LibTorch 1.13.0, AVX512, OpenBLAS, 2 threads, thaw kernels, CPU";
    core::RunRecord record = core::RunRecord::create(manifest);
    const core::ModelInfo model = core::describeModel(manifest.config, 10);
    const auto append = [&](core::EventData data) { record.append({"run", 0, std::move(data)}); };
    for (int epoch = 1; epoch <= 15; ++epoch) {
        if (epoch == 1) append(core::PhaseStarted{0, "Feature extraction", 1, 10, 1e-4, model.maskOf({"head"})});
        if (epoch == 11) append(core::PhaseStarted{1, "Fine-tuning", 11, 5, 1e-5, model.maskOf({"head", "block5"})});
        if (epoch == 6) append(core::LearningRateChanged{core::Origin::Hand, 1, 100, 5.5, 1e-4, 5e-5});
        core::EpochFinished one;
        one.epoch = epoch;
        one.step = epoch * 391;
        one.trainLoss = 1.9 / (1 + 0.12 * epoch);
        one.valLoss = 1.7 / (1 + 0.1 * epoch);
        one.trainScore = 0.66 - 0.3 / epoch + (epoch > 10 ? 0.1 : 0);
        one.valScore = 0.655 - 0.12 / epoch + (epoch > 10 ? 0.08 : 0);
        one.best = true;
        one.seconds = epoch > 10 ? 48 : 3;
        append(one);
    }
    append(core::RunFinished{15, 15 * 391, core::TaskKind::OneLabel, 0.73, 15, 270, "completed"});
    return record.directory();
}

class Fixture : public WindowFixture {
public:
    explicit Fixture(test::FakeInspectorScript script = {}) : WindowFixture({}, test::lessonConfig(), std::move(script)) {
        show({1440, 900});
        writer = window.findChild<ui::ReportWriter*>();
    }
    bool openRun() {
        inspection.inspectRun(recordedRun(home.folder.filePath(QStringLiteral("run"))));
        return await([this] { return inspection.checkpoint() != nullptr; });
    }
    QString target(const char* name) const { return home.folder.filePath(QLatin1String(name)); }
    ui::ReportWriter* writer;
};

}  // namespace

class ReportWriterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        ui::Theme::instance().setScheme(ui::ColorScheme::Light);
        ui::Theme::instance().apply();
    }

    void theActionWaitsForARun() {
        Fixture f;
        QVERIFY(!f.window.actionTable().writeReport->isEnabled());
        QVERIFY(f.openRun());
        QVERIFY(f.window.actionTable().writeReport->isEnabled());
    }

    void bothKindsAreWritten() {
        Fixture f;
        QVERIFY(f.openRun());
        QSignalSpy written(f.writer, &ui::ReportWriter::written);
        f.writer->write(f.target("report.html"));
        QVERIFY(f.window.banner().text().startsWith("Writing the report report.html"));
        QVERIFY(await([&] { return written.count() == 1; }));
        QVERIFY(f.window.banner().text().startsWith("The report is written to "));
        QFile html(f.target("report.html"));
        QVERIFY(html.open(QIODevice::ReadOnly));
        const QByteArray page = html.readAll();
        QVERIFY(page.startsWith("<!DOCTYPE html>"));
        QVERIFY(page.contains("Grad-CAM of layer block4_conv3"));
        QVERIFY(page.endsWith("</html>\n"));

        f.writer->write(f.target("report.pdf"));
        QVERIFY(await([&] { return written.count() == 2; }));
        QFile pdf(f.target("report.pdf"));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        const QByteArray document = pdf.readAll();
        QVERIFY(document.startsWith("%PDF-"));
        const qsizetype pages = document.count("/Type /Page\n");
        QVERIFY2(pages >= 3 && pages <= 8, qPrintable(QString::number(pages)));
        const QString shots = qEnvironmentVariable("THAW_SHOT_DIR");
        if (!shots.isEmpty())
            for (const char* name : {"report.html", "report.pdf"}) {
                QFile::remove(shots + '/' + name);
                QVERIFY(QFile::copy(f.target(name), shots + '/' + name));
            }
    }

    void aLongReportCanBeStopped_data() {
        QTest::addColumn<bool>("anotherRun");
        QTest::newRow("of the run in view") << false;
        QTest::newRow("after another run was opened") << true;
    }
    void aLongReportCanBeStopped() {
        QFETCH(bool, anotherRun);
        test::FakeInspectorScript slow;
        slow.longCalls = 10'000;
        slow.callMilliseconds = 2;
        Fixture f(slow);
        QVERIFY(f.openRun());
        QSignalSpy written(f.writer, &ui::ReportWriter::written), failed(f.writer, &ui::ReportWriter::failed);
        f.writer->write(f.target("report.html"));
        if (anotherRun) f.inspection.inspectRun("/home/pupil/runs/another");
        QVERIFY(await([&] { return (f.inspection.subject()->run.runId == "another") == anotherRun; }));
        QVERIFY(await([&] { return f.window.banner().text().endsWith('%'); }));
        f.window.banner().buttons().front()->click();
        QCOMPARE(f.window.banner().kind(), QString());
        // The lane is free again: another question is answered.
        bool answered = false;
        f.inspection.askAboutRun<int>(
            &f.window, "after", ui::InspectionController::Lane::Long,
            [](core::Inspector&, const std::string&, const core::CountCallback&) { return 1; }, [&](int) { answered = true; });
        QVERIFY(await([&] { return answered; }));
        QCOMPARE(written.count() + failed.count(), 0);
        QVERIFY(!QFileInfo::exists(f.target("report.html")));
    }

    void whatGoesWrongIsSaid() {
        test::FakeInspectorScript broken;
        broken.failWith = "The checkpoint is torn.";
        Fixture f(broken);
        QVERIFY(f.openRun());
        QSignalSpy failed(f.writer, &ui::ReportWriter::failed);
        f.writer->write(f.target("report.html"));
        QVERIFY(await([&] { return failed.count() == 1; }));
        QCOMPARE(f.window.banner().text(),
                 QString("The report was not written. The checkpoint is torn. Choose another checkpoint."));
        *broken.failing = false;
        for (const char* name : {"no/folder/report.html", "no/folder/report.pdf"}) {
            failed.clear();
            f.writer->write(f.target(name));
            QCOMPARE(failed.count(), 1);  // at once, not after the work
            QVERIFY2(f.window.banner().text().contains("no/folder is no folder"), qPrintable(f.window.banner().text()));
        }
        for (const char* name : {"taken.html", "taken.pdf"}) {
            failed.clear();
            QVERIFY(QDir().mkpath(f.target(name)));
            f.writer->write(f.target(name));
            QVERIFY(await([&] { return failed.count() == 1; }));
            QVERIFY2(f.window.banner().text().contains("taken."), qPrintable(f.window.banner().text()));
        }
    }

    void itGoesOnWhenAnotherRunIsOpened() {
        test::FakeInspectorScript slow;
        slow.longCalls = 50;
        slow.callMilliseconds = 10;
        Fixture f(slow);
        QVERIFY(f.openRun());
        QSignalSpy written(f.writer, &ui::ReportWriter::written), failed(f.writer, &ui::ReportWriter::failed);
        f.writer->write(f.target("report.html"));
        QVERIFY(await([&] { return f.window.banner().text().endsWith('%'); }));
        f.inspection.inspectRun("/home/pupil/runs/another");
        QVERIFY(await([&] { return f.inspection.subject()->run.runId == "another"; }));
        f.inspection.inspectRun("/home/pupil/runs/third");
        QVERIFY(await([&] { return written.count() == 1; }));
        QCOMPARE(failed.count(), 0);
        QFile html(f.target("report.html"));
        QVERIFY(html.open(QIODevice::ReadOnly));
        QVERIFY(html.readAll().contains("The lesson"));  // of its own run
    }

    void itGoesOnWhenItsTestPicturesAreRevealed() {
        test::FakeInspectorScript locked;
        locked.validatesOnHeldOut = true;
        locked.longCalls = 50;
        locked.callMilliseconds = 10;
        Fixture f(locked);
        QVERIFY(f.openRun());
        QSignalSpy written(f.writer, &ui::ReportWriter::written), failed(f.writer, &ui::ReportWriter::failed);
        f.writer->write(f.target("report.html"));
        f.inspection.revealTest();
        QVERIFY(await([&] { return !f.inspection.subject()->run.testLock.isLocked(); }));
        QVERIFY(await([&] { return written.count() == 1; }));
        QCOMPARE(failed.count(), 0);
    }

    void aTableBreaksOverPagesWithItsHead() {
        core::Report report;
        report.title = "Long";
        core::ReportSection section;
        section.title = "Classes";
        section.table.columns = {"Class", "Recall"};
        section.table.numeric = {false, true};
        for (int i = 0; i < 200; ++i) section.table.rows.push_back({"class " + std::to_string(i), "50.0"});
        report.sections = {section};
        const qsizetype pages = ui::reportPdf(report).count("/Type /Page\n");
        QVERIFY2(pages >= 4 && pages <= 6, qPrintable(QString::number(pages)));
    }
};

QTEST_MAIN(ReportWriterTest)
#include "tst_report_writer.moc"
