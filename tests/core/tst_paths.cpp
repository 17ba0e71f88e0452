#include <QtTest>

#include <fstream>

#include "core/api/errors.h"
#include "core/store/paths.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using thaw::test::ScopedVariable;
using thaw::test::TemporaryHome;
namespace fs = std::filesystem;

class TestPaths : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thawHomeOverridesAll() {
        const TemporaryHome home;
        const ScopedVariable data("XDG_DATA_HOME", "/elsewhere"), cache("XDG_CACHE_HOME", "/elsewhere");
        for (const fs::path& folder : {dataFolder(), datasetsFolder(), weightsFolder(), runsFolder(), lessonsFolder(),
                                       cacheFolder(), configFolder(), stateFolder()})
            QVERIFY2(folder.string().rfind(home.path().string(), 0) == 0, folder.c_str());
        QVERIFY(cacheFolder() != dataFolder() && dataFolder() != configFolder() && configFolder() != stateFolder());
    }

    void relativeThawHomeBecomesAbsolute() {
        const ScopedVariable home("THAW_HOME", "portable");
        QCOMPARE(dataFolder(), fs::current_path() / "portable/data");
    }

    void xdgVariables() {
        const ScopedVariable home("THAW_HOME", std::nullopt), user("HOME", "/home/ada");
        const ScopedVariable data("XDG_DATA_HOME", "/xdg/data"), state("XDG_STATE_HOME", "/xdg/state");
        const ScopedVariable cache("XDG_CACHE_HOME", "relative"), config("XDG_CONFIG_HOME", std::nullopt);
        QCOMPARE(runsFolder(), fs::path("/xdg/data/thaw/runs"));
        QCOMPARE(stateFolder(), fs::path("/xdg/state/thaw"));
        QCOMPARE(cacheFolder(), fs::path("/home/ada/.cache/thaw"));  // a relative path is ignored
        QCOMPARE(configFolder(), fs::path("/home/ada/.config/thaw"));
    }

    void resourcesAreFound() {
        QVERIFY(fs::exists(resourcePath("lessons") / "lesson.json"));
        QVERIFY(resourcePath("no/such/thing").empty());
    }

    void ensureFolderNamesWhatStandsInTheWay() {
        const TemporaryHome home;
        ensureFolder(home / "a/b c/\xC3\xA4");
        ensureFolder(home / "a/b c/\xC3\xA4");
        QVERIFY(fs::is_directory(home / "a/b c/\xC3\xA4"));
        std::ofstream(home / "file") << 'x';
        for (const char* name : {"file", "file/below"}) {
            try {
                ensureFolder(home / name);
                QFAIL("no error");
            } catch (const StoreError& error) {
                QVERIFY2(QString(error.what()).contains("file"), error.what());
            }
        }
        fs::create_symlink(home / "nowhere/at all", home / "link");
        QVERIFY_EXCEPTION_THROWN(ensureFolder(home / "link"), StoreError);
    }

    void freeSpaceIsKnown() {
        QVERIFY(freeSpace(fs::temp_directory_path()) > 0);
        QCOMPARE(freeSpace("/no/such/folder"), -1LL);
    }
};

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_paths.moc"
