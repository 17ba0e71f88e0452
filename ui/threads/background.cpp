#include "ui/threads/background.h"

#include <QString>

#include <utility>

#include "core/api/errors.h"
#include "core/api/text.h"

namespace thaw::ui {
namespace {

QString textOf(const std::exception& error) { return QString::fromStdString(core::textOfBytes(error.what())); }

}  // namespace

Background::Background(QObject* parent) : QObject(parent) {
    connect(this, &Background::answered, this, &Background::takeAnswers, Qt::QueuedConnection);
}

Background::~Background() = default;

void Background::add(std::function<std::function<void()>()> work, Failure failure) {
    m_thread.add([this, work = std::move(work), failure = std::move(failure)] {
        std::function<void()> answer;
        try {
            answer = work();
        } catch (const core::Error& error) {
            answer = [failure, what = textOf(error), hint = QString::fromStdString(error.hint())] { failure(what, hint); };
        } catch (const std::exception& error) {
            answer = [failure, what = textOf(error)] { failure(what, {}); };
        }
        post(std::move(answer));
    });
}

void Background::post(std::function<void()> call) {
    if (m_answers.put(std::move(call))) Q_EMIT answered();
}

void Background::takeAnswers() {
    for (const std::function<void()>& answer : m_answers.takeAll()) answer();
}

}  // namespace thaw::ui
