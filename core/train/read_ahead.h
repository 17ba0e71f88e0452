// Pictures on their way into the network, prepared in a thread of their own while the caller computes on the ones before. What
// comes out is the same whether it was expected or not.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <torch/torch.h>

#include "core/data/preprocess.h"
#include "core/train/deadline.h"

namespace thaw::core {

/// The arguments of networkInput.
struct PictureRequest {
    std::shared_ptr<const PictureSet> pictures;
    std::vector<std::int64_t> rows;
    std::vector<PictureChange> changes;
    Scaling scaling = Scaling::ImageNet;
    int inputSize = 32;
};
bool operator==(const PictureRequest& a, const PictureRequest& b);

torch::Tensor networkInput(const PictureRequest& request);

/// Belongs to one thread, which calls it.
class ReadAhead {
public:
    using Prepare = std::function<torch::Tensor(const PictureRequest&)>;
    static constexpr std::size_t kDepth = 2;  ///< requests that wait at most

    /// `prepare` is called in either thread, in both at once.
    explicit ReadAhead(Prepare prepare = [](const PictureRequest& request) { return networkInput(request); });
    /// Ends the one that is being prepared: pictures that are read from files end with Cancelled.
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    /// What `prepare` gives or throws: at once where it was expected in time. Forgets what was expected before it, or everything
    /// when it was not expected at all.
    torch::Tensor take(const PictureRequest& request);
    /// The same, of a set that is not in memory; undefined where it is not there by the deadline: to be asked for again.
    torch::Tensor takeBefore(const Deadline& deadline, const PictureRequest& request);
    /// Announces what will be taken next; no more than kDepth.
    void expect(PictureRequest request);

private:
    struct Piece;
    void work();
    void startThread();
    /// The first one, after those before `request` are forgotten; null where it was not expected. Under the lock.
    std::shared_ptr<Piece> pieceOf(const PictureRequest& request);
    torch::Tensor resultOf(const std::shared_ptr<Piece>& piece);

    Prepare m_prepare;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::shared_ptr<Piece>> m_pieces;  // in the order in which they were announced
    std::atomic<bool> m_stop{false};
    std::thread m_thread;  // since the first announcement
};

}  // namespace thaw::core
