// The welcome page of a machine without the lesson's own pictures.
#include <QPushButton>
#include <QSignalSpy>

#include "tests/support/drawn_pictures.h"
#include "tests/support/faulty_server.h"
#include "tests/support/temporary_home.h"
#include "tests/ui/window_fixture.h"
#include "ui/bridge/lesson_data.h"
#include "ui/widgets/live/data_offer.h"
#include "ui/widgets/live/live_page.h"
#include "ui/widgets/parts/banner.h"
#include "ui/widgets/parts/transfer_bar.h"

using namespace thaw;
using namespace thaw::test;
using namespace thaw::ui;

namespace {

core::DatasetInfo cifar(bool present) {
    core::DatasetInfo info = drawnDataset(1000);
    info.present = present;
    info.download = {"https://www.example.org/cifar-10-binary.tar.gz", 170'052'171, "c4a3", "", "cifar-10-binary.tar.gz"};
    return info;
}

struct Window {
    explicit Window(QSize size, FakeScript script = {}) : fixture(std::move(script)) {
        list(false);
        fixture.show(size);
    }
    void list(bool present) { Q_EMIT fixture.library.datasetsListed({cifar(present), drawnDataset(1000, true)}); }
    QPushButton& button(const char* name) { return *fixture.window.findChild<QPushButton*>(QLatin1String(name)); }
    WindowFixture fixture;
};

FaultyServer::Reply silence(const FaultyServer::Request&) {
    FaultyServer::Reply reply;
    reply.silent = true;
    return reply;
}

}  // namespace

class TestDataOffer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void cleanup() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void looks_data() {
        addLookColumn();
        QTest::newRow("1440x900-light") << Look{{1440, 900}, 1.0, false};
        QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true};
        QTest::newRow("1366x768") << Look{{1366, 768}, 1.0, false};
        QTest::newRow("150") << Look{{1440, 900}, 1.5, true};
    }
    void looks() {
        const Look look = takeLook();
        const FaultyServer server(silence);
        const ScopedVariable mirror("THAW_MIRROR", server.url("/"));
        Window window(look.size);
        const auto check = [&](const char* what) {
            window.fixture.shoot(QStringLiteral("offer-%1-%2").arg(QLatin1String(what), QLatin1String(QTest::currentDataTag())));
            const QStringList cut = WindowFixture::cutTexts(&window.fixture.window);
            QVERIFY2(cut.isEmpty(), qPrintable(cut.join(QLatin1Char('\n'))));
        };
        QCOMPARE(window.button("welcomeGet").text(), QStringLiteral("Get CIFAR-10 (170 MB) and run the lesson"));
        QCOMPARE(window.button("welcomeStartAtOnce").text(), QStringLiteral("Start at once on Fashion-MNIST"));
        QVERIFY(!window.button("welcomeRun").isVisible());
        check("missing");
        QTest::mouseClick(&window.button("welcomeGet"), Qt::LeftButton);
        QVERIFY(window.fixture.session.lessonData().isFetching());
        core::DownloadProgress progress;
        progress.received = 85'000'000;
        progress.total = 170'052'171;
        progress.bytesPerSecond = 5'200'000;
        progress.activity = "Downloading";
        Q_EMIT window.fixture.library.downloadProgress(QStringLiteral("cifar10"), progress);
        auto* bar = window.fixture.window.findChild<DataOffer*>()->findChild<TransferBar*>();
        QVERIFY(bar->isVisible() && bar->text().contains(QStringLiteral("85 MB of 170 MB")));
        QVERIFY(window.button("welcomeStartAtOnce").isEnabled());
        check("fetching");
        QSignalSpy finished(&window.fixture.library, &LibraryController::downloadFinished);
        bar->findChild<QPushButton*>()->click();
        QVERIFY(await([&] { return !finished.isEmpty(); }));
        window.list(false);
        QVERIFY(window.button("welcomeGet").isVisible() && window.button("welcomeGet").isEnabled());
        check("stopped");
        window.list(true);
        QVERIFY(window.button("welcomeRun").isVisible());
        QVERIFY(!window.button("welcomeGet").isVisible());
    }

    /// Started at once on what is here: the download goes on, and the lesson is offered when both are done.
    void theOfferAfterTheOtherRun() {
        const FaultyServer server(silence);
        const ScopedVariable mirror("THAW_MIRROR", server.url("/"));
        FakeScript script;
        script.restAtStep = 2;
        Window window({1440, 900}, script);
        Session& session = window.fixture.session;
        QTest::mouseClick(&window.button("welcomeGet"), Qt::LeftButton);
        QTest::mouseClick(&window.button("welcomeStartAtOnce"), Qt::LeftButton);
        QVERIFY(awaitState(window.fixture.training, core::TrainerState::Paused));
        QVERIFY(session.lessonData().isFetching());
        Q_EMIT window.fixture.library.downloadFinished(QStringLiteral("cifar10"), {}, {}, false);
        window.list(true);
        auto* banner = window.fixture.window.findChild<Banner*>();
        QVERIFY2(banner->text().contains(QStringLiteral("CIFAR-10 is here")), qPrintable(banner->text()));
        QVERIFY(banner->buttons().isEmpty());
        window.fixture.shoot(QStringLiteral("offer-arrived"));
        session.stop();
        QVERIFY(awaitState(window.fixture.training, core::TrainerState::Finished));
        QVERIFY(await([&] { return banner->buttons().size() == 2; }));
        QVERIFY2(banner->text().contains(QStringLiteral("Run the lesson on it?")), qPrintable(banner->text()));
        window.fixture.shoot(QStringLiteral("offer-question"));
        banner->buttons().front()->click();
        QVERIFY(await([&] { return window.fixture.training.state() == core::TrainerState::Paused; }));
        QCOMPARE(session.config().data.dataset, std::string("cifar10"));
        session.lessonData().cancel();
    }
};

QTEST_MAIN(TestDataOffer)
#include "tst_data_offer.moc"
