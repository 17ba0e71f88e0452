#include "core/train/read_ahead.h"

#include <ATen/Parallel.h>
#include <omp.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "core/api/reading_scope.h"

namespace thaw::core {
bool operator==(const PictureRequest& a, const PictureRequest& b) {
    return a.pictures == b.pictures && a.scaling == b.scaling && a.inputSize == b.inputSize && a.rows == b.rows &&
           a.changes == b.changes;
}

torch::Tensor networkInput(const PictureRequest& request) {
    return networkInput(*request.pictures, request.rows, request.changes, request.scaling, request.inputSize);
}

struct ReadAhead::Piece {
    explicit Piece(PictureRequest wanted) : request(std::move(wanted)) {}
    const PictureRequest request;
    enum class State { Waiting, InWork, Ready } state = State::Waiting;
    torch::Tensor result;
    std::exception_ptr error;
};

ReadAhead::ReadAhead(Prepare prepare) : m_prepare(std::move(prepare)) {}

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

std::shared_ptr<ReadAhead::Piece> ReadAhead::pieceOf(const PictureRequest& request) {
    while (!m_pieces.empty() && !(m_pieces.front()->request == request)) m_pieces.pop_front();
    return m_pieces.empty() ? nullptr : m_pieces.front();
}

torch::Tensor ReadAhead::resultOf(const std::shared_ptr<Piece>& piece) {
    m_pieces.pop_front();
    if (piece->error) std::rethrow_exception(piece->error);
    return piece->result;
}

torch::Tensor ReadAhead::take(const PictureRequest& request) {
    std::unique_lock lock(m_mutex);
    if (const std::shared_ptr<Piece> piece = pieceOf(request)) {
        if (piece->state != Piece::State::Waiting) {
            m_changed.wait(lock, [&] { return piece->state == Piece::State::Ready; });
            return resultOf(piece);
        }
        m_pieces.pop_front();
    }
    lock.unlock();
    return m_prepare(request);
}

torch::Tensor ReadAhead::takeBefore(const Deadline& deadline, const PictureRequest& request) {
    {
        const std::lock_guard lock(m_mutex);
        if (!pieceOf(request)) m_pieces.push_back(std::make_shared<Piece>(request));
        startThread();
    }
    m_changed.notify_all();
    std::unique_lock lock(m_mutex);
    const std::shared_ptr<Piece> piece = pieceOf(request);
    const bool there = m_changed.wait_until(lock, deadline.end(), [&] { return piece->state == Piece::State::Ready; });
    return there ? resultOf(piece) : torch::Tensor();
}

void ReadAhead::startThread() {
    if (!m_thread.joinable()) m_thread = std::thread([this] { work(); });
}

void ReadAhead::expect(PictureRequest request) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_pieces.size() >= kDepth) return;
        m_pieces.push_back(std::make_shared<Piece>(std::move(request)));
        startThread();
    }
    m_changed.notify_all();
}

void ReadAhead::work() {
    const ReadingScope scope(m_stop);
    // One thread is enough, and leaves the others to the network. LibTorch sets its own number at the first question.
    at::get_num_threads();
    omp_set_num_threads(1);
    std::unique_lock lock(m_mutex);
    for (;;) {
        const auto waiting = [&] {
            return std::find_if(m_pieces.begin(), m_pieces.end(),
                                [](const auto& piece) { return piece->state == Piece::State::Waiting; });
        };
        m_changed.wait(lock, [&] { return m_stop || waiting() != m_pieces.end(); });
        if (m_stop) return;
        const std::shared_ptr<Piece> piece = *waiting();
        piece->state = Piece::State::InWork;
        lock.unlock();
        torch::Tensor result;
        std::exception_ptr error;
        try {
            result = m_prepare(piece->request);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        piece->result = std::move(result);
        piece->error = error;
        piece->state = Piece::State::Ready;
        m_changed.notify_all();
    }
}

}  // namespace thaw::core
