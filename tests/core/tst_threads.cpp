#include <torch/torch.h>

#include <QProcess>
#include <QtTest>

#include <dlfcn.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "core/api/engine_info.h"
#include "core/store/paths.h"
#include "core/util/blas.h"
#include "core/util/environment.h"
#include "core/util/process.h"
#include "core/util/threads.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using thaw::test::TemporaryHome;

// Stands in for the library's own answer: THAW_TEST_FAKE_CORE is what a library that chose wrongly would say.
extern "C" char* openblas_get_corename() {
    static const auto real = reinterpret_cast<char* (*)()>(dlsym(RTLD_NEXT, "openblas_get_corename"));
    char* fake = std::getenv("THAW_TEST_FAKE_CORE");
    return fake && (!std::getenv("OPENBLAS_CORETYPE") || std::getenv("THAW_TEST_FAKE_ALWAYS")) ? fake : real();
}

namespace {

constexpr CpuFeatures kOld{false, false}, kAvx2{true, false}, kAvx512{true, true};

/// Runs this program again as prepareProcess's guinea pig; what it printed, a line a fact.
QStringList childFacts(const std::map<QString, QString>& variables) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove("OPENBLAS_CORETYPE");
    for (const auto& [name, value] : variables) environment.insert(name, value);
    process.setProcessEnvironment(environment);
    process.start(QCoreApplication::applicationFilePath(), {"--prepare", "an argument with spaces"});
    if (!process.waitForFinished(60'000)) return {};
    return QString::fromUtf8(process.readAllStandardOutput()).split('\n', Qt::SkipEmptyParts);
}

int prepared(int argc, char** argv) {
    prepareProcess(argc, argv);
    prepareEngine();
    const EngineInfo info = engineInfo();
    const char* core = std::getenv("OPENBLAS_CORETYPE");
    std::printf("pid %d\ncore %s\nsuitable %d\nvariable %s\nnote %s\nargument %s\nthreads %d\n", static_cast<int>(getpid()),
                info.blasCore.c_str(), info.blasSuitable, core ? core : "", info.note.c_str(), argv[2], info.threads);
    if (const auto timeout = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_thread_timeout")))
        std::printf("timeout %d\n", timeout());
    rlimit small{100, 100};
    setrlimit(RLIMIT_FSIZE, &small);
    std::FILE* file = std::tmpfile();
    const std::string text(1000, 'x');
    const bool written = file && std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
    std::printf("signal %s\n", written ? "no limit" : errno == EFBIG ? "error" : "other");
    std::fflush(stdout);
    int ends[2];
    if (pipe(ends) != 0) return 1;
    close(ends[0]);
    return write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 1;
}

/// Processors that this process may use, told by a folder that stands for the system's root.
int coresWithRoot(const QString& root) {
    qputenv("THAW_SYSTEM_ROOT", root.toUtf8());
    const int cores = availableCores();
    qunsetenv("THAW_SYSTEM_ROOT");
    return cores;
}

void writeFile(const QString& path, const QString& text) {
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    if (file.open(QFile::WriteOnly)) file.write(text.toUtf8());
}

QString fact(const QStringList& facts, const QString& name) {
    for (const QString& line : facts)
        if (line.startsWith(name + ' ')) return line.mid(name.size() + 1);
    return {};
}

}  // namespace

class TestThreads : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kernelsThatSuitTheProcessor() {
        for (const char* core : {"SkylakeX", "Cooperlake", "SapphireRapids", "Zen"})
            QCOMPARE(betterCoreType(core, kAvx512), std::string());
        for (const char* core : {"Prescott", "Haswell", "Nehalem", "Sandybridge", ""})
            QCOMPARE(betterCoreType(core, kAvx512), std::string("SkylakeX"));
        for (const char* core : {"Haswell", "Zen", "Excavator"}) QCOMPARE(betterCoreType(core, kAvx2), std::string());
        for (const char* core : {"Prescott", "Sandybridge", "Bulldozer"})
            QCOMPARE(betterCoreType(core, kAvx2), std::string("Haswell"));
        QCOMPARE(betterCoreType("Prescott", kOld), std::string());
    }

    void wrongKernelsAreFoundAndMended() {
        const LoadedBlas blas = loadedBlas();
        if (!blas.isOpenBlas) QSKIP("no OpenBLAS");
        if (!cpuFeatures().avx2) QSKIP("this processor has one kind of kernels only");
        const TemporaryHome home;
        // What the library chose by itself, or what it was told: the processor's own kernels in the end.
        const QStringList facts = childFacts({});
        QVERIFY(!facts.isEmpty());
        QCOMPARE(fact(facts, "suitable"), QString("1"));
        // An explicit choice is respected, and reported.
        const QStringList slow = childFacts({{"OPENBLAS_CORETYPE", "Prescott"}});
        QCOMPARE(fact(slow, "core"), QString("Prescott"));
        QCOMPARE(fact(slow, "suitable"), QString("0"));
        QCOMPARE(fact(slow, "note"), QString());
    }

    void kernelsAreChosenAgainInTheSameProcess() {
        const auto forget = reinterpret_cast<void (*)()>(dlsym(RTLD_DEFAULT, "gotoblas_dynamic_quit"));
        const auto choose = reinterpret_cast<void (*)()>(dlsym(RTLD_DEFAULT, "gotoblas_dynamic_init"));
        if (!forget || !choose || !cpuFeatures().avx2) QSKIP("no OpenBLAS with a choice of kernels");
        // What a processor that the library does not know would get.
        qputenv("OPENBLAS_CORETYPE", "Prescott");
        forget();
        choose();
        qunsetenv("OPENBLAS_CORETYPE");
        QCOMPARE(loadedBlas().core, std::string("Prescott"));
        const std::string note = chooseBlasKernels();
        QVERIFY2(note.find("had chosen its Prescott kernels") != std::string::npos, note.c_str());
        QCOMPARE(betterCoreType(loadedBlas().core, cpuFeatures()), std::string());
        QCOMPARE(chooseBlasKernels(), std::string());
        qunsetenv("OPENBLAS_CORETYPE");

        constexpr int n = 300;
        const torch::Tensor a = torch::arange(n * n, torch::kFloat64).reshape({n, n}).remainder(7), b = a.t().contiguous();
        QVERIFY(torch::equal(torch::mm(a.to(torch::kFloat32), b.to(torch::kFloat32)).to(torch::kFloat64), torch::mm(a, b)));
    }

    void aLibraryThatStaysSlowIsReported() {
        if (!loadedBlas().isOpenBlas || !cpuFeatures().avx2) QSKIP("no OpenBLAS with a choice of kernels");
        const TemporaryHome home;
        const QStringList facts = childFacts({{"THAW_TEST_FAKE_CORE", "Prescott"}});
        QCOMPARE(fact(facts, "variable"), QString(cpuFeatures().avx512 ? "SkylakeX" : "Haswell"));
        QCOMPARE(fact(facts, "suitable"), QString("1"));
        QVERIFY2(fact(facts, "note").contains("had chosen its Prescott kernels"), qPrintable(facts.join('|')));
        const QStringList stubborn = childFacts({{"THAW_TEST_FAKE_CORE", "Prescott"}, {"THAW_TEST_FAKE_ALWAYS", "1"}});
        QCOMPARE(fact(stubborn, "suitable"), QString("0"));
    }

    void blasThreadsRestBetweenProducts() {
        if (!dlsym(RTLD_DEFAULT, "openblas_read_env") || !dlsym(RTLD_DEFAULT, "blas_thread_init"))
            QSKIP("no OpenBLAS with threads of its own");
        const TemporaryHome home;
        const int given =
            qEnvironmentVariableIsSet("OPENBLAS_THREAD_TIMEOUT") ? qEnvironmentVariableIntValue("OPENBLAS_THREAD_TIMEOUT") : 8;
        QCOMPARE(fact(childFacts({}), "timeout").toInt(), given);
        QCOMPARE(fact(childFacts({{"OPENBLAS_THREAD_TIMEOUT", "20"}}), "timeout").toInt(), 20);
    }

    void smallProductsStayInTheirThread() {
        const auto count = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
        if (!count || availableCores() < 2) QSKIP("no OpenBLAS with threads of its own");
        setBlasThreads(2);
        {
            const SmallProduct small(kWorthThreads / 2);
            QCOMPARE(count(), 1);
            std::thread([&] {
                const SmallProduct another(1);
                const SmallProduct large(kWorthThreads);
                QCOMPARE(count(), 1);
            }).join();
            QCOMPARE(count(), 1);
            setBlasThreads(2);
            QCOMPARE(count(), 1);
        }
        QCOMPARE(count(), 2);
        {
            const SmallProduct large(kWorthThreads);
            QCOMPARE(count(), 2);
        }
        QCOMPARE(count(), 2);
    }

    void signalsBecomeErrors() {
        const TemporaryHome home;
        QCOMPARE(fact(childFacts({}), "signal"), QString("error"));
        QVERIFY(QFile::exists(QString::fromStdString((stateFolder() / "tst_threads.log").string())));
    }

    void threadsOfTheCaller() {
        std::thread([] {
            useComputeThreads(1);
            QCOMPARE(at::get_num_threads(), 1);
            useComputeThreads(0);
            QCOMPARE(at::get_num_threads(), threadsFor(0));
            useComputeThreads(kMostThreads);
            QCOMPARE(at::get_num_threads(), availableCores());
        }).join();
    }

    void coresFollowTheAffinity() {
        cpu_set_t before, one;
        QCOMPARE(sched_getaffinity(0, sizeof before, &before), 0);
        CPU_ZERO(&one);
        for (std::size_t i = 0; i < CPU_SETSIZE; ++i)
            if (CPU_ISSET(i, &before)) {
                CPU_SET(i, &one);
                break;
            }
        QCOMPARE(sched_setaffinity(0, sizeof one, &one), 0);
        const int cores = availableCores();
        sched_setaffinity(0, sizeof before, &before);
        QCOMPARE(cores, 1);
        QVERIFY(availableCores() >= 1 && availableCores() <= CPU_COUNT(&before));
    }

    void coresFollowTheQuota_data() {
        QTest::addColumn<QString>("groups");
        QTest::addColumn<QString>("mounts");
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<int>("most");
        const QString unified = "30 23 0:26 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
        const QString first = "33 32 0:30 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 master:1 - cgroup cgroup rw,cpu,cpuacct\n";
        const QString memory = "34 32 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
        const QString container = "33 32 0:30 /docker/a1 /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n";
        const int none = 0;
        QTest::newRow("version 2, own") << "0::/a/b\n" << unified << QStringList{"a/b/cpu.max=100000 100000"} << 1;
        QTest::newRow("version 2, above") << "0::/a/b\n"
                                          << unified << QStringList{"a/b/cpu.max=max 100000", "a/cpu.max=50000 50000"} << 1;
        QTest::newRow("version 2, root") << "0::/\n" << unified << QStringList{"cpu.max=20000 100000"} << 1;
        QTest::newRow("version 2, namespace") << "0::/../..\n" << unified << QStringList{"cpu.max=100000 100000"} << 1;
        QTest::newRow("version 2, the least counts")
            << "0::/a/b\n"
            << unified << QStringList{"a/b/cpu.max=500000 100000", "a/cpu.max=110000 100000"} << 1;
        QTest::newRow("version 2, no limit") << "0::/a\n" << unified << QStringList{"a/cpu.max=max 100000"} << none;
        QTest::newRow("version 2, another's") << "0::/a\n" << unified << QStringList{"b/cpu.max=100000 100000"} << none;
        const QString both = "0::/\n5:memory:/m\n4:cpu,cpuacct:/a/b\n";
        const QStringList own{"cpu,cpuacct/a/b/cpu.cfs_quota_us=100000", "cpu,cpuacct/a/b/cpu.cfs_period_us=100000"};
        const QStringList above{"cpu,cpuacct/a/b/cpu.cfs_quota_us=-1", "cpu,cpuacct/a/b/cpu.cfs_period_us=100000",
                                "cpu,cpuacct/a/cpu.cfs_quota_us=50000", "cpu,cpuacct/a/cpu.cfs_period_us=100000"};
        QTest::newRow("version 1, own") << both << memory + first << own << 1;
        QTest::newRow("version 1, above") << both << memory + first << above << 1;
        QTest::newRow("version 1, no limit") << both << memory + first << above.mid(0, 2) << none;
        QTest::newRow("version 1, container")
            << "4:cpu:/docker/a1\n"
            << container << QStringList{"cpu/cpu.cfs_quota_us=100000", "cpu/cpu.cfs_period_us=100000"} << 1;
        QTest::newRow("version 1, sister") << "4:cpu:/docker/a10\n"
                                           << container << QStringList{"cpu/0/cpu.cfs_quota_us=100000"} << none;
        QTest::newRow("no groups") << ""
                                   << "" << QStringList() << none;
        QTest::newRow("damaged") << "0:\nx\n0::/a\n"
                                 << "30 23\n - \n" + unified << QStringList{"a/cpu.max=many"} << none;
    }

    void coresFollowTheQuota() {
        QFETCH(QString, groups);
        QFETCH(QString, mounts);
        QFETCH(QStringList, files);
        QFETCH(int, most);
        const int unlimited = coresWithRoot("/nowhere");
        QTemporaryDir root;
        writeFile(root.filePath("proc/self/cgroup"), groups);
        writeFile(root.filePath("proc/self/mountinfo"), mounts);
        for (const QString& file : files)
            writeFile(root.filePath("sys/fs/cgroup/" + file.section('=', 0, 0)), file.section('=', 1) + '\n');
        QCOMPARE(coresWithRoot(root.path()), most > 0 ? most : unlimited);
    }

    void quotasAreRounded() {
        QTemporaryDir root;
        writeFile(root.filePath("proc/self/cgroup"), "0::/\n");
        writeFile(root.filePath("proc/self/mountinfo"), "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        const int unlimited = coresWithRoot("/nowhere");
        for (const auto& [quota, cores] :
             std::vector<std::pair<int, int>>{{1, 1}, {60, 1}, {140, 1}, {160, 2}, {240, 2}, {99900, 999}}) {
            writeFile(root.filePath("sys/fs/cgroup/cpu.max"), QString::number(quota) + "000 100000\n");
            QCOMPARE(coresWithRoot(root.path()), std::min(cores, unlimited));
        }
    }

    void openMpIsHeeded() {
        const TemporaryHome home;
        const int cores = availableCores();
        const auto threads = [](const QString& variable, const QString& value) {
            return fact(childFacts({{variable, value}}), "threads").toInt();
        };
        QCOMPARE(threads("OMP_NUM_THREADS", "1"), 1);
        QCOMPARE(threads("OMP_NUM_THREADS", "1,4"), 1);
        QCOMPARE(threads("OMP_NUM_THREADS", " 1 "), 1);
        for (const char* text : {"1000", "", "0", "-1", "many", "1x"}) QCOMPARE(threads("OMP_NUM_THREADS", text), cores);
        QCOMPARE(threads("OMP_PROC_BIND", "true"), cores);
    }

    void variablesAreSetInTheReservedPlace() {
        const QByteArray before = qgetenv("PATH");
        reserveVariable();
        char** const variables = environ;
        setReservedVariable("THAW_TEST_RESERVED", "SkylakeX");
        QVERIFY(environ == variables);
        QCOMPARE(qgetenv("THAW_TEST_RESERVED"), QByteArray("SkylakeX"));
        QCOMPARE(qgetenv("PATH"), before);
        setReservedVariable("THAW_TEST_SECOND", "there is one place");
        QCOMPARE(qgetenv("THAW_TEST_SECOND"), QByteArray("there is one place"));
        QCOMPARE(qgetenv("THAW_TEST_RESERVED"), QByteArray("SkylakeX"));
    }

    void infoIsFilled() {
        const TemporaryHome home;
        ensureFolder(cacheFolder() / "features");
        std::ofstream(cacheFolder() / "features/one") << std::string(1000, 'x');
        std::ofstream(cacheFolder() / "stage-times.json") << std::string(10, 'x');
        const EngineInfo info = engineInfo();
        for (const std::string& text :
             {info.thawVersion, info.libtorchVersion, info.cpuCapability, info.processor, info.blasLibrary, info.device})
            QVERIFY(!text.empty());
        QVERIFY(info.cpuCapability != "unknown");
        QVERIFY(info.memoryBytes > 100'000'000 && info.cores >= 1 && info.threads >= 1);
        QCOMPARE(info.cacheBytes, std::int64_t(1010));
        QCOMPARE(info.dataFolder, dataFolder());
        QCOMPARE(clearFeatureCache(), std::int64_t(1000));
        QCOMPARE(engineInfo().cacheBytes, std::int64_t(10));
        QCOMPARE(clearFeatureCache(), std::int64_t(0));
        const std::filesystem::path chosen = cacheFolder() / "chosen";
        ensureFolder(chosen / "features");
        std::ofstream(chosen / "features/one") << std::string(100, 'x');
        std::ofstream(chosen / "kept") << "x";
        QCOMPARE(clearFeatureCache(chosen), std::int64_t(100));
        QVERIFY(std::filesystem::exists(chosen / "kept"));
    }

    void processesAreKnownByTheirStart() {
        QVERIFY(!bootId().empty());
        QVERIFY(processStart(getpid()) > 0);
        QVERIFY(std::abs(processStartTime(getpid()) - static_cast<double>(std::time(nullptr))) < 3600);
        const pid_t child = fork();
        if (child == 0) _exit(0);
        siginfo_t info{};
        QCOMPARE(waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
        QCOMPARE(processStart(child), std::int64_t(-1));  // ended, though nobody has asked for its status yet
        int status = 0;
        waitpid(child, &status, 0);
        QCOMPARE(processStart(child), std::int64_t(-1));
    }
};

int main(int argc, char** argv) {
    if (argc == 3 && std::string(argv[1]) == "--prepare") return prepared(argc, argv);
    QCoreApplication application(argc, argv);
    TestThreads test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_threads.moc"
