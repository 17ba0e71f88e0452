#include "core/api/reading_scope.h"

#include "core/api/errors.h"

namespace thaw::core {
namespace {

thread_local const std::atomic<bool>* t_ended = nullptr;

}  // namespace

ReadingScope::ReadingScope(const std::atomic<bool>& ended) : m_before(t_ended) { t_ended = &ended; }

ReadingScope::~ReadingScope() { t_ended = m_before; }

void requireReadingWanted() {
    if (t_ended && *t_ended) throw Cancelled();
}

}  // namespace thaw::core
