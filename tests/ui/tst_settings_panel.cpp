#include <QCheckBox>
#include <QComboBox>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QToolTip>

#include "tests/support/await.h"
#include "tests/support/drawn_pictures.h"
#include "tests/support/fake_trainer.h"
#include "tests/support/shot.h"
#include "ui/bridge/library_controller.h"
#include "ui/widgets/library/settings_panel.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/theme.h"

using namespace thaw;
using ui::NumberBox;
using ui::SettingRow;
using ui::SettingsPanel;
using ui::Theme;

namespace {

void shoot(QWidget& widget, const QString& name) {
    QTest::qWait(0);  // laid out
    test::saveShot(widget, name);
}

struct Bench {
    Bench() : panel(library) {
        QObject::connect(&panel, &SettingsPanel::configChanged, &panel, [this](const core::RunConfig& config) {
            ++changes;
            last = config;
        });
        panel.setLessons(core::listLessons());
        core::DatasetInfo cifar = test::drawnDataset(1000), fashion = test::drawnDataset(1000, true);
        panel.setDatasets({cifar, fashion});
        panel.setWeights({{"VGG16, ImageNet (built in, 8 bit)", {}, "Good for the lesson."},
                          {"vgg16-full", "/weights/vgg16-full.safetensors", ""}});
        panel.setConfig(core::findLesson("lesson").config);
        panel.resize(Theme::instance().px(300), Theme::instance().px(740));
    }
    SettingRow* row(const char* name) {
        for (SettingRow* candidate : panel.findChildren<SettingRow*>())
            if (candidate->name() == QLatin1String(name) && !candidate->isHidden()) return candidate;
        return nullptr;
    }
    NumberBox* number(const char* name) { return row(name) ? qobject_cast<NumberBox*>(row(name)->field()) : nullptr; }
    QComboBox* combo(const char* name) { return row(name) ? qobject_cast<QComboBox*>(row(name)->field()) : nullptr; }
    void type(NumberBox* box, const char* digits) {
        auto* line = box->findChild<QLineEdit*>();
        line->selectAll();
        QTest::keyClicks(line, QLatin1String(digits));
    }
    void choose(QComboBox* box, const QVariant& data) {
        box->setCurrentIndex(box->findData(data));
        Q_EMIT box->activated(box->currentIndex());
    }
    QString footer() {
        QString all;
        for (QLabel* label : panel.findChildren<QLabel*>())
            if (label->text().contains(QStringLiteral("settings")) || label->text().contains(QStringLiteral("Changed")))
                all += label->text();
        return all;
    }

    ui::LibraryController library;
    SettingsPanel panel;
    core::RunConfig last;
    int changes = 0;
};

}  // namespace

class TstSettingsPanel : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_home;

private Q_SLOTS:
    void scalingThatTheWeightsDoNotNeedIsSaid() {
        Bench bench;
        bench.panel.setWeights({{"built in", {}, "", {core::Scaling::ImageNet, true, "the file says so"}},
                                {"Keras's", "/weights/keras.safetensors", "", {core::Scaling::Caffe, true, "the file says so"}}});
        core::RunConfig config = core::findLesson("lesson").config;
        bench.panel.setConfig(config);
        QCOMPARE(bench.row("Scaling")->note(), QString());
        config.weights = "/weights/keras.safetensors";
        bench.panel.setConfig(config);
        QVERIFY(bench.row("Scaling")->note().contains("They need the scaling \"caffe\""));
        config.scaling = core::Scaling::Caffe;
        bench.panel.setConfig(config);
        QCOMPARE(bench.row("Scaling")->note(), QString());
        config.scaling = core::Scaling::ZeroToOne;
        bench.panel.setConfig(config);
        QVERIFY(!bench.row("Scaling")->note().isEmpty());
        config.initialization = core::Initialization::Random;
        bench.panel.setConfig(config);
        QCOMPARE(bench.row("Scaling")->note(), QString());
    }

    void onlySizesThatTheTrunkTakesAreOffered() {
        Bench bench;
        core::RunConfig config = core::findLesson("lesson").config;
        core::chooseModel(config, "inception_v3");
        bench.panel.setConfig(config);
        QComboBox* sizes = bench.combo("Input size");
        QCOMPARE(sizes->currentData().toInt(), config.inputSize);
        QVERIFY(sizes->findData(75) >= 0 && sizes->findData(299) >= 0 && sizes->findData(32) < 0 && sizes->findData(64) < 0);
        core::chooseModel(config, "vit_b_16");
        bench.panel.setConfig(config);
        for (int i = 0; i < sizes->count(); ++i) QCOMPARE(sizes->itemData(i).toInt() % 16, 0);
        QSignalSpy asked(&bench.panel, &SettingsPanel::trunkPageRequested);
        for (QToolButton* button : bench.panel.findChildren<QToolButton*>())
            if (button->text() == QStringLiteral("Change")) button->click();
        QCOMPARE(asked.count(), 1);
    }

    void initTestCase() {
        qputenv("THAW_HOME", m_home.path().toUtf8());
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setScheme(ui::ColorScheme::Light);
    }

    void showsTheLesson() {
        Bench bench;
        bench.panel.show();
        QCOMPARE(bench.number("Learning rate")->text(), QStringLiteral("0.0001"));
        QCOMPARE(bench.number("Fine-tuning rate")->text(), QStringLiteral("0.00001"));
        QCOMPARE(bench.number("Batch size")->text(), QStringLiteral("128"));
        QCOMPARE(bench.number("Head epochs")->text(), QStringLiteral("10"));
        QCOMPARE(bench.number("Thaw epochs")->text(), QStringLiteral("5"));
        QCOMPARE(bench.combo("Data set")->currentText(), QStringLiteral("CIFAR-10"));
        QCOMPARE(bench.combo("Scaling")->currentText(), QStringLiteral("ImageNet"));
        QVERIFY(bench.panel.isValid());
        QVERIFY(bench.panel.isLessonUnchanged());
        QVERIFY(bench.footer().contains(QStringLiteral("These are the lesson settings.")));
        QCOMPARE(core::toJson(bench.panel.config()), core::toJson(core::findLesson("lesson").config));
        QCOMPARE(bench.changes, 0);
    }

    void everyFieldSaysWhatItIs() {
        Bench bench;
        bench.panel.setAdvancedOpen(true);
        for (SettingRow* row : bench.panel.findChildren<SettingRow*>()) {
            QVERIFY2(!row->field()->toolTip().isEmpty(), qPrintable(row->name()));
            QVERIFY2(row->field()->toolTip().endsWith(QLatin1Char('.')), qPrintable(row->name()));
            QVERIFY(!row->field()->accessibleName().isEmpty());
        }
    }

    void editsTheConfig() {
        Bench bench;
        bench.panel.show();
        bench.type(bench.number("Batch size"), "64");
        QCOMPARE(bench.last.batchSize, 64);
        bench.type(bench.number("Fine-tuning rate"), "2e-5");
        QCOMPARE(bench.last.phases[1].optimizer.learningRate, 2e-5);
        bench.choose(bench.combo("Scaling"), static_cast<int>(core::Scaling::Caffe));
        QVERIFY(bench.last.scaling == core::Scaling::Caffe);
        bench.choose(bench.combo("Optimiser"), static_cast<int>(core::OptimizerKind::Sgd));
        QVERIFY(bench.last.phases[0].optimizer.kind == core::OptimizerKind::Sgd &&
                bench.last.phases[1].optimizer.kind == core::OptimizerKind::Sgd);
        QVERIFY(!bench.number("Shift"));
        bench.row("Augmentation")->field()->setFocus();
        static_cast<QCheckBox*>(bench.row("Augmentation")->field())->click();
        QVERIFY(bench.last.augmentation.flip);
        bench.number("Shift")->stepBy(2);
        QCOMPARE(bench.last.augmentation.shift, 2);
        QVERIFY(!bench.panel.isLessonUnchanged());
        QVERIFY(bench.footer().contains(QStringLiteral("Changed from")));
        QVERIFY(core::validate(bench.last).empty());
        shoot(bench.panel, QStringLiteral("settings-changed"));
    }

    void stepsAsPeopleCount() {
        Bench bench;
        bench.number("Batch size")->stepBy(1);
        QCOMPARE(bench.last.batchSize, 256);
        bench.number("Learning rate")->stepBy(-2);
        QCOMPARE(bench.last.phases[0].optimizer.learningRate, 1e-6);
        bench.number("Learning rate")->stepBy(20);
        QCOMPARE(bench.last.phases[0].optimizer.learningRate, 10.0);
        bench.number("Dropout")->stepBy(1);
        QCOMPARE(bench.last.head.dropout, 0.55);
    }

    void marksAndExplainsWrongValues() {
        Bench bench;
        bench.panel.show();
        NumberBox* batch = bench.number("Batch size");
        bench.type(batch, "0");
        QVERIFY(!bench.panel.isValid());
        QCOMPARE(batch->text(), QStringLiteral("0"));
        QCOMPARE(bench.row("Batch size")->note(), QStringLiteral("Type a whole number from 1 to 4,096."));
        QVERIFY(!core::validate(bench.last).empty());  // Start says so too
        bench.type(bench.number("Dropout"), "1");
        QCOMPARE(bench.row("Dropout")->note(), QStringLiteral("Type a number from 0 to below 1."));
        bench.type(bench.number("Learning rate"), "0");
        QCOMPARE(bench.row("Learning rate")->note(), QStringLiteral("Type a number above 0, at most 10."));
        shoot(bench.panel, QStringLiteral("settings-wrong"));
        bench.type(batch, "many");
        QVERIFY(!bench.row("Batch size")->note().isEmpty());
        bench.type(batch, "32");
        QCOMPARE(bench.row("Batch size")->note(), QString());
        QCOMPARE(bench.last.batchSize, 32);
    }

    void wrongValuesStayUntilTheyAreMended() {
        Bench bench;
        bench.panel.show();
        NumberBox* rate = bench.number("Learning rate");
        for (const char* wrong : {"abc", "-1", "0", "1e9", "1.2.3"}) {
            bench.type(rate, wrong);
            QTest::keyClick(rate, Qt::Key_Return);
            QVERIFY2(rate->text() == QLatin1String(wrong), qPrintable(rate->text()));
            QVERIFY2(bench.row("Learning rate")->note().contains(QStringLiteral("Type a number above 0, at most 10.")),
                     qPrintable(bench.row("Learning rate")->note()));
            bench.number("Batch size")->stepBy(1);  // another field does not take it away
            QCOMPARE(rate->text(), QLatin1String(wrong));
            QVERIFY(!bench.panel.isValid());
            QTest::keyClick(rate, Qt::Key_Escape);
            QCOMPARE(rate->text(), QStringLiteral("0.0001"));
            QVERIFY(bench.panel.isValid());
            QCOMPARE(bench.panel.config().phases[0].optimizer.learningRate, 1e-4);
        }
        // Another lesson is another form.
        bench.type(rate, "abc");
        bench.panel.setConfig(core::findLesson("lesson-64").config);
        QCOMPARE(rate->text(), QStringLiteral("0.0001"));
        QVERIFY(bench.panel.isValid());
    }

    void aDecimalCommaIsTaken() {
        Bench bench;
        bench.panel.show();
        NumberBox* rate = bench.number("Learning rate");
        bench.type(rate, "0,0005");
        QCOMPARE(bench.row("Learning rate")->note(), QStringLiteral("Taken as 0.0005."));
        QCOMPARE(bench.last.phases[0].optimizer.learningRate, 5e-4);
        QTest::keyClick(rate, Qt::Key_Return);
        QCOMPARE(rate->text(), QStringLiteral("0.0005"));
        QCOMPARE(bench.row("Learning rate")->note(), QString());
        bench.type(rate, "1,500");
        QCOMPARE(bench.row("Learning rate")->note(), QStringLiteral("“1,500” can be read as 1500 or as 1.5. Type one of these."));
        QVERIFY(!bench.panel.isValid());
        bench.type(bench.number("Batch size"), "1,024");  // whole: thousands
        QCOMPARE(bench.last.batchSize, 1024);
        bench.type(bench.number("Batch size"), "0,5");
        QVERIFY(bench.row("Batch size")->note().contains(QStringLiteral("whole number")));
    }

    void everythingFitsIntoThePanel_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<double>("scale");
        for (const int width : {280, 300, 460})
            for (const double scale : {1.0, 1.25, 1.5}) QTest::addRow("%d at %g", width, scale) << width << scale;
    }

    void everythingFitsIntoThePanel() {
        QFETCH(int, width);
        QFETCH(double, scale);
        Theme::instance().setScale(scale);
        Bench bench;
        bench.panel.setAdvancedOpen(true);
        bench.panel.resize(Theme::instance().px(width), Theme::instance().px(700));
        bench.panel.show();
        bench.choose(bench.combo("Schedule"), static_cast<int>(core::ScheduleKind::Step));
        QVERIFY(test::await([&] { return bench.panel.findChild<QScrollArea*>()->verticalScrollBar()->isVisible(); }));
        QCoreApplication::processEvents();
        auto* area = bench.panel.findChild<QScrollArea*>();
        QCOMPARE(area->horizontalScrollBar()->maximum(), 0);
        QVERIFY2(area->widget()->width() <= area->viewport()->width(),
                 qPrintable(QStringLiteral("%1 > %2").arg(area->widget()->width()).arg(area->viewport()->width())));
        for (QWidget* widget : area->widget()->findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->parentWidget()->inherits("QComboBox")) continue;
            const QRect place(widget->mapTo(area->widget(), QPoint()), widget->size());
            QVERIFY2(place.left() >= 0 && place.right() < area->viewport()->width(), widget->metaObject()->className());
        }
        if (width >= 300)
            for (const ui::SettingCombo* combo : bench.panel.findChildren<ui::SettingCombo*>())
                // Files of weights have names of any length; a tool tip says what is elided.
                if (combo->isVisible() && combo->accessibleName() != QLatin1String("Weights"))
                    QVERIFY2(combo->widthFor(combo->currentText()) <= combo->width(),
                             qPrintable(QStringLiteral("%1 in %2: %3")
                                            .arg(combo->widthFor(combo->currentText()))
                                            .arg(combo->width())
                                            .arg(combo->currentText())));
        shoot(bench.panel, QStringLiteral("settings-width-%1-%2").arg(width).arg(scale));
        Theme::instance().setScale(1.0);
    }

    void whatIsElidedStandsInTheToolTip() {
        Bench bench;
        bench.panel.setAdvancedOpen(true);
        bench.panel.resize(Theme::instance().px(280), Theme::instance().px(700));
        bench.panel.show();
        QComboBox* weights = bench.combo("Weights");
        const auto toolTip = [&] {
            QHelpEvent ask(QEvent::ToolTip, QPoint(5, 5), weights->mapToGlobal(QPoint(5, 5)));
            QCoreApplication::sendEvent(weights, &ask);
            return QToolTip::text();
        };
        QVERIFY2(toolTip().startsWith(weights->currentText()), qPrintable(toolTip()));
        weights->setItemText(weights->currentIndex(), QStringLiteral("short"));
        QVERIFY2(toolTip() == weights->toolTip(), qPrintable(toolTip()));
    }

    void editsEveryPhase() {
        Bench bench;
        bench.panel.setAdvancedOpen(true);
        bench.choose(bench.combo("Phase"), 1);
        bench.choose(bench.combo("Schedule"), static_cast<int>(core::ScheduleKind::Cosine));
        QVERIFY(bench.last.phases[1].schedule.kind == core::ScheduleKind::Cosine);
        QVERIFY(bench.last.phases[0].schedule.kind == core::ScheduleKind::Constant);
        QVERIFY(bench.row("Lowest") && !bench.row("Factor"));
        auto* trains = qobject_cast<QLineEdit*>(bench.row("Trains")->field());
        QCOMPARE(trains->text(), QStringLiteral("block5, head"));
        trains->selectAll();
        QTest::keyClicks(trains, QStringLiteral("block4, head"));
        QCOMPARE(bench.last.phases[1].trainable, (std::vector<std::string>{"block4", "head"}));
        trains->selectAll();
        QTest::keyClicks(trains, QStringLiteral("block9"));
        QVERIFY(!bench.row("Trains")->note().isEmpty());
        QVERIFY(!bench.panel.isValid());
        trains->selectAll();
        QTest::keyClicks(trains, QStringLiteral("head"));
        QVERIFY(bench.panel.isValid());
        for (QToolButton* button : bench.panel.findChildren<QToolButton*>())
            if (button->accessibleName().startsWith(QStringLiteral("Add a phase"))) button->click();
        QCOMPARE(bench.last.phases.size(), std::size_t(3));
        QVERIFY(bench.number("Rate, phase 3"));
        for (QToolButton* button : bench.panel.findChildren<QToolButton*>())
            if (button->accessibleName().startsWith(QStringLiteral("Remove this"))) button->click();
        QCOMPARE(bench.last.phases.size(), std::size_t(2));
    }

    void locksAllButThePresentRate() {
        Bench bench;
        bench.panel.setLocked(true, 1);
        bench.panel.setLiveRate(5e-5);
        bench.panel.show();
        for (SettingRow* row : bench.panel.findChildren<SettingRow*>()) {
            if (row->isHidden()) continue;
            const bool open = row->name() == QStringLiteral("Fine-tuning rate") || row->name() == QStringLiteral("Phase");
            QCOMPARE(row->field()->isEnabled(), open);
        }
        QCOMPARE(bench.number("Fine-tuning rate")->text(), QStringLiteral("0.00005"));
        QSignalSpy requested(&bench.panel, &SettingsPanel::rateRequested);
        bench.type(bench.number("Fine-tuning rate"), "0.002");
        QCOMPARE(requested.count(), 0);  // not before Enter
        QTest::keyClick(bench.number("Fine-tuning rate"), Qt::Key_Return);
        QCOMPARE(requested.count(), 1);
        QCOMPARE(requested.at(0).at(0).toDouble(), 0.002);
        QCOMPARE(bench.changes, 0);
        shoot(bench.panel, QStringLiteral("settings-locked"));
        bench.panel.setLocked(false);
        QVERIFY(bench.number("Batch size")->isEnabled());
    }

    void choosesLessons() {
        Bench bench;
        QSignalSpy chosen(&bench.panel, &SettingsPanel::lessonChosen);
        for (QComboBox* box : bench.panel.findChildren<QComboBox*>())
            if (box->accessibleName() == QStringLiteral("Lesson")) bench.choose(box, QStringLiteral("from-scratch"));
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.at(0).at(0).toString(), QStringLiteral("from-scratch"));
        bench.panel.setConfig(core::findLesson("from-scratch").config);
        QVERIFY(bench.number("Epochs") && !bench.number("Thaw epochs"));
        QVERIFY(bench.footer().contains(QStringLiteral("From scratch")));
        bench.panel.setConfig(core::RunConfig{});  // without any phase
        QVERIFY(!bench.number("Epochs"));
    }

    void lessonsTellTheirTime() {
        Bench bench;
        bench.panel.show();
        ui::SettingCombo* lessons = nullptr;
        for (auto* box : bench.panel.findChildren<ui::SettingCombo*>())
            if (box->accessibleName() == QStringLiteral("Lesson")) lessons = box;
        double seconds = -1;
        bench.panel.setPlanSeconds(
            [&seconds](const core::RunConfig& config) { return config.inputSize == 64 ? 4 * seconds : seconds; });
        const auto tip = [&](const char* name) {
            lessons->showPopup();
            lessons->hidePopup();
            return lessons->itemData(lessons->findData(QLatin1String(name)), Qt::ToolTipRole).toString();
        };
        QVERIFY2(!tip("lesson").contains(QStringLiteral("Takes")), qPrintable(tip("lesson")));
        seconds = 120;
        QVERIFY2(tip("lesson").endsWith(QStringLiteral("Takes about 2 min here.")), qPrintable(tip("lesson")));
        QVERIFY2(tip("lesson-64").endsWith(QStringLiteral("Takes about 8 min here.")), qPrintable(tip("lesson-64")));
    }

    void savesALesson() {
        Bench bench;
        bench.panel.show();
        bench.type(bench.number("Batch size"), "64");
        QPushButton *save = nullptr, *keep = nullptr;
        for (QPushButton* button : bench.panel.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Save as lesson")) save = button;
            if (button->text() == QStringLiteral("Save")) keep = button;
        }
        QVERIFY(save && !save->isHidden());
        save->click();
        QLineEdit* name = nullptr;
        for (QLineEdit* line : bench.panel.findChildren<QLineEdit*>())
            if (line->accessibleName() == QStringLiteral("Name of the lesson")) name = line;
        QTest::keyClicks(name, QStringLiteral("lesson"));
        QSignalSpy saved(&bench.library, &ui::LibraryController::lessonSaved);
        keep->click();
        QVERIFY(test::await([&] { return saved.count() == 1; }));
        shoot(bench.panel, QStringLiteral("settings-save"));
        QVERIFY(!name->isHidden());
        name->setText(QStringLiteral("Small batches"));
        QSignalSpy chosen(&bench.panel, &SettingsPanel::lessonChosen);
        keep->click();
        QVERIFY(test::await([&] { return chosen.count() == 1; }));
        QCOMPARE(chosen.at(0).at(0).toString(), QStringLiteral("small-batches"));
        QCOMPARE(core::findLesson("small-batches").config.batchSize, 64);
    }

    void saysWhatStandsInForWhat() {
        Bench bench;
        core::DatasetInfo cifar = test::drawnDataset(1000), fashion = test::drawnDataset(1000, true);
        cifar.present = false;
        bench.panel.setDatasets({cifar, fashion});
        QCOMPARE(bench.combo("Data set")->currentText(), QStringLiteral("Fashion-MNIST"));
        QVERIFY(bench.row("Data set")->note().contains(QStringLiteral("Stands in")));
        bench.choose(bench.combo("Data set"), QStringLiteral("cifar10"));
        QCOMPARE(bench.last.data.dataset, std::string("cifar10"));
        QVERIFY(bench.row("Data set")->note().contains(QStringLiteral("Not on this machine")));
        QSignalSpy asked(&bench.panel, &SettingsPanel::dataPanelRequested);
        bench.choose(bench.combo("Data set"), QStringLiteral(":more"));
        QCOMPARE(asked.count(), 1);
        QCOMPARE(bench.last.data.dataset, std::string("cifar10"));
    }

    void pictures_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<double>("scale");
        QTest::addRow("light") << false << 1.0;
        QTest::addRow("dark") << true << 1.0;
        QTest::addRow("light-150") << false << 1.5;
    }

    void pictures() {
        QFETCH(bool, dark);
        QFETCH(double, scale);
        Theme::instance().setScheme(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light);
        Theme::instance().setScale(scale);
        Bench bench;
        bench.panel.show();
        shoot(bench.panel, QStringLiteral("settings-%1").arg(QString::fromUtf8(QTest::currentDataTag())));
        // Nothing is cut off: every label has the room that it asks for.
        for (QLabel* label : bench.panel.findChildren<QLabel*>())
            if (label->isVisible() && !label->wordWrap() && label->pixmap().isNull())
                QVERIFY2(label->width() >= label->minimumSizeHint().width(), qPrintable(label->text()));
        bench.panel.setAdvancedOpen(true);
        bench.panel.resize(bench.panel.width(), Theme::instance().px(1900));
        QCoreApplication::processEvents();
        shoot(bench.panel, QStringLiteral("settings-advanced-%1").arg(QString::fromUtf8(QTest::currentDataTag())));
        Theme::instance().setScale(1.0);
        Theme::instance().setScheme(ui::ColorScheme::Light);
    }
};

QTEST_MAIN(TstSettingsPanel)
#include "tst_settings_panel.moc"
