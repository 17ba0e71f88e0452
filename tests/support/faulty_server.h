// A small HTTP/1.1 server on 127.0.0.1, in a thread of its own, that misbehaves as it is told to. One connection at a time, one
// request a connection.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace thaw::test {

class FaultyServer {
public:
    struct Request {
        int number = 0;  ///< from 0
        std::string path;
        std::map<std::string, std::string> headers;  ///< names in lower case
        std::int64_t rangeFirst = -1;                ///< of "Range: bytes=N-"
    };
    struct Reply {
        int status = 200;
        std::map<std::string, std::string> headers;
        std::string body;
        std::int64_t claimedLength = -2;  ///< Content-Length; -2: the truth, -1: none
        std::int64_t dropAfter = -1;      ///< bytes of the body after which the connection is closed
        std::int64_t stallAfter = -1;     ///< bytes of the body after which nothing comes until the client leaves
        bool silent = false;              ///< accepts and never answers
    };
    using Handler = std::function<Reply(const Request&)>;  ///< called in the server's thread

    explicit FaultyServer(Handler handler);
    ~FaultyServer();
    FaultyServer(const FaultyServer&) = delete;
    FaultyServer& operator=(const FaultyServer&) = delete;

    std::string url(const std::string& path = "/file.bin") const;
    std::vector<Request> requests() const;

private:
    void serve();
    void answer(int client);
    bool waitFor(int descriptor, short events) const;  ///< false: stopping or closed

    Handler m_handler;
    int m_listener = -1, m_port = 0;
    int m_stop[2] = {-1, -1};
    mutable std::mutex m_mutex;
    std::vector<Request> m_requests;
    std::thread m_thread;
};

/// What an honest server answers for a file: 200, 206 or 416, heeding Range and If-Range.
FaultyServer::Reply serveContent(const FaultyServer::Request& request, const std::string& content,
                                 const std::string& etag = "\"one\"");

}  // namespace thaw::test
