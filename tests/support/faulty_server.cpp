#include "tests/support/faulty_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace thaw::test {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

FaultyServer::FaultyServer(Handler handler) : m_handler(std::move(handler)) {
    m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (m_listener < 0 || bind(m_listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(m_listener, 16) != 0 ||
        getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size) != 0 || pipe(m_stop) != 0)
        throw std::runtime_error("cannot start a local server");
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { serve(); });
}

FaultyServer::~FaultyServer() {
    close(m_stop[1]);
    m_thread.join();
    close(m_stop[0]);
    close(m_listener);
}

std::string FaultyServer::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(m_port) + path; }

std::vector<FaultyServer::Request> FaultyServer::requests() const {
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

bool FaultyServer::waitFor(int descriptor, short events) const {
    pollfd both[2] = {{descriptor, events, 0}, {m_stop[0], POLLIN, 0}};
    while (poll(both, 2, -1) < 0) {
    }
    return both[1].revents == 0 && (both[0].revents & events) != 0;
}

void FaultyServer::serve() {
    while (waitFor(m_listener, POLLIN)) {
        const int client = accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        answer(client);
        close(client);
    }
}

void FaultyServer::answer(int client) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        char buffer[4096];
        if (!waitFor(client, POLLIN)) return;
        const ssize_t got = recv(client, buffer, sizeof buffer, 0);
        if (got <= 0) return;
        head.append(buffer, static_cast<std::size_t>(got));
    }

    Request request;
    std::istringstream lines(head);
    std::string line, method;
    std::getline(lines, line);
    std::istringstream(line) >> method >> request.path;
    while (std::getline(lines, line) && line != "\r") {
        const auto colon = line.find(": ");
        if (colon != std::string::npos)
            request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2, line.find('\r') - colon - 2);
    }
    if (const auto range = request.headers.find("range"); range != request.headers.end())
        request.rangeFirst = std::strtoll(range->second.c_str() + std::string("bytes=").size(), nullptr, 10);
    {
        const std::lock_guard lock(m_mutex);
        request.number = static_cast<int>(m_requests.size());
        m_requests.push_back(request);
    }

    const Reply reply = m_handler(request);
    const auto untilClientLeaves = [&] {
        char byte;
        while (waitFor(client, POLLIN) && recv(client, &byte, 1, 0) > 0) {
        }
    };
    if (reply.silent) return untilClientLeaves();

    std::string out = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\nConnection: close\r\n";
    if (reply.claimedLength != -1)
        out += "Content-Length: " +
               std::to_string(reply.claimedLength >= 0 ? reply.claimedLength : static_cast<std::int64_t>(reply.body.size())) +
               "\r\n";
    for (const auto& [name, value] : reply.headers) out += name + ": " + value + "\r\n";
    out += "\r\n";
    std::int64_t bytes = static_cast<std::int64_t>(reply.body.size());
    if (reply.dropAfter >= 0) bytes = std::min(bytes, reply.dropAfter);
    if (reply.stallAfter >= 0) bytes = std::min(bytes, reply.stallAfter);
    out.append(reply.body, 0, static_cast<std::size_t>(bytes));
    for (std::size_t done = 0; done < out.size();) {
        if (!waitFor(client, POLLOUT)) return;
        const ssize_t sent = send(client, out.data() + done, std::min<std::size_t>(out.size() - done, 64 * 1024), MSG_NOSIGNAL);
        if (sent <= 0) return;
        done += static_cast<std::size_t>(sent);
    }
    if (reply.stallAfter >= 0) untilClientLeaves();
}

FaultyServer::Reply serveContent(const FaultyServer::Request& request, const std::string& content, const std::string& etag) {
    FaultyServer::Reply reply;
    reply.headers["ETag"] = etag;
    reply.headers["Accept-Ranges"] = "bytes";
    const auto condition = request.headers.find("if-range");
    const bool same = condition == request.headers.end() || condition->second == etag;
    if (request.rangeFirst < 0 || !same) {
        reply.body = content;
    } else if (request.rangeFirst >= static_cast<std::int64_t>(content.size())) {
        reply.status = 416;
        reply.headers["Content-Range"] = "bytes */" + std::to_string(content.size());
    } else {
        reply.status = 206;
        reply.body = content.substr(static_cast<std::size_t>(request.rangeFirst));
        reply.headers["Content-Range"] = "bytes " + std::to_string(request.rangeFirst) + '-' +
                                         std::to_string(content.size() - 1) + '/' + std::to_string(content.size());
    }
    return reply;
}

}  // namespace thaw::test
