#include <QtTest>

#include <atomic>
#include <thread>
#include <vector>

#include "core/api/engine_info.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/util/log.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using thaw::test::TemporaryHome;
namespace fs = std::filesystem;

class TestLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void listenersHear() {
        std::vector<std::string> heard;
        const int id = addLogListener([&heard](double time, const std::string& level, const std::string& text) {
            if (time > 1.7e9) heard.push_back(level + ' ' + text);
        });
        logMessage("info", "one {} %s");
        logMessage("warning", "two");
        removeLogListener(id);
        logMessage("error", "three");
        QCOMPARE(heard, (std::vector<std::string>{"info one {} %s", "warning two"}));
    }

    void listenersMayLogAndLeave() {
        int calls = 0, id = 0;
        id = addLogListener([&](double, const std::string&, const std::string&) {
            if (++calls > 1) return;
            logMessage("info", "from a listener");
            removeLogListener(id);
        });
        logMessage("info", "first");
        logMessage("info", "second");
        QCOMPARE(calls, 2);
    }

    void manyThreads() {
        std::atomic<int> heard = 0;
        const int id = addLogListener([&heard](double, const std::string&, const std::string&) { ++heard; });
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([] {
                for (int j = 0; j < 500; ++j) {
                    const int other = addLogListener([](double, const std::string&, const std::string&) {});
                    logMessage("debug", "x");
                    removeLogListener(other);
                }
            });
        for (std::thread& thread : threads) thread.join();
        removeLogListener(id);
        QCOMPARE(heard.load(), 2000);
    }

    void writesAFile() {
        const TemporaryHome home;
        openLogFile("test");
        logMessage("info", "kept {} for later");
        const std::string text = readSmallFile(stateFolder() / "test.log");
        QVERIFY2(QString::fromStdString(text).contains("info kept {} for later"), text.c_str());
    }

    void rotates() {
        const TemporaryHome home;
        openLogFile("test");
        const std::string line(100'000, 'x');
        for (int i = 0; i < 100; ++i) logMessage("info", line);
        std::uintmax_t bytes = 0;
        int files = 0;
        for (const auto& entry : fs::directory_iterator(stateFolder())) {
            bytes += entry.file_size();
            ++files;
        }
        QVERIFY(files > 1 && files <= 4);
        QVERIFY2(bytes < 9'000'000, std::to_string(bytes).c_str());
    }

    void anUnwritableFolderIsReported() {
        const TemporaryHome home;
        ensureFolder(home.path());
        writeFileAtomically(home / "home", "a file");  // where THAW_HOME should be
        std::string heard;
        const int id =
            addLogListener([&heard](double, const std::string& level, const std::string& text) { heard += level + ' ' + text; });
        openLogFile("test");
        removeLogListener(id);
        QVERIFY2(QString::fromStdString(heard).startsWith("warning There will be no log file"), heard.c_str());
    }
};

QTEST_GUILESS_MAIN(TestLog)
#include "tst_log.moc"
