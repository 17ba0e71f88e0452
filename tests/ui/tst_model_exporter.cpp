#include <QFileDialog>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/await.h"
#include "tests/ui/window_fixture.h"
#include "ui/models/export_text.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/window/model_exporter.h"
#include "ui/widgets/window/window_actions.h"

using namespace thaw;
using test::await;
using test::WindowFixture;

namespace {

class Fixture : public WindowFixture {
public:
    explicit Fixture(test::FakeInspectorScript script = {}) : WindowFixture({}, test::lessonConfig(2, 1), std::move(script)) {
        show({1440, 900});
        exporter = window.findChild<ui::ModelExporter*>();
    }
    bool openRun() {
        inspection.inspectRun("/home/pupil/runs/earlier");
        return await([this] { return inspection.checkpoint() != nullptr; });
    }
    QString banner() { return window.banner().text(); }
    ui::ModelExporter* exporter;
};

}  // namespace

class ModelExporterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyFormHasItsWords() {
        QStringList filters;
        for (const core::ExportFormat format : core::exportFormats()) {
            filters << ui::exportFilter(format);
            const std::filesystem::path file = "/tmp/model" + core::exportSuffix(format);
            QVERIFY(ui::exportFormatOf(file) == format);
            QVERIFY(ui::exportedText(file).startsWith("The model is written to /tmp/model."));
        }
        QCOMPARE(filters.removeDuplicates(), 0);
        QVERIFY(!ui::exportFormatOf("/tmp/model.h5"));
        QVERIFY(ui::exportedText("/tmp/a.onnx").contains("python3 a_onnx.py picture.png"));
        QVERIFY(ui::exportedText("/tmp/a.py").contains("keep a.safetensors beside it"));
    }

    void theDialogOffersAllForms() {
        Fixture f;
        QVERIFY(!f.window.actionTable().exportModel->isEnabled());
        QVERIFY(f.openRun());
        QVERIFY(f.window.actionTable().exportModel->isEnabled());
        f.window.actionTable().exportModel->trigger();
        auto* dialog = f.window.findChild<QFileDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->nameFilters().size(), 4);
        QCOMPARE(dialog->defaultSuffix(), QString("py"));
        dialog->selectNameFilter(dialog->nameFilters()[1]);
        Q_EMIT dialog->filterSelected(dialog->nameFilters()[1]);
        QCOMPARE(dialog->defaultSuffix(), QString("onnx"));
        dialog->close();
    }

    void anEarlierRunsCheckpointIsWritten() {
        test::FakeInspectorScript script;
        Fixture f(script);
        QVERIFY(f.openRun());
        f.inspection.chooseCheckpoint(1);
        QSignalSpy written(f.exporter, &ui::ModelExporter::written);
        f.exporter->write("/tmp/model.onnx");
        QVERIFY(f.banner().startsWith("Writing the model to"));
        f.inspection.inspectRun("/home/pupil/runs/another");  // does not end it
        QVERIFY(await([&] { return written.count() == 1; }));
        QCOMPARE(*script.exported, std::vector<std::string>{"step-40 onnx /tmp/model.onnx"});
        QVERIFY(f.banner().startsWith("The model is written to /tmp/model.onnx."));
    }

    void theRunThatTrainsIsWrittenAsItIs() {
        test::FakeInspectorScript script;
        Fixture f(script);
        f.training.startRun(test::lessonConfig(2, 1), /*paused=*/true);
        QVERIFY(await([&] { return f.window.actionTable().exportModel->isEnabled(); }));
        QSignalSpy written(f.exporter, &ui::ModelExporter::written);
        f.exporter->write("/tmp/model.pt");
        QVERIFY(await([&] { return written.count() == 1; }));
        QVERIFY(script.exported->empty());
        QVERIFY(f.banner().contains("model_torchscript.py"));
    }

    void whatGoesWrongIsSaid() {
        test::FakeInspectorScript broken;
        broken.failWith = "The checkpoint is torn.";
        Fixture f(broken);
        QVERIFY(f.openRun());
        QSignalSpy failed(f.exporter, &ui::ModelExporter::failed);
        f.exporter->write("/tmp/model.py");
        QVERIFY(await([&] { return failed.count() == 1; }));
        QVERIFY(f.banner().startsWith("The model was not written. The checkpoint is torn."));
        f.exporter->write("/tmp/model.h5");
        QCOMPARE(failed.count(), 2);
        QVERIFY(f.banner().contains("Let it end in .py"));
    }
};

QTEST_MAIN(ModelExporterTest)
#include "tst_model_exporter.moc"
