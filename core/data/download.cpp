#include "core/data/download.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/store/atomic_file.h"
#include "core/store/paths.h"
#include "core/store/system_error.h"
#include "core/util/hash.h"

namespace thaw::core {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr const char* kClosedEarly = "the server closed the connection too early";
constexpr auto kProgressInterval = std::chrono::milliseconds(100);
constexpr std::int64_t kSpareSpace = 64'000'000;  // left free on the disk beyond the file itself
constexpr const char* kLater = "Check the connection and try again: it goes on where it stopped.";

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return text;
}

std::string megabytes(std::int64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000) + " MB"; }

struct Address {
    std::string url;
    bool loopback = false;
    bool plain = false;  ///< http
};

std::string hostOf(const std::string& url) {
    const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
    char* host = nullptr;
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
        curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK)
        throw NetworkError("This is not an address: " + url, "Check it.");
    const std::string result = lower(host);
    curl_free(host);
    return result;
}

Address addressOf(const DownloadSource& source) {
    Address address{source.url, false, false};
    bool mirror = false;
    if (const char* base = std::getenv("THAW_MIRROR"); base && *base && !(source.sha256.empty() && source.md5.empty())) {
        mirror = true;
        address.url = base;
        if (address.url.back() != '/') address.url += '/';
        address.url += source.fileName;
    }
    const std::string host = hostOf(address.url);
    address.loopback = host == "127.0.0.1" || host == "localhost" || host == "[::1]";
    address.plain = lower(address.url).rfind("http://", 0) == 0;
    if (!address.plain && lower(address.url).rfind("https://", 0) != 0)
        throw NetworkError("Thaw downloads by https only, not from " + address.url + '.', "Give an https address.");
    if (address.plain && !address.loopback && !mirror)
        throw NetworkError("Thaw does not download by unencrypted http from " + host + '.', "Give an https address.");
    return address;
}

// "<name>.part", held by one process at a time.
class PartFile {
public:
    explicit PartFile(const fs::path& target) : m_path(target.string() + ".part"), m_sidecar(target.string() + ".part.json") {
        m_descriptor = open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (m_descriptor < 0) throw systemError("Cannot write", m_path, errno);
        if (flock(m_descriptor, LOCK_EX | LOCK_NB) != 0) {
            close(m_descriptor);
            throw StoreError(target.filename().string() + " is already being downloaded by another Thaw.",
                             "Wait until it is done.");
        }
        m_size = lseek(m_descriptor, 0, SEEK_END);
    }
    ~PartFile() { close(m_descriptor); }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    std::int64_t size() const { return m_size; }
    const fs::path& path() const { return m_path; }

    void append(const char* data, std::size_t bytes) {
        while (bytes > 0) {
            const ssize_t written = pwrite(m_descriptor, data, bytes, m_size);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) throw systemError("Cannot write", m_path, errno);
            data += written;
            bytes -= static_cast<std::size_t>(written);
            m_size += written;
        }
    }

    void restart() {
        if (ftruncate(m_descriptor, 0) != 0) throw systemError("Cannot write", m_path, errno);
        m_size = 0;
    }

    void remove() {
        unlink(m_path.c_str());
        unlink(m_sidecar.c_str());
    }

    void moveTo(const fs::path& target) {
        if (fsync(m_descriptor) != 0) throw systemError("Cannot write", m_path, errno);
        if (rename(m_path.c_str(), target.c_str()) != 0) throw systemError("Cannot write", target, errno);
        unlink(m_sidecar.c_str());
        syncFolder(target.parent_path());
    }

    /// What If-Range has to say so that the server goes on with the very same file; empty when nothing is known of it.
    std::string validatorFor(const std::string& url) const {
        try {
            const auto json = nlohmann::json::parse(readSmallFile(m_sidecar, 64 * 1024));
            return json.at("url") == url ? json.at("validator").get<std::string>() : std::string();
        } catch (const std::exception&) {
            return {};
        }
    }
    void remember(const std::string& url, const std::string& validator) const {
        writeFileAtomically(m_sidecar, nlohmann::json{{"url", url}, {"validator", validator}}.dump() + '\n');
    }

private:
    fs::path m_path, m_sidecar;
    int m_descriptor = -1;
    std::int64_t m_size = 0;
};

// How one connection ended when not by an exception.
enum class Outcome {
    Complete,     ///< the server sent all that it announced
    Interrupted,  ///< another try may go on from here
    Restart,      ///< what lies on the disk does not go with what the server has
};

// One request. Its callbacks run inside libcurl, which is C: exceptions wait in m_failure.
class Connection {
public:
    Connection(const DownloadSource& source, const Address& address, PartFile& part, const DownloadOptions& options)
        : m_source(source), m_address(address), m_part(part), m_options(options), m_offset(part.size()) {}

    /// `tick` is called every 100 ms or so; it throws to end the connection.
    template <typename Tick>
    Outcome run(const Tick& tick);

    const std::string& reason() const { return m_reason; }
    /// Whether the part now holds bytes of an earlier connection; `before` where this one brought no body.
    bool resumed(bool before) const { return m_bodyBegun && m_status < 300 ? m_resumed : before; }
    std::int64_t total() const { return m_total; }

private:
    static std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t onBody(char* data, std::size_t size, std::size_t count, void* self);
    void header(const std::string& line);
    void beginBody();
    void setUp(CURL* easy, curl_slist*& headers);
    Outcome outcome(CURLcode code);

    const DownloadSource& m_source;
    const Address& m_address;
    PartFile& m_part;
    const DownloadOptions& m_options;
    std::int64_t m_offset = 0, m_total = 0;
    CURL* m_easy = nullptr;
    bool m_bodyBegun = false, m_resumed = false, m_restart = false;
    long m_status = 0;
    std::int64_t m_contentLength = -1, m_rangeFirst = -1, m_rangeTotal = -1;
    std::string m_etag, m_lastModified, m_contentType, m_reason;
    std::exception_ptr m_failure;
};

std::size_t Connection::onHeader(char* data, std::size_t size, std::size_t count, void* self) {
    auto& connection = *static_cast<Connection*>(self);
    try {
        connection.header(std::string(data, size * count));
        return size * count;
    } catch (...) {
        connection.m_failure = std::current_exception();
        return 0;
    }
}

std::size_t Connection::onBody(char* data, std::size_t size, std::size_t count, void* self) {
    auto& connection = *static_cast<Connection*>(self);
    try {
        if (!connection.m_bodyBegun) connection.beginBody();
        if (connection.m_status >= 300) return size * count;  // an error page
        const std::int64_t limit = connection.m_source.bytes > 0 ? connection.m_source.bytes : connection.m_options.maxBytes;
        if (connection.m_part.size() + static_cast<std::int64_t>(size * count) > limit) {
            connection.m_part.remove();
            throw NetworkError(
                "The server sends more than the " + std::to_string(limit) + " bytes of " + connection.m_source.fileName + '.',
                "The file on the server is not the one that Thaw knows. Nothing was installed.");
        }
        connection.m_part.append(data, size * count);
        return size * count;
    } catch (...) {
        connection.m_failure = std::current_exception();
        return 0;
    }
}

void Connection::header(const std::string& line) {
    if (line.rfind("HTTP/", 0) == 0) {  // a new answer: after a redirect the old one no longer counts
        m_contentLength = m_rangeFirst = m_rangeTotal = -1;
        m_etag.clear();
        m_lastModified.clear();
        m_contentType.clear();
        return;
    }
    const auto colon = line.find(':');
    if (colon == std::string::npos) return;
    const std::string name = lower(line.substr(0, colon));
    const auto begin = line.find_first_not_of(" \t", colon + 1);
    const auto end = line.find_last_not_of(" \t\r\n");
    const std::string value = begin == std::string::npos || end < begin ? std::string() : line.substr(begin, end - begin + 1);
    if (name == "etag")
        m_etag = value;
    else if (name == "last-modified")
        m_lastModified = value;
    else if (name == "content-type")
        m_contentType = lower(value);
    else if (name == "content-length")
        m_contentLength = std::strtoll(value.c_str(), nullptr, 10);
    else if (name == "content-range") {
        long long first = -1, last = -1, total = -1;
        if (std::sscanf(value.c_str(), "bytes %lld-%lld/%lld", &first, &last, &total) >= 2) {
            m_rangeFirst = first;
            m_rangeTotal = total;
        }
    }
}

// The header is complete: does the body belong behind what is there, in its stead, or nowhere?
void Connection::beginBody() {
    m_bodyBegun = true;
    curl_easy_getinfo(m_easy, CURLINFO_RESPONSE_CODE, &m_status);
    if (m_status >= 300) return;
    if (m_status == 206 && m_rangeFirst == m_offset && m_offset > 0) {
        m_resumed = true;
        m_total = m_rangeTotal;
    } else if (m_status == 206) {
        m_restart = true;
        throw NetworkError("The server sent another part of " + m_source.fileName + " than was asked for.", kLater);
    } else {
        if (m_part.size() > 0) m_part.restart();
        m_offset = 0;
        m_total = m_contentLength;
    }
    if (m_source.bytes > 0 && m_total > 0 && m_total != m_source.bytes) {
        const bool page = m_contentType.rfind("text/html", 0) == 0;
        const std::string what = page ? "The server sent a web page instead of " + m_source.fileName + '.'
                                      : m_source.fileName + " has " + std::to_string(m_total) + " bytes on the server; " +
                                            std::to_string(m_source.bytes) + " are expected.";
        if (m_resumed) m_restart = true;
        throw NetworkError(what, page ? "Some networks ask for a log-in first: open a web page in a browser, then try again."
                                      : "The file on the server is not the one that Thaw knows. Nothing was installed.");
    }
    const bool strong = !m_etag.empty() && m_etag.rfind("W/", 0) != 0;  // If-Range takes no weak tag
    m_part.remember(m_address.url, strong ? m_etag : m_lastModified);
}

void Connection::setUp(CURL* easy, curl_slist*& headers) {
    m_easy = easy;
    curl_easy_setopt(easy, CURLOPT_URL, m_address.url.c_str());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Thaw/" THAW_VERSION);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(m_options.maxRedirects));
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, m_address.plain ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(m_options.connectTimeout.count()));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    if (m_address.loopback) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (m_offset > 0) {
        const std::string validator = m_part.validatorFor(m_address.url);
        headers = curl_slist_append(headers, ("Range: bytes=" + std::to_string(m_offset) + '-').c_str());
        if (!validator.empty()) headers = curl_slist_append(headers, ("If-Range: " + validator).c_str());
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    }
}

template <typename Tick>
Outcome Connection::run(const Tick& tick) {
    const std::unique_ptr<CURL, void (*)(CURL*)> easy(curl_easy_init(), curl_easy_cleanup);
    const std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi(curl_multi_init(), curl_multi_cleanup);
    if (!easy || !multi) throw NetworkError("Not enough memory for a download.");
    curl_slist* headers = nullptr;
    setUp(easy.get(), headers);
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headersOwner(headers, curl_slist_free_all);
    curl_multi_add_handle(multi.get(), easy.get());
    struct Detach {
        CURLM* multi;
        CURL* easy;
        ~Detach() { curl_multi_remove_handle(multi, easy); }
    } const detach{multi.get(), easy.get()};

    std::int64_t lastSize = m_part.size();
    auto lastProgress = Clock::now();
    const auto patience = m_options.giveUpAfter.count() > 0 ? m_options.giveUpAfter : Clock::duration::max();
    for (int running = 1; running > 0;) {
        curl_multi_perform(multi.get(), &running);
        if (m_failure) break;
        tick();
        if (running == 0) break;
        curl_multi_poll(multi.get(), nullptr, 0, static_cast<int>(kProgressInterval.count()), nullptr);
        if (m_part.size() != lastSize) {
            lastSize = m_part.size();
            lastProgress = Clock::now();
        } else if (Clock::now() - lastProgress >
                   std::min<Clock::duration>(patience, m_options.stallTimeout + (m_bodyBegun ? std::chrono::milliseconds(0)
                                                                                             : m_options.connectTimeout))) {
            m_reason = "nothing came any more";
            return Outcome::Interrupted;
        }
    }
    if (m_restart) {
        m_part.restart();
        return Outcome::Restart;
    }
    if (m_failure) std::rethrow_exception(m_failure);

    CURLcode code = CURLE_RECV_ERROR;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left))
        if (message->msg == CURLMSG_DONE) code = message->data.result;
    return outcome(code);
}

Outcome Connection::outcome(CURLcode code) {
    curl_easy_getinfo(m_easy, CURLINFO_RESPONSE_CODE, &m_status);
    const std::string host = hostOf(m_address.url);
    switch (code) {
        case CURLE_OK:
            break;
        case CURLE_TOO_MANY_REDIRECTS:
            throw NetworkError("The server sends the request round in circles.",
                               "Try again later; the server is set up wrongly.");
        case CURLE_UNSUPPORTED_PROTOCOL:
            throw NetworkError("The server redirects to an address that is not https.",
                               "Try again later; the server is set up wrongly.");
        case CURLE_COULDNT_RESOLVE_HOST:
            m_reason = host + " was not found";
            return Outcome::Interrupted;
        case CURLE_COULDNT_CONNECT:
            m_reason = host + " does not answer";
            return Outcome::Interrupted;
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
            m_reason = kClosedEarly;
            return Outcome::Interrupted;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
            throw NetworkError("The certificate of " + host + " cannot be verified.",
                               "Check this computer's date, and that the package ca-certificates is installed.");
        default:
            m_reason = lower(curl_easy_strerror(code));
            return Outcome::Interrupted;
    }
    if (m_status == 416) {
        m_part.restart();
        return Outcome::Restart;
    }
    if (m_status == 429 || m_status >= 500) {
        m_reason = "the server answers " + std::to_string(m_status);
        return Outcome::Interrupted;
    }
    if (m_status != 200 && m_status != 206)
        throw NetworkError("The server answers " + std::to_string(m_status) + " for " + m_address.url + '.',
                           m_status == 404 ? "The file is no longer there. Look for a newer Thaw." : "Try again later.");
    if (!m_bodyBegun) beginBody();  // an empty body
    return Outcome::Complete;
}

// Tells the caller how far it is, not too often, and asks whether to go on.
class Meter {
public:
    Meter(const ProgressCallback& callback, std::int64_t total) : m_callback(callback), m_total(total) {}

    void report(const std::string& activity, std::int64_t received, bool resumed, bool always = false) {
        if (!m_callback) return;
        const auto now = Clock::now();
        if (!always && activity == m_activity && now - m_last < kProgressInterval) return;
        if (activity != m_activity || received < m_windowReceived) {
            m_windowStart = now;
            m_windowReceived = received;
            m_rate = 0;
        }
        const double seconds = std::chrono::duration<double>(now - m_windowStart).count();
        if (seconds >= 1) {  // smoothed over a few seconds
            const double rate = static_cast<double>(received - m_windowReceived) / seconds;
            m_rate = m_rate > 0 ? 0.6 * m_rate + 0.4 * rate : rate;
            m_windowStart = now;
            m_windowReceived = received;
        } else if (m_rate <= 0 && seconds > 0.1) {
            m_rate = static_cast<double>(received - m_windowReceived) / seconds;
        }
        m_last = now;
        m_activity = activity;
        if (!m_callback({received, m_total, m_rate, resumed, activity})) throw Cancelled();
    }
    void setTotal(std::int64_t total) { m_total = total; }

private:
    const ProgressCallback& m_callback;
    std::int64_t m_total = 0;
    std::string m_activity;
    Clock::time_point m_last, m_windowStart;
    std::int64_t m_windowReceived = 0;
    double m_rate = 0;
};

// Empty when the file is the right one, else what is wrong with it.
std::string mismatch(const DownloadSource& source, const fs::path& file, Meter& meter, bool resumed) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw systemError("Cannot read", file, errno);
    struct Closer {
        int descriptor;
        ~Closer() { close(descriptor); }
    } const closer{descriptor};

    const bool sha256 = !source.sha256.empty();
    Digest digest(sha256 ? DigestKind::Sha256 : DigestKind::Md5);
    std::vector<char> buffer(1u << 20);
    std::int64_t size = 0;
    while (const ssize_t got = ::read(descriptor, buffer.data(), buffer.size())) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw systemError("Cannot read", file, errno);
        digest.update(buffer.data(), static_cast<std::size_t>(got));
        size += got;
        meter.report("Checking", size, resumed);
    }
    meter.report("Checking", size, resumed, true);
    if (source.bytes > 0 && size != source.bytes)
        return std::to_string(size) + " bytes instead of " + std::to_string(source.bytes);
    const std::string expected = lower(sha256 ? source.sha256 : source.md5);
    if (expected.empty()) return {};
    const std::string found = digest.hex();
    return found == expected ? std::string() : std::string(sha256 ? "sha256 " : "md5 ") + found + " instead of " + expected;
}

void waitBeforeRetry(std::chrono::milliseconds delay, Meter& meter, std::int64_t received, bool resumed) {
    for (const auto end = Clock::now() + delay; Clock::now() < end;) {
        std::this_thread::sleep_for(std::min<Clock::duration>(kProgressInterval, end - Clock::now()));
        meter.report("Waiting", received, resumed);
    }
}

void requireSpace(const DownloadSource& source, const fs::path& folder, std::int64_t have) {
    const long long free = freeSpace(folder);
    const std::int64_t needed = source.bytes - have + kSpareSpace;
    if (source.bytes <= 0 || free < 0 || free >= needed) return;
    throw StoreError("The disk of " + folder.string() + " has " + megabytes(free) + " free; " + source.fileName + " needs " +
                         megabytes(needed) + '.',
                     "Free some space on this disk.");
}

// Brings the part to its full length; `resumed` tells whether it is made of several connections.
void fetch(const DownloadSource& source, const Address& address, PartFile& part, Meter& meter, const DownloadOptions& options,
           bool& resumed) {
    std::string reason;
    int barren = 0;
    auto delay = options.retryDelay;
    auto lastProgress = Clock::now();
    for (int tries = 0; tries < options.maxTries; ++tries) {
        if (source.bytes > 0 && part.size() == source.bytes) return;
        if (part.size() > 0 && source.bytes > 0 && part.size() > source.bytes) part.restart();
        const std::int64_t before = part.size();
        DownloadOptions limits = options;
        if (options.giveUpAfter.count() > 0)
            limits.giveUpAfter = std::max(
                1ms, std::chrono::duration_cast<std::chrono::milliseconds>(options.giveUpAfter - (Clock::now() - lastProgress)));
        Connection connection(source, address, part, limits);
        const Outcome outcome = connection.run([&] {
            if (source.bytes <= 0 && connection.total() > 0) meter.setTotal(connection.total());
            meter.report("Downloading", part.size(), connection.resumed(resumed));
        });
        resumed = connection.resumed(resumed);
        const bool whole = source.bytes > 0 ? part.size() == source.bytes : outcome == Outcome::Complete;
        if (outcome == Outcome::Complete && whole) return;
        if (outcome == Outcome::Complete) reason = kClosedEarly;
        if (outcome == Outcome::Interrupted) reason = connection.reason();
        if (outcome == Outcome::Restart) reason = "the file on the server has changed";
        const bool progressed = outcome != Outcome::Restart && part.size() > before;
        barren = progressed ? 0 : barren + 1;
        if (progressed) {
            delay = options.retryDelay;
            lastProgress = Clock::now();
        }
        if (barren >= options.triesWithoutProgress) break;
        // The next try would wait before it connects.
        if (options.giveUpAfter.count() > 0 && Clock::now() + delay - lastProgress >= options.giveUpAfter) break;
        logMessage("info", source.fileName + ": " + reason + "; trying again.");
        if (outcome != Outcome::Restart) {
            waitBeforeRetry(delay, meter, part.size(), resumed);
            delay = std::min(delay * 2, std::chrono::milliseconds(8'000));
        }
    }
    throw NetworkError(source.fileName + " could not be downloaded: " + reason + '.', kLater);
}

}  // namespace

fs::path download(const DownloadSource& source, const fs::path& folder, const ProgressCallback& progress,
                  const DownloadOptions& options) {
    static std::once_flag initialised;
    std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });

    if (source.fileName.empty() || fs::path(source.fileName).filename() != source.fileName)
        throw NetworkError("\"" + source.fileName + "\" is not a file name.");
    ensureFolder(folder);
    const fs::path target = folder / source.fileName;
    Meter meter(progress, source.bytes);
    std::error_code ignored;
    const bool checkable = !source.sha256.empty() || !source.md5.empty();
    if (checkable && fs::is_regular_file(target, ignored) && mismatch(source, target, meter, false).empty()) return target;

    const Address address = addressOf(source);
    PartFile part(target);
    requireSpace(source, folder, part.size());
    // A part that was continued may be made of two different files; a second, whole download tells.
    for (bool again = false;; again = true) {
        bool resumed = part.size() > 0;
        fetch(source, address, part, meter, options, resumed);
        const std::string wrong = mismatch(source, part.path(), meter, resumed);
        if (wrong.empty()) break;
        part.restart();
        if (resumed && !again) continue;
        part.remove();
        throw NetworkError("The downloaded " + source.fileName + " is not the right file: it has " + wrong + '.',
                           "Nothing was installed. Try again later, or on another network.");
    }
    part.moveTo(target);
    return target;
}

}  // namespace thaw::core
