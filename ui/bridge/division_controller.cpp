#include "ui/bridge/division_controller.h"

#include <utility>

#include "core/api/errors.h"
#include "ui/models/path_text.h"
#include "ui/models/problem_text.h"

namespace thaw::ui {

DivisionController::DivisionController(Opener opener, QObject* parent) : QObject(parent), m_opener(std::move(opener)) {}

void DivisionController::open(const std::filesystem::path& location) {
    if (location != m_location) m_preview.reset();
    m_location = location;
    m_pictures.reset();
    ++m_listing;
    m_divisible = true;
    ask();
}

void DivisionController::setSplit(const core::SplitConfig& split) {
    if (split == m_split) return;
    m_split = split;
    ask();
}

/// One question at a time: while one is answered only the newest waits.
void DivisionController::ask() {
    if (m_location.empty() || !m_divisible) return Q_EMIT changed();
    if (m_busy) {
        m_again = true;
        return;
    }
    m_busy = true;
    Q_EMIT changed();
    m_divider.add(
        [this, listing = m_listing, location = m_location, split = m_split, pictures = m_pictures]() -> std::function<void()> {
            Answer answer{pictures, {}};
            if (!answer.pictures) answer.pictures = m_opener(location);
            // A split that cannot be made leaves the listing as it is.
            QString problem;
            try {
                answer.preview = std::make_shared<const core::DivisionPreview>(answer.pictures->preview(split));
            } catch (const core::DataError& error) {
                problem = problemText(nameText(error.what()), QString::fromStdString(error.hint()));
            }
            return [this, listing, answer, problem] {
                if (listing == m_listing) take(answer, problem);
                finish();
            };
        },
        [this, listing = m_listing](const QString& what, const QString& hint) {
            if (listing == m_listing) {
                m_divisible = false;
                m_preview.reset();
                m_problem = problemText(what, hint);
            }
            finish();
        });
}

void DivisionController::take(const Answer& answer, const QString& problem) {
    m_pictures = answer.pictures;
    m_preview = answer.preview;
    m_problem = problem;
    m_columns.clear();
    for (const std::string& column : m_pictures->columns()) m_columns << nameText(column);
}

void DivisionController::finish() {
    m_busy = false;
    if (std::exchange(m_again, false)) return ask();
    Q_EMIT changed();
}

}  // namespace thaw::ui
