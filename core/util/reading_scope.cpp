#include "core/api/reading_scope.h"

#include <utility>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

thread_local const ReadingScope* t_scope = nullptr;

}  // namespace

ReadingScope::ReadingScope(const std::atomic<bool>& ended, std::function<void(std::int64_t)> found)
    : m_before(t_scope), m_ended(ended), m_found(std::move(found)) {
    t_scope = this;
}

ReadingScope::~ReadingScope() { t_scope = m_before; }

void requireReadingWanted() {
    if (t_scope && t_scope->m_ended) throw Cancelled();
}

void tellFilesFound(std::int64_t files) {
    if (t_scope && t_scope->m_found) t_scope->m_found(files);
}

}  // namespace thaw::core
