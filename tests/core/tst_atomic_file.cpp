#include <QtTest>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <utime.h>

#include <csignal>
#include <fstream>

#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "tests/support/syscall_faults.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using thaw::test::FaultAction;
using thaw::test::Faults;
using thaw::test::TemporaryHome;
namespace fs = std::filesystem;

namespace {

int countParts(const fs::path& folder) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder)) count += entry.path().extension() == ".part";
    return count;
}

struct DisarmAtEnd {
    ~DisarmAtEnd() { Faults::instance().disarm(); }
};

}  // namespace

class TestAtomicFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { std::signal(SIGXFSZ, SIG_IGN); }

    void replacesOnCommitOnly() {
        const TemporaryHome home;
        writeFileAtomically(home / "file", "old");
        {
            AtomicFile file(home / "file");
            file.write("new");
            QCOMPARE(file.size(), std::int64_t(3));
            QCOMPARE(readSmallFile(home / "file"), std::string("old"));
            QCOMPARE(countParts(home.path()), 1);
        }
        QCOMPARE(readSmallFile(home / "file"), std::string("old"));
        QCOMPARE(countParts(home.path()), 0);
        writeFileAtomically(home / "file", "new");
        QCOMPARE(readSmallFile(home / "file"), std::string("new"));
        QCOMPARE(countParts(home.path()), 0);
    }

    void isOnTheDiskBeforeItHasItsName() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        Faults::instance().recording = true;
        writeFileAtomically(home / "file", "text");
        const std::string part = (home / ("file." + std::to_string(getpid()) + ".part")).string();
        const std::vector<std::string> expected = {"open " + part, "write " + part, "fsync " + part,
                                                   "rename " + part + ' ' + (home / "file").string(),
                                                   "fsync " + home.path().string()};
        QCOMPARE(Faults::instance().log, expected);
    }

    void everyFailureKeepsTheOldFile() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        for (const int error : {EIO, ENOSPC, EACCES, EROFS, EDQUOT}) {
            for (int at = 0; at < 5; ++at) {
                writeFileAtomically(home / "file", "old");
                Faults::instance().arm(FaultAction::Fail, at, error);
                std::string message;
                try {
                    writeFileAtomically(home / "file", "new");
                } catch (const StoreError& failure) {
                    message = failure.what();
                    QVERIFY(!failure.hint().empty());
                }
                Faults::instance().disarm();
                QVERIFY2(
                    message.find(at < 4 ? (home / "file").string() : home.path().string()) != std::string::npos || error == EROFS,
                    message.c_str());
                if (at < 4) QCOMPARE(readSmallFile(home / "file"), std::string("old"));
                QCOMPARE(countParts(home.path()), 0);
            }
        }
    }

    void interruptedCallsAreRepeated() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        for (int at = 1; at <= 2; ++at) {
            Faults::instance().arm(FaultAction::Fail, at, EINTR);
            writeFileAtomically(home / "file", "text" + std::to_string(at));
            Faults::instance().disarm();
            QCOMPARE(readSmallFile(home / "file"), "text" + std::to_string(at));
        }
    }

    void killedAtEveryCall() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        const std::string before(5000, 'a'), after(7000, 'b');
        for (int at = 0;; ++at) {
            writeFileAtomically(home / "file", before);
            const pid_t child = fork();
            if (child == 0) {
                Faults::instance().arm(FaultAction::Kill, at);
                writeFileAtomically(home / "file", after);
                _exit(0);
            }
            int status = 0;
            QCOMPARE(waitpid(child, &status, 0), child);
            const std::string now = readSmallFile(home / "file");
            QVERIFY(now == before || now == after);
            removeStrayParts(home.path());
            QCOMPARE(countParts(home.path()), 0);
            if (WIFEXITED(status)) {
                QCOMPARE(now, after);
                QCOMPARE(at, 5);
                break;
            }
        }
    }

    void fullDisk() {
        const TemporaryHome home;
        const DisarmAtEnd disarm;
        writeFileAtomically(home / "file", "old");
        Faults::instance().partsAreFull = true;
        try {
            writeFileAtomically(home / "file", "new");
            QFAIL("no error");
        } catch (const StoreError& error) {
            QVERIFY2(QString(error.what()).contains("file: No space left"), error.what());
            QVERIFY(QString::fromStdString(error.hint()).contains("MB are free"));
        }
        QCOMPARE(readSmallFile(home / "file"), std::string("old"));
        QCOMPARE(countParts(home.path()), 0);
    }

    void limitedFileSize() {
        const TemporaryHome home;
        writeFileAtomically(home / "file", "old");
        const std::string text(10'000, 'x');
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        for (const rlim_t limit : {0, 1, 4096, 9'999}) {
            rlimit low = before;
            low.rlim_cur = limit;
            setrlimit(RLIMIT_FSIZE, &low);
            bool failed = false;
            try {
                writeFileAtomically(home / "file", text);
            } catch (const StoreError&) {
                failed = true;
            }
            setrlimit(RLIMIT_FSIZE, &before);
            QVERIFY(failed);
            QCOMPARE(readSmallFile(home / "file"), std::string("old"));
            QCOMPARE(countParts(home.path()), 0);
        }
        writeFileAtomically(home / "file", text);
        QCOMPARE(readSmallFile(home / "file"), text);
    }

    void unwritableFolder() {
        const TemporaryHome home;
        fs::create_directory(home / "closed");
        fs::permissions(home / "closed", fs::perms::owner_read | fs::perms::owner_exec);
        const bool root = geteuid() == 0;
        if (root && seteuid(65534) != 0) QSKIP("root may write everywhere and cannot become another user here");
        std::string message;
        try {
            writeFileAtomically(home / "closed/file", "text");
        } catch (const StoreError& error) {
            message = error.what();
        }
        if (root) QCOMPARE(seteuid(0), 0);
        QVERIFY2(QString::fromStdString(message).contains("closed/file"), message.c_str());
        QVERIFY_EXCEPTION_THROWN(writeFileAtomically(home / "missing/file", "text"), StoreError);
    }

    void devicesAndLinks() {
        const TemporaryHome home;
        QVERIFY_EXCEPTION_THROWN(writeFileAtomically("/dev/full", "text"), StoreError);
        QVERIFY(fs::is_character_file("/dev/full"));
        writeFileAtomically(home / "target", "old");
        fs::create_symlink(home / "target", home / "link");
        writeFileAtomically(home / "link", "new");
        QVERIFY(fs::is_symlink(home / "link"));
        QCOMPARE(readSmallFile(home / "target"), std::string("new"));
    }

    void smallFilesHaveALimit() {
        const TemporaryHome home;
        writeFileAtomically(home / "file", std::string(100, 'x'));
        QCOMPARE(readSmallFile(home / "file", 100).size(), std::size_t(100));
        QVERIFY_EXCEPTION_THROWN(readSmallFile(home / "file", 99), StoreError);
        QVERIFY_EXCEPTION_THROWN(readSmallFile("/dev/zero", 1000), StoreError);
        QVERIFY_EXCEPTION_THROWN(readSmallFile(home.path()), StoreError);
    }

    void strayPartsGoAndOthersStay() {
        const TemporaryHome home;
        const pid_t dead = fork();
        if (dead == 0) _exit(0);
        int status = 0;
        waitpid(dead, &status, 0);
        const std::string own = "ours." + std::to_string(getpid()) + ".part";
        const std::string reused = "reused." + std::to_string(getpid()) + ".part";
        for (const std::string& name :
             {"stray." + std::to_string(dead) + ".part", own, reused, std::string("movie.part"), std::string("notes.7x.part")})
            std::ofstream(home / name) << 'x';
        const utimbuf old{1'000'000'000, 1'000'000'000};  // long before this process, which has the number now
        QCOMPARE(utime((home / reused).c_str(), &old), 0);
        removeStrayParts(home.path());
        QStringList left;
        for (const auto& entry : fs::directory_iterator(home.path()))
            left << QString::fromStdString(entry.path().filename().string());
        left.sort();
        QStringList expected{"movie.part", "notes.7x.part", QString::fromStdString(own)};
        expected.sort();
        QCOMPARE(left, expected);
        removeStrayParts(home / "missing");
    }
};

QTEST_GUILESS_MAIN(TestAtomicFile)
#include "tst_atomic_file.moc"
