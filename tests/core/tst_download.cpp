#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QTest>
#include <array>
#include <atomic>
#include <csignal>

#include "core/data/download.h"
#include "core/util/hash.h"
#include "tests/support/drawn_data.h"
#include "tests/support/expect_error.h"
#include "tests/support/faulty_server.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;
using namespace thaw::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string someContent(std::size_t bytes, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::string text(bytes, '\0');
    for (char& c : text) c = static_cast<char>(random());
    return text;
}

std::string textOf(const fs::path& file) {
    const Bytes bytes = readFile(file);
    return {bytes.begin(), bytes.end()};
}

DownloadSource sourceFor(const std::string& url, const std::string& content) {
    DownloadSource source;
    source.url = url;
    source.bytes = static_cast<std::int64_t>(content.size());
    source.sha256 = digestOf(content.data(), content.size());
    source.fileName = "file.bin";
    return source;
}

DownloadOptions quick() {
    DownloadOptions options;
    options.connectTimeout = 300ms;
    options.stallTimeout = 300ms;
    options.retryDelay = 1ms;
    return options;
}

}  // namespace

class DownloadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_home = std::make_unique<TemporaryHome>(); }
    void cleanup() { m_home.reset(); }

    void wholeFile();
    void presentFileIsNotFetchedAgain();
    void md5WhenThereIsNoSha256();
    void unknownSize();
    void everyDropIsResumed();
    void dropAtEachByte();
    void cancelKeepsThePart();
    void killedInTheMiddle();
    void callbackMayThrow();
    void stalls();
    void silentServer();
    void givesUpAfterAWhileWithoutAByte_data();
    void givesUpAfterAWhileWithoutAByte();
    void claimsMoreThanItSends();
    void announcesAnotherSize();
    void sendsMoreThanItShould();
    void rangeNotSatisfiable();
    void changedOnTheServer();
    void ignoresRange();
    void partOfAnotherFile();
    void wrongPartOfTheRange();
    void wrongDigestIsNeverInstalled();
    void tooLongPart();
    void damagedSidecar();
    void redirects();
    void statusCodes();
    void comesBackAfterErrors();
    void nobodyAnswers();
    void refusedAddresses();
    void logInPage();
    void unwritableFolder();
    void fullDisk();
    void onlyOneAtATime();
    void mirror();

private:
    void expectNothingInstalled() const { QVERIFY(!fs::exists(folder() / "file.bin")); }
    fs::path folder() const { return *m_home / "downloads"; }
    std::unique_ptr<TemporaryHome> m_home;
};

void DownloadTest::wholeFile() {
    const std::string content = someContent(3'000'000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    std::vector<DownloadProgress> seen;
    const fs::path file = download(
        sourceFor(server.url(), content), folder(),
        [&](const DownloadProgress& progress) {
            seen.push_back(progress);
            return true;
        },
        quick());
    QCOMPARE(file, folder() / "file.bin");
    QVERIFY(textOf(file) == content);
    QVERIFY(!fs::exists(folder() / "file.bin.part"));
    QVERIFY(!fs::exists(folder() / "file.bin.part.json"));
    QVERIFY(!seen.empty());
    QCOMPARE(seen.back().activity, std::string("Checking"));
    QCOMPARE(seen.back().received, std::int64_t{3'000'000});
    for (const DownloadProgress& progress : seen) {
        QCOMPARE(progress.total, std::int64_t{3'000'000});
        QVERIFY(!progress.resumed);
    }
}

void DownloadTest::presentFileIsNotFetchedAgain() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    writeFile(folder() / "file.bin", Bytes(content.begin(), content.end()));
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QCOMPARE(server.requests().size(), std::size_t{0});

    writeFile(folder() / "file.bin", Bytes(1000, 'x'));
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QCOMPARE(server.requests().size(), std::size_t{1});
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::md5WhenThereIsNoSha256() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    DownloadSource source = sourceFor(server.url(), content);
    source.sha256.clear();
    source.md5 = digestOf(content.data(), content.size(), DigestKind::Md5);
    download(source, folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);

    fs::remove(folder() / "file.bin");
    source.md5[0] = source.md5[0] == '0' ? '1' : '0';
    QVERIFY(!errorOf<NetworkError>([&] { download(source, folder(), {}, quick()); }).empty());
    expectNothingInstalled();
}

void DownloadTest::unknownSize() {
    const std::string content = someContent(100'000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        reply.claimedLength = -1;
        return reply;
    });
    DownloadSource source = sourceFor(server.url(), content);
    source.bytes = 0;
    download(source, folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::everyDropIsResumed() {
    const std::string content = someContent(1'000'000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        reply.dropAfter = 90'000;
        return reply;
    });
    bool resumed = false;
    download(
        sourceFor(server.url(), content), folder(),
        [&](const DownloadProgress& progress) {
            resumed = progress.resumed;
            return true;
        },
        quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
    QVERIFY(resumed);
    const auto requests = server.requests();
    QCOMPARE(requests.size(), std::size_t{12});
    QCOMPARE(requests[1].headers.at("if-range"), std::string("\"one\""));
    for (std::size_t i = 1; i < requests.size(); ++i) QCOMPARE(requests[i].rangeFirst, static_cast<std::int64_t>(i * 90'000));
}

void DownloadTest::dropAtEachByte() {
    const std::string content = someContent(40);
    for (std::int64_t at = 0; at < 40; ++at) {
        fs::remove_all(folder());
        FaultyServer server([&](const auto& request) {
            auto reply = serveContent(request, content);
            if (request.number == 0) reply.dropAfter = at;
            return reply;
        });
        download(sourceFor(server.url(), content), folder(), {}, quick());
        QVERIFY(textOf(folder() / "file.bin") == content);
        QCOMPARE(server.requests().size(), std::size_t{2});
    }
}

void DownloadTest::cancelKeepsThePart() {
    const std::string content = someContent(1'000'000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        if (request.number == 0) reply.stallAfter = 400'000;
        return reply;
    });
    const DownloadSource source = sourceFor(server.url(), content);
    QVERIFY_THROWS_EXCEPTION(
        Cancelled, download(source, folder(), [](const DownloadProgress& progress) { return progress.received < 400'000; }));
    expectNothingInstalled();
    QCOMPARE(static_cast<std::int64_t>(fs::file_size(folder() / "file.bin.part")), std::int64_t{400'000});

    std::int64_t first = -1;
    bool resumed = true;
    download(
        source, folder(),
        [&](const DownloadProgress& progress) {
            if (first < 0) first = progress.received;
            resumed = resumed && progress.resumed;
            return true;
        },
        quick());
    QVERIFY(first >= 400'000);
    QVERIFY(resumed);
    QCOMPARE(server.requests().at(1).rangeFirst, std::int64_t{400'000});
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::killedInTheMiddle() {
    const std::string content = someContent(1'000'000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        if (request.number == 0) reply.stallAfter = 400'000;
        return reply;
    });
    const DownloadSource source = sourceFor(server.url(), content);
    const pid_t child = fork();
    QVERIFY(child >= 0);
    if (child == 0) {
        download(source, folder(), {});
        _exit(0);
    }
    std::error_code ignored;
    const auto received = [&] {
        return fs::exists(folder() / "file.bin.part", ignored) ? fs::file_size(folder() / "file.bin.part", ignored) : 0;
    };
    const bool reached = QTest::qWaitFor([&] { return received() == 400'000; }, 20'000);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    QVERIFY(reached);

    download(source, folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
    QCOMPARE(server.requests().at(1).rangeFirst, std::int64_t{400'000});
    QCOMPARE(server.requests().at(1).headers.at("if-range"), std::string("\"one\""));
    QCOMPARE(std::distance(fs::directory_iterator(folder()), {}), 1);
}

void DownloadTest::callbackMayThrow() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    const auto failing = [](const DownloadProgress&) -> bool { throw std::logic_error("the window has gone"); };
    QVERIFY_THROWS_EXCEPTION(std::logic_error, download(sourceFor(server.url(), content), folder(), failing, quick()));
    expectNothingInstalled();
}

void DownloadTest::stalls() {
    const std::string content = someContent(500'000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        if (request.number < 2) reply.stallAfter = 150'000;
        return reply;
    });
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
    QCOMPARE(server.requests().size(), std::size_t{3});
}

void DownloadTest::silentServer() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto&) {
        FaultyServer::Reply reply;
        reply.silent = true;
        return reply;
    });
    DownloadOptions options = quick();
    options.connectTimeout = options.stallTimeout = 50ms;
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, options); });
    QVERIFY2(message.find("nothing came any more") != std::string::npos, message.c_str());
    QCOMPARE(server.requests().size(), std::size_t{4});
    expectNothingInstalled();
}

void DownloadTest::givesUpAfterAWhileWithoutAByte_data() {
    QTest::addColumn<qlonglong>("stallAfter");
    QTest::addColumn<bool>("closes");
    QTest::newRow("silent") << -1ll << false;
    QTest::newRow("stalls half-way") << 150'000ll << false;
    QTest::newRow("closes at once") << 0ll << true;
}

/// Minutes of patience otherwise; the bytes that came stay for the next time.
void DownloadTest::givesUpAfterAWhileWithoutAByte() {
    QFETCH(qlonglong, stallAfter);
    QFETCH(bool, closes);
    const std::string content = someContent(300'000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        reply.silent = stallAfter < 0;
        (closes ? reply.dropAfter : reply.stallAfter) =
            std::max<qlonglong>(0, stallAfter - std::max<qlonglong>(0, request.rangeFirst));
        return reply;
    });
    DownloadOptions options;
    options.giveUpAfter = 400ms;
    options.triesWithoutProgress = 1000;
    options.retryDelay = 20ms;
    QElapsedTimer elapsed;
    elapsed.start();
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, options); });
    QVERIFY2(message.find("could not be downloaded") != std::string::npos, message.c_str());
    QVERIFY2(elapsed.elapsed() < 15'000, qPrintable(QString::number(elapsed.elapsed())));
    expectNothingInstalled();
    QCOMPARE(static_cast<qlonglong>(fs::file_size(folder() / "file.bin.part")), std::max<qlonglong>(0, stallAfter));
}

void DownloadTest::claimsMoreThanItSends() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content.substr(0, 700));
        if (request.rangeFirst < 0) reply.claimedLength = 1000;
        return reply;
    });
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, quick()); });
    QVERIFY2(message.find("file.bin could not be downloaded") != std::string::npos, message.c_str());
    expectNothingInstalled();
}

void DownloadTest::announcesAnotherSize() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        reply.claimedLength = 5'000'000'000;
        return reply;
    });
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, quick()); });
    QVERIFY2(message.find("has 5000000000 bytes on the server; 1000 are expected") != std::string::npos, message.c_str());
    QCOMPARE(server.requests().size(), std::size_t{1});
    expectNothingInstalled();
}

void DownloadTest::sendsMoreThanItShould() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto&) {
        FaultyServer::Reply reply;
        reply.body = std::string(2'000'000, 'x');
        reply.claimedLength = -1;
        return reply;
    });
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, quick()); });
    QVERIFY2(message.find("more than the 1000 bytes") != std::string::npos, message.c_str());
    expectNothingInstalled();
    QVERIFY(!fs::exists(folder() / "file.bin.part"));
}

void DownloadTest::rangeNotSatisfiable() {
    const std::string content = someContent(1000);
    writeFile(folder() / "file.bin.part", Bytes(999, 'x'));
    FaultyServer server([&](const auto& request) {
        if (request.rangeFirst < 0) return serveContent(request, content);
        FaultyServer::Reply reply;
        reply.status = 416;
        return reply;
    });
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
    QCOMPARE(server.requests().size(), std::size_t{2});
}

void DownloadTest::changedOnTheServer() {
    const std::string before = someContent(1000, 1), after = someContent(1000, 2);
    FaultyServer server([&](const auto& request) {
        if (request.number > 0) return serveContent(request, after, "\"two\"");
        auto reply = serveContent(request, before, "\"one\"");
        reply.dropAfter = 600;
        return reply;
    });
    download(sourceFor(server.url(), after), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == after);
    QCOMPARE(server.requests().size(), std::size_t{2});
}

void DownloadTest::ignoresRange() {
    const std::string content = someContent(1000);
    writeFile(folder() / "file.bin.part", Bytes(500, 'x'));
    FaultyServer server([&](auto request) {
        request.rangeFirst = -1;
        return serveContent(request, content);
    });
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
    QCOMPARE(server.requests().size(), std::size_t{1});
}

// A part of unknown origin, glued to the real rest: the digest tells, and the whole file is fetched once.
void DownloadTest::partOfAnotherFile() {
    const std::string content = someContent(1000);
    writeFile(folder() / "file.bin.part", Bytes(500, 'x'));
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
    QCOMPARE(server.requests().size(), std::size_t{2});
    QCOMPARE(server.requests().at(1).rangeFirst, std::int64_t{-1});

    fs::remove(folder() / "file.bin");
    writeFile(folder() / "file.bin.part", Bytes(1000, 'x'));  // of the right length
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::wrongPartOfTheRange() {
    const std::string content = someContent(1000);
    writeFile(folder() / "file.bin.part", Bytes(content.begin(), content.begin() + 500));
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        if (request.number == 0) reply.headers["Content-Range"] = "bytes 100-599/1000";
        return reply;
    });
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::wrongDigestIsNeverInstalled() {
    const std::string content = someContent(1000), other = someContent(1000, 2);
    writeFile(folder() / "file.bin", Bytes(10, 'o'));
    FaultyServer server([&](const auto& request) { return serveContent(request, other); });
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, quick()); });
    QVERIFY2(message.find("sha256") != std::string::npos, message.c_str());
    QCOMPARE(readFile(folder() / "file.bin").size(), std::size_t{10});
    QVERIFY(!fs::exists(folder() / "file.bin.part"));
    QCOMPARE(server.requests().size(), std::size_t{1});
}

void DownloadTest::tooLongPart() {
    const std::string content = someContent(1000);
    writeFile(folder() / "file.bin.part", Bytes(5000, 'x'));
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::damagedSidecar() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    for (const std::string sidecar : {"", "{", "[1,2]", "{\"url\":7}", "null"}) {
        fs::remove_all(folder());
        writeFile(folder() / "file.bin.part", Bytes(content.begin(), content.begin() + 500));
        writeFile(folder() / "file.bin.part.json", Bytes(sidecar.begin(), sidecar.end()));
        download(sourceFor(server.url(), content), folder(), {}, quick());
        QVERIFY(textOf(folder() / "file.bin") == content);
    }
}

void DownloadTest::redirects() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) {
        FaultyServer::Reply reply;
        reply.status = 302;
        if (request.path == "/moved")
            reply.headers["Location"] = "/file.bin";
        else if (request.path == "/round")
            reply.headers["Location"] = "/round";
        else if (request.path == "/local")
            reply.headers["Location"] = "file:///etc/hostname";
        else
            return serveContent(request, content);
        reply.body = std::string(3000, 'r');
        return reply;
    });
    download(sourceFor(server.url("/moved"), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);

    fs::remove_all(folder());
    const std::size_t before = server.requests().size();
    std::string message =
        errorOf<NetworkError>([&] { download(sourceFor(server.url("/round"), content), folder(), {}, quick()); });
    QVERIFY2(message.find("in circles") != std::string::npos, message.c_str());
    QCOMPARE(server.requests().size() - before, std::size_t{6});
    message = errorOf<NetworkError>([&] { download(sourceFor(server.url("/local"), content), folder(), {}, quick()); });
    QVERIFY2(message.find("not https") != std::string::npos, message.c_str());
    expectNothingInstalled();
}

void DownloadTest::statusCodes() {
    const std::string content = someContent(1000);
    std::atomic<int> status{404};
    FaultyServer server([&](const auto&) {
        FaultyServer::Reply reply;
        reply.status = status;
        reply.body = content;
        return reply;
    });
    for (const int code : {400, 401, 403, 404, 410}) {
        status = code;
        const std::size_t before = server.requests().size();
        const std::string message =
            errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, quick()); });
        QVERIFY2(message.find("answers " + std::to_string(code)) != std::string::npos, message.c_str());
        QCOMPARE(server.requests().size() - before, std::size_t{1});
        expectNothingInstalled();
    }
}

void DownloadTest::comesBackAfterErrors() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) {
        auto reply = serveContent(request, content);
        if (request.number < 3) reply.status = std::array{500, 503, 429}[static_cast<std::size_t>(request.number)];
        return reply;
    });
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::nobodyAnswers() {
    const std::string content = someContent(1000);
    std::string url;
    {
        FaultyServer server([&](const auto& request) { return serveContent(request, content); });
        url = server.url();
    }
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(url, content), folder(), {}, quick()); });
    QVERIFY2(message.find("127.0.0.1 does not answer") != std::string::npos, message.c_str());
}

void DownloadTest::refusedAddresses() {
    for (const std::string url : {"http://example.org/a", "ftp://127.0.0.1/a", "file:///etc/passwd",
                                  "http://127.0.0.1.example.org/a", "http://127.0.0.1@example.org/a", "not an address", ""}) {
        const std::string message = errorOf<NetworkError>([&] { download(sourceFor(url, "x"), folder(), {}, quick()); });
        QVERIFY2(!message.empty(), url.c_str());
    }
    DownloadSource source = sourceFor("https://example.org/a", "x");
    for (const std::string name : {"", "..", ".", "a/b", "/etc/x", "../x"}) {
        source.fileName = name;
        QVERIFY2(!errorOf<NetworkError>([&] { download(source, folder(), {}, quick()); }).empty(), name.c_str());
    }
}

void DownloadTest::logInPage() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto&) {
        FaultyServer::Reply reply;
        reply.headers["Content-Type"] = "text/html; charset=utf-8";
        reply.body = "<html>Please log in</html>";
        return reply;
    });
    const std::string message = errorOf<NetworkError>([&] { download(sourceFor(server.url(), content), folder(), {}, quick()); });
    QVERIFY2(message.find("web page") != std::string::npos, message.c_str());
    expectNothingInstalled();
}

void DownloadTest::unwritableFolder() {
    writeFile(*m_home / "occupied", Bytes(1));
    QVERIFY_THROWS_EXCEPTION(StoreError,
                             download(sourceFor("https://example.org/a", "x"), *m_home / "occupied" / "below", {}, quick()));
}

void DownloadTest::fullDisk() {
    const std::string content = someContent(1'000'000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    const auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    getrlimit(RLIMIT_FSIZE, &old);
    for (const rlim_t limit : {rlim_t{0}, rlim_t{4096}, rlim_t{999'999}}) {
        fs::remove_all(folder());
        const rlimit small{limit, old.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        const std::string message =
            errorOf<StoreError>([&] { download(sourceFor(server.url(), content), folder(), {}, quick()); });
        setrlimit(RLIMIT_FSIZE, &old);
        QVERIFY2(message.find("Cannot write") != std::string::npos, message.c_str());
        expectNothingInstalled();
    }
    std::signal(SIGXFSZ, oldHandler);
    download(sourceFor(server.url(), content), folder(), {}, quick());
    QVERIFY(textOf(folder() / "file.bin") == content);

    DownloadSource huge = sourceFor(server.url("/huge"), content);
    huge.bytes = std::int64_t{1} << 60;
    huge.fileName = "huge.bin";
    QVERIFY(errorOf<StoreError>([&] { download(huge, folder(), {}, quick()); }).find("free") != std::string::npos);
}

void DownloadTest::onlyOneAtATime() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    const DownloadSource source = sourceFor(server.url(), content);
    std::string second;
    download(
        source, folder(),
        [&](const DownloadProgress&) {
            if (second.empty()) second = errorOf<StoreError>([&] { download(source, folder(), {}, quick()); });
            return true;
        },
        quick());
    QVERIFY2(second.find("already being downloaded") != std::string::npos, second.c_str());
    QVERIFY(textOf(folder() / "file.bin") == content);
}

void DownloadTest::mirror() {
    const std::string content = someContent(1000);
    FaultyServer server([&](const auto& request) { return serveContent(request, content); });
    const ScopedVariable variable("THAW_MIRROR", server.url("/school"));
    download(sourceFor("https://example.org/elsewhere", content), folder(), {}, quick());
    QCOMPARE(server.requests().at(0).path, std::string("/school/file.bin"));
    QVERIFY(textOf(folder() / "file.bin") == content);
}

QTEST_GUILESS_MAIN(DownloadTest)
#include "tst_download.moc"
