// The user's own pictures on the Predictions tab: pasted, as a table, saved, and at a chosen checkpoint.
#include <QClipboard>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include <algorithm>

#include "tests/ui/window_fixture.h"
#include "ui/widgets/parts/work_strip.h"
#include "ui/widgets/pictures/picture_grid.h"
#include "ui/widgets/predictions/own_pictures_bar.h"
#include "ui/widgets/predictions/own_pictures_table.h"
#include "ui/widgets/predictions/prediction_detail.h"
#include "ui/widgets/predictions/prediction_view.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

struct Window {
    explicit Window(QSize size = {1440, 900}, FakeInspectorScript inspector = script(), FakeScript trainer = {})
        : fixture(trainer, lessonConfig(2, 1), inspector) {
        fixture.show(size);
        fixture.window.showTab(MainWindow::PredictionsTab);
    }
    static FakeInspectorScript script() {
        FakeInspectorScript made;
        made.epochs = 3;
        made.headEpochs = 2;
        return made;
    }
    static FakeInspectorScript slowScript() {
        FakeInspectorScript made = script();
        made.longCalls = 100;
        made.callMilliseconds = 10;
        return made;
    }
    bool finishARun() {
        fixture.startRun(lessonConfig(2, 1), MainWindow::PredictionsTab);
        return awaitState(fixture.training, core::TrainerState::Finished) &&
               await([&] { return view().pictures().hasPredictions() && fixture.inspection.checkpoint(); });
    }
    QStringList files(int count) {
        QStringList made;
        for (int i = 0; i < count; ++i) {
            made << fixture.home.folder.filePath(QStringLiteral("holiday picture %1.jpg").arg(i + 1));
            QFile file(made.back());
            [[maybe_unused]] const bool open = file.open(QIODevice::WriteOnly);
        }
        return made;
    }
    bool add(const QStringList& files, int expected) {
        view().addFiles(files);
        return await([&] { return own() == expected; });
    }
    PredictionView& view() { return *fixture.window.findChild<PredictionView*>(); }
    OwnPicturesBar& bar() { return *fixture.window.findChild<OwnPicturesBar*>(); }
    OwnPicturesTable& table() { return *fixture.window.findChild<OwnPicturesTable*>(); }
    bool press(const QString& text) {
        for (QPushButton* button : view().findChildren<QPushButton*>())
            if (button->isVisible() && button->text() == text) return button->click(), true;
        return false;
    }
    bool isWorking() {
        const auto strips = view().findChildren<WorkStrip*>();
        return std::any_of(strips.begin(), strips.end(), [](const WorkStrip* strip) { return strip->isVisible(); });
    }
    bool showsTheChosenCheckpoint() { return view().pictures().predictions()->step == fixture.inspection.checkpoint()->step; }
    int own() { return view().pictures().count(PictureFilter::Mine); }
    bool says(const QString& text) {
        for (const QLabel* label : view().findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(text)) return true;
        return false;
    }
    WindowFixture fixture;
};

void copy(QMimeData* content) { QGuiApplication::clipboard()->setMimeData(content); }

}  // namespace

class OwnPicturesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ColorScheme::Light, 1.0);
        Theme::instance().apply();
    }
    void cleanup() {
        Theme::instance().setLook(ColorScheme::Light, 1.0);
        Theme::instance().apply();
        QGuiApplication::clipboard()->clear();
    }

    void aCopiedPictureIsPasted() {
        Window w;
        QVERIFY(w.finishARun());
        QImage picture(60, 40, QImage::Format_RGB32);
        picture.fill(Qt::red);
        auto* content = new QMimeData;
        content->setImageData(picture);
        copy(content);
        auto* grid = w.view().findChild<PictureGrid*>();
        grid->setFocus();
        QTest::keyClick(grid, Qt::Key_V, Qt::ControlModifier);
        QVERIFY(await([&] { return w.own() == 1; }));
        const QString file = w.view().pictures().ownFiles().front();
        QVERIFY2(file.startsWith(w.fixture.home.folder.path()), qPrintable(file));  // in Thaw's own cache folder
        QVERIFY(file.endsWith("Pasted picture 1.png"));
        QCOMPARE(QImage(file).size(), QSize(60, 40));
        QCOMPARE(QImage(file).pixelColor(5, 5), QColor(Qt::red));
        w.view().paste();
        QVERIFY(await([&] { return w.own() == 2; }));
        QVERIFY(w.view().pictures().ownFiles().back().endsWith("Pasted picture 2.png"));
    }

    void copiedFilesArePasted() {
        Window w;
        QVERIFY(w.finishARun());
        auto* content = new QMimeData;
        QList<QUrl> urls;
        for (const QString& file : w.files(2)) urls << QUrl::fromLocalFile(file);
        content->setUrls(urls);
        copy(content);
        w.view().paste();
        QVERIFY(await([&] { return w.own() == 2; }));
    }

    void whatIsNoPictureSaysSo() {
        Window w;
        QVERIFY(w.finishARun());
        w.view().paste();
        QVERIFY(await([&] { return w.says("no picture on the clipboard") || w.says("clipboard is empty"); }));
        auto* words = new QMimeData;
        words->setText("a cat");
        copy(words);
        w.view().paste();
        QVERIFY(w.says("There is no picture on the clipboard."));
        auto* link = new QMimeData;
        link->setUrls({QUrl("https://example.org/cat.png")});
        copy(link);
        w.view().paste();
        QVERIFY(w.says("That picture is on the web."));
        QCOMPARE(w.own(), 0);
    }

    void theTableShowsAllAndFollowsTheChosenOne() {
        Window w;
        QVERIFY(w.finishARun());
        QVERIFY(!w.bar().isVisible());
        QVERIFY(w.add(w.files(12), 12));
        QVERIFY(w.bar().isVisible());
        QVERIFY(!w.table().isVisible());
        w.bar().setShowsTable(true);
        QVERIFY(w.table().isVisible());
        QCOMPARE(w.table().model()->rowCount(), 12);
        w.table().setCurrentIndex(w.table().model()->index(4, 0));
        auto* detail = w.fixture.window.findChild<PredictionDetail*>();
        QCOMPARE(detail->picture(), w.view().pictures().ownIds()[4]);
        // Sorted by how sure it is; the chosen picture stays the chosen one.
        w.table().sortByColumn(2, Qt::DescendingOrder);
        QCOMPARE(detail->picture(), w.view().pictures().ownIds()[4]);
        QTest::keyClick(&w.table(), Qt::Key_Delete);
        QCOMPARE(w.own(), 11);
        for (QToolButton* button : w.bar().findChildren<QToolButton*>())
            if (button->text().contains("Remove all")) button->click();
        QCOMPARE(w.own(), 0);
        QVERIFY(!w.bar().isVisible());
        QCOMPARE(w.view().pictures().filter(), PictureFilter::All);
    }

    void theTableIsSaved() {
        Window w;
        QVERIFY(w.finishARun());
        QStringList files = w.files(3);
        files << w.fixture.home.folder.filePath("notes.txt");
        QVERIFY(w.add(files, 4));
        QSignalSpy said(&w.bar(), &OwnPicturesBar::said);
        const QString target = w.fixture.home.folder.filePath("table.csv");
        w.bar().saveTable(target);
        QVERIFY(await([&] { return said.count() == 1; }));
        QVERIFY(w.says("Saved: " + target));
        QFile csv(target);
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = csv.readAll().split('\n');
        QCOMPARE(lines.size(), 6);
        QVERIFY(lines[0].startsWith("file,predicted,probability,top1,"));
        QVERIFY(lines[1].startsWith(files[0].toUtf8() + ','));
        QCOMPARE(lines[1].split(',').size(), 14);
        QVERIFY(lines[4].contains("notes.txt is not a picture that Thaw can read."));
        w.bar().saveTable(w.fixture.home.folder.filePath("no/folder.csv"));
        QVERIFY(await([&] { return said.count() == 2; }));
        QVERIFY(!said.back().front().toString().startsWith("Saved"));
    }

    void ownPicturesFollowTheChosenCheckpoint() {
        Window w;
        QVERIFY(w.finishARun());
        QVERIFY(w.add(w.files(3), 3));
        const auto first = [&] { return w.view().pictures().bestGuesses(w.view().pictures().ownIds().front(), 10); };
        const auto newest = first();
        w.fixture.inspection.chooseCheckpoint(0);
        QVERIFY(await([&] { return first() != newest; }));
        const auto earliest = first();
        // Added while it is chosen: asked of that checkpoint as well.
        QVERIFY(w.add(w.files(4), 4));
        QCOMPARE(first(), earliest);
        w.fixture.inspection.followNewest();
        QVERIFY(await([&] { return first() == newest; }));
    }

    void theCheckpointsOfAFailedRunAnswer() {
        FakeScript failing;
        failing.failAtStep = 50;
        FakeInspectorScript inspector = Window::script();
        inspector.kept->store(2);
        Window w({1440, 900}, inspector, failing);
        w.fixture.startRun(lessonConfig(2, 1), MainWindow::PredictionsTab);
        QVERIFY(awaitState(w.fixture.training, core::TrainerState::Failed));
        QVERIFY(await([&] { return w.fixture.inspection.checkpoint() != nullptr; }));
        QVERIFY(w.add(w.files(2), 2));
        QVERIFY(!w.says("Your pictures wait"));
    }

    void whatACheckpointCannotAnswerTheNextOneDoes() {
        FakeInspectorScript torn = Window::script();
        torn.failWith = "The checkpoint is torn.";
        *torn.failing = false;
        Window w({1440, 900}, torn);
        QVERIFY(w.finishARun());
        w.fixture.inspection.chooseCheckpoint(2);
        QVERIFY(w.add(w.files(2), 2));
        const auto first = [&] { return w.view().pictures().bestGuesses(w.view().pictures().ownIds().front(), 10); };
        const auto before = first();
        *torn.failing = true;
        w.fixture.inspection.chooseCheckpoint(0);
        const QString problem = "The checkpoint is torn. Choose another checkpoint. Some of your pictures show earlier answers.";
        QVERIFY(await([&] { return w.says(problem); }));
        w.view().addFiles(w.files(5));
        QVERIFY(await([&] { return w.says("The checkpoint is torn."); }));
        QCOMPARE(w.own(), 2);
        QCOMPARE(first(), before);
        *torn.failing = false;
        w.fixture.inspection.chooseCheckpoint(1);
        QVERIFY(await([&] { return w.own() == 5 && first() != before; }));
        QVERIFY(await([&] { return w.showsTheChosenCheckpoint(); }));
        QVERIFY(!w.says("The checkpoint is torn."));
        // By hand, of the same checkpoint.
        *torn.failing = true;
        w.view().addFiles(w.files(6));
        QVERIFY(await([&] { return w.says("The checkpoint is torn."); }));
        *torn.failing = false;
        QVERIFY(w.press("Try again"));
        QVERIFY(await([&] { return w.own() == 6; }));
    }

    void manyPicturesShowHowFarAndCanBeCancelled() {
        Window w({1366, 768}, Window::slowScript());
        QVERIFY(w.finishARun());
        w.fixture.inspection.chooseCheckpoint(0);
        w.view().addFiles(w.files(12));
        QVERIFY(await([&] { return w.isWorking() && w.says("Your pictures") && w.says(" of 12"); }));
        w.fixture.snap("own-working");
        QVERIFY(w.press("Cancel"));
        QVERIFY(!w.isWorking());
        QCOMPARE(w.own(), 0);
        QVERIFY(w.says("Cancelled before all of your pictures were looked at."));
        w.fixture.shoot("own-cancelled");
        QVERIFY(w.press("Try again"));
        QVERIFY(await([&] { return w.own() == 12; }));
        QVERIFY(await([&] { return !w.isWorking(); }));
        QVERIFY(!w.says("Cancelled"));
    }

    void theTrainingAnswersInPortions() {
        FakeScript slow;
        slow.stepMilliseconds = 60;
        slow.stepsPerEpoch = 1000;
        Window w({1366, 768}, Window::script(), slow);
        w.fixture.startRun(lessonConfig(2, 1), MainWindow::PredictionsTab);
        QVERIFY(awaitState(w.fixture.training, core::TrainerState::Running));
        w.view().addFiles(w.files(60));
        QVERIFY(await([&] { return w.isWorking() && w.own() >= 8; }));
        QVERIFY(w.press("Cancel"));
        const int answered = w.own();
        QVERIFY2(answered < 60, qPrintable(QString::number(answered)));
        QVERIFY(w.says("Cancelled"));
        QVERIFY(w.press("Try again"));
        QVERIFY(await([&] { return w.own() == 60; }));
    }

    void largeFoldersAreReadAsFarAsTheyAreTaken() {
        Window w;
        QVERIFY(w.finishARun());
        const QString folder = w.fixture.home.folder.filePath("album"), empty = w.fixture.home.folder.filePath("nothing");
        QVERIFY(QDir().mkpath(folder) && QDir().mkpath(empty));
        for (int i = 0; i < OwnPictureQueue::kMostPictures + 20; ++i) {
            QFile file(folder + QStringLiteral("/%1.jpg").arg(i));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        QVERIFY(w.add({folder}, OwnPictureQueue::kMostPictures));
        QVERIFY(w.says("Thaw shows 200 pictures of yours at most."));
        w.view().addFiles({empty});
        QVERIFY(await([&] { return w.says("There are no pictures in the folder nothing."); }));
        QCOMPARE(w.own(), OwnPictureQueue::kMostPictures);
    }

    void theMenuLeadsToCameraAndVideo() {
        Window w;
        QMenu* menu = nullptr;
        for (QToolButton* button : w.view().findChildren<QToolButton*>())
            if (button->menu() && button->accessibleName().contains("pictures of your own")) menu = button->menu();
        QVERIFY(menu);
        QSignalSpy camera(&w.view(), &PredictionView::cameraRequested), video(&w.view(), &PredictionView::videoRequested);
        QStringList texts;
        QAction* fromCamera = nullptr;
        for (QAction* action : menu->actions()) {
            if (action->isSeparator() || !action->isVisible()) continue;
            texts << action->text();
            if (action->text() == "Camera...") fromCamera = action;
        }
        QCOMPARE(texts, QStringList({"Pictures...", "Folder...", "Paste", "Camera...", "Video file..."}));
        fromCamera->trigger();
        QCOMPARE(camera.count(), 1);
        QVERIFY(w.fixture.window.findChild<QDialog*>("cameraView")->isVisible());
    }

    void looksAsDrawn() {
        for (const bool dark : {false, true})
            for (const QSize size : {QSize(1440, 900), QSize(1366, 768)}) {
                Theme::instance().setLook(dark ? ColorScheme::Dark : ColorScheme::Light, 1.0);
                Theme::instance().apply();
                Window w(size);
                QVERIFY(w.finishARun());
                QStringList files = w.files(14);
                files.insert(3, w.fixture.home.folder.filePath("notes.txt"));
                QVERIFY(w.add(files, 15));
                w.bar().setShowsTable(true);
                w.table().setCurrentIndex(w.table().model()->index(1, 0));
                QCOMPARE(WindowFixture::cutTexts(&w.view()), QStringList());
                w.fixture.shoot(QString("own-table-%1-%2").arg(dark ? "dark" : "light").arg(size.width()));
                w.bar().setShowsTable(false);
                QCOMPARE(WindowFixture::cutTexts(&w.view()), QStringList());
                w.fixture.shoot(QString("own-tiles-%1-%2").arg(dark ? "dark" : "light").arg(size.width()));
            }
    }

    /// A folder of folders that are called as the classes: right and wrong are marked, and there is an accuracy.
    void aLabelledFolderGetsAnAccuracy() {
        Window w;
        QVERIFY(w.finishARun());
        const QStringList classes = w.view().pictures().classNames();
        const QDir folder(w.fixture.home.folder.path());
        const auto draw = [&](const QString& name, int count) {
            QVERIFY(folder.mkpath(QStringLiteral("mine/") + name));
            for (int i = 0; i < count; ++i) {
                QFile file(folder.filePath(QStringLiteral("mine/%1/%2.jpg").arg(name).arg(i)));
                QVERIFY(file.open(QIODevice::WriteOnly));
            }
        };
        draw(classes[0].toUpper(), 3);
        draw(classes[1], 2);
        draw(QStringLiteral("dragon"), 1);
        QVERIFY(w.add({folder.filePath(QStringLiteral("mine"))}, 6));
        int right = 0, labelled = 0;
        for (const int id : w.view().pictures().ownIds()) {
            const PictureItem item = w.view().pictures().item(id);
            const bool known = !item.file.contains(QStringLiteral("dragon"));
            QCOMPARE(item.trueClass >= 0, known);
            QCOMPARE(item.verdict == Verdict::Unknown, !known);
            if (known) QCOMPARE(item.trueClass, item.file.contains(classes[1]) ? 1 : 0);
            labelled += known ? 1 : 0;
            right += item.verdict == Verdict::Right ? 1 : 0;
        }
        QCOMPARE(labelled, 5);
        QVERIFY2(w.says(QStringLiteral("%1 of 5 right").arg(right)), "the bar does not tell the accuracy");
        QVERIFY2(w.says(QStringLiteral("No class is called dragon")), "what does not match is not said");
        w.fixture.shoot("own-labelled");
        const std::string table = core::predictionTable(w.view().pictures().ownAnswers(), [&] {
            std::vector<std::string> names;
            for (const QString& name : classes) names.push_back(name.toStdString());
            return names;
        }());
        QVERIFY(table.rfind("file,true,predicted", 0) == 0);
    }

    void theTableFitsAtTheClassroomsScale() {
        Theme::instance().setLook(ColorScheme::Light, 1.5);
        Theme::instance().apply();
        Window w;
        QVERIFY(w.finishARun());
        QVERIFY(w.add(w.files(5), 5));
        w.bar().setShowsTable(true);
        QCOMPARE(WindowFixture::cutTexts(&w.view()), QStringList());
        w.fixture.shoot("own-table-150");
    }
};

QTEST_MAIN(OwnPicturesTest)
#include "tst_own_pictures.moc"
