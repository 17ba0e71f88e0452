#include "ui/bridge/continuation_controller.h"

#include <algorithm>
#include <mutex>

#include "ui/bridge/training_controller.h"
#include "ui/models/problem_text.h"

namespace thaw::ui {
namespace {

const QString kPrompts = QStringLiteral("continuations"), kWriting = QStringLiteral("write on");
constexpr const char* kStart = "start";
constexpr int kSettleMilliseconds = 300;  // after the last change of the sampling

/// From the thread that writes to the GUI thread.
struct Progress {
    std::mutex mutex;
    core::GeneratedText text;
};

}  // namespace

ContinuationController::ContinuationController(TrainingController& training, InspectionController& inspection, QObject* parent)
    : QObject(parent), m_training(training), m_inspection(inspection) {
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMilliseconds);
    connect(&m_settle, &QTimer::timeout, this, &ContinuationController::askNext);
    connect(&inspection, &InspectionController::subjectChanged, this, &ContinuationController::takeSubject);
    connect(&inspection, &InspectionController::checkpointsChanged, this, &ContinuationController::takeMoments);
    connect(&training, &TrainingController::textGenerated, this, &ContinuationController::takeGenerated);
    connect(&training, &TrainingController::commandRefused, this, [this](quint64 request, const QString& reason) {
        if (request == 0 || request != m_request) return;
        endWriting();
        Q_EMIT writingFailed(reason);
    });
    connect(&training, &TrainingController::stateChanged, this, [this](core::TrainerState state) {
        if (m_request != 0 && (state == core::TrainerState::Failed || state == core::TrainerState::Idle)) endWriting();
        if (isOpen()) Q_EMIT writtenChanged();
    });
    takeSubject();
}

core::GenerationSettings ContinuationController::usualSampling() {
    core::GenerationSettings settings;
    settings.tokens = 60;
    settings.temperature = 0.8;
    settings.topK = 40;
    settings.seed = 42;
    return settings;
}

core::GenerationSettings ContinuationController::plainSampling() {
    core::GenerationSettings settings = usualSampling();
    settings.temperature = 1;
    settings.topK = 0;
    return settings;
}

const core::InspectedRun* ContinuationController::run() const {
    const InspectionSubject* subject = m_inspection.subject();
    return subject && subject->run.config.task == core::TaskKind::ContinueText ? &subject->run : nullptr;
}

bool ContinuationController::isOpen() const { return run() != nullptr; }

// --- columns ----------------------------------------------------------------------------------------------------------------

std::vector<core::KeptCheckpoint> ContinuationController::moments() const {
    std::vector<core::KeptCheckpoint> moments;
    if (!isOpen()) return moments;
    const std::vector<core::KeptCheckpoint>& kept = m_inspection.subject()->checkpoints;
    core::KeptCheckpoint start;
    start.name = kStart;
    if (kept.empty() || kept.front().step > 0) moments.push_back(start);
    for (const core::KeptCheckpoint& one : kept)
        if (one.endsEpoch || one.step == 0 || &one == &kept.back()) moments.push_back(one);
    return moments;
}

bool ContinuationController::isNewest(const core::KeptCheckpoint& moment) const {
    return isOpen() && !m_inspection.subject()->checkpoints.empty() &&
           m_inspection.subject()->checkpoints.back().name == moment.name;
}

std::optional<core::KeptCheckpoint> ContinuationController::columnMoment(int column) const {
    const std::vector<core::KeptCheckpoint> all = moments();
    const int count = static_cast<int>(all.size());
    for (const core::KeptCheckpoint& one : all)
        if (m_chosen.contains(column) && one.name == m_chosen.value(column)) return one;
    // By default the first, the second and the newest; with fewer of them the columns on the right wait.
    const int index = column == kColumns - 1 && count >= kColumns ? count - 1 : column;
    return index < count ? std::optional(all[static_cast<std::size_t>(index)]) : std::nullopt;
}

void ContinuationController::chooseMoment(int column, const std::string& checkpoint) {
    const std::vector<core::KeptCheckpoint> all = moments();
    if (column == kColumns - 1 && !all.empty() && all.back().name == checkpoint)
        m_chosen.remove(column);  // follows the newest
    else
        m_chosen.insert(column, checkpoint);
    takeMoments();
}

void ContinuationController::setMiddleColumn(bool shown) {
    if (m_middle == shown) return;
    m_middle = shown;
    askNext();
}

// --- prompts ----------------------------------------------------------------------------------------------------------------

void ContinuationController::setPrompts(const QStringList& prompts) {
    m_prompts = prompts;
    dropPrompts();
    Q_EMIT promptsChanged();
    askNext();
}

void ContinuationController::addPrompt(const QString& prompt) {
    if (prompt.trimmed().isEmpty()) return;
    QStringList prompts = m_prompts;
    prompts.removeAll(prompt);
    prompts.prepend(prompt);
    setPrompts(prompts);
}

void ContinuationController::removePrompt(int index) {
    QStringList prompts = m_prompts;
    prompts.removeAt(index);
    setPrompts(prompts);
}

QString ContinuationController::keyOf(const std::string& checkpoint, const QString& prompt) const {
    const core::GenerationSettings& how = m_sampling;
    return QStringLiteral("%1 %2 %3 %4 %5 %6 %7")
        .arg(QString::fromStdString(checkpoint))
        .arg(how.tokens)
        .arg(how.temperature)
        .arg(how.topK)
        .arg(how.topP)
        .arg(how.seed)
        .arg(prompt);
}

ContinuationController::Cell ContinuationController::cell(int prompt, int column) const {
    const std::optional<core::KeptCheckpoint> moment = columnMoment(column);
    if (!moment || prompt < 0 || prompt >= m_prompts.size()) return {};
    const QString key = keyOf(moment->name, m_prompts.at(prompt));
    if (key == m_asked) return {Cell::State::Writing, {}};
    return m_cells.value(key);
}

std::optional<ContinuationController::Place> ContinuationController::nextPlace() const {
    // The newest first.
    for (int column = kColumns - 1; column >= 0; --column) {
        const std::optional<core::KeptCheckpoint> moment = isColumnShown(column) ? columnMoment(column) : std::nullopt;
        for (int prompt = 0; moment && prompt < m_prompts.size(); ++prompt)
            if (!m_cells.contains(keyOf(moment->name, m_prompts.at(prompt)))) return Place{prompt, column, moment->name};
    }
    return std::nullopt;
}

void ContinuationController::dropPrompts() {
    m_inspection.cancel(this, kPrompts);
    m_asked.clear();
}

void ContinuationController::askNext() {
    if (!m_active || !isOpen() || !m_asked.isEmpty() || m_settle.isActive()) return;
    const std::optional<Place> place = nextPlace();
    if (!place) return;
    core::GenerationSettings settings = m_sampling;
    settings.prompt = m_prompts.at(place->prompt).toStdString();
    m_asked = keyOf(place->checkpoint, m_prompts.at(place->prompt));
    const auto answered = [this, key = m_asked](const Cell& cell) {
        m_cells.insert(key, cell);
        m_asked.clear();
        askNext();
        Q_EMIT cellsChanged();
    };
    m_inspection.askAboutRun<core::GeneratedText>(
        this, kPrompts, InspectionController::Lane::Long,
        [settings, checkpoint = place->checkpoint](core::Inspector& inspector, const std::string&,
                                                   const core::CountCallback& progress) {
            return inspector.continueText(checkpoint, settings, [&](const core::GeneratedText& soFar) {
                return progress(static_cast<std::int64_t>(soFar.tokens.size()), settings.tokens);
            });
        },
        [answered](const core::GeneratedText& made) {
            answered({Cell::State::Written, QString::fromStdString(made.text)});
        },
        {},
        [answered](const QString& what, const QString& hint) {
            answered({Cell::State::Failed, problemText(what, hint)});
        });
    Q_EMIT cellsChanged();
}

void ContinuationController::setSampling(const core::GenerationSettings& sampling) {
    m_sampling = sampling;
    m_sampling.prompt.clear();
    m_sampling.foretold = 0;
    dropPrompts();
    m_settle.start();
    Q_EMIT samplingChanged();
    Q_EMIT cellsChanged();
}

void ContinuationController::setActive(bool active) {
    m_active = active;
    if (active) return askNext();
    dropPrompts();
    Q_EMIT cellsChanged();
}

void ContinuationController::takeSubject() {
    dropPrompts();
    m_cells.clear();
    const QString runId = run() ? QString::fromStdString(run()->runId) : QString();
    if (runId != m_runId) {
        m_chosen.clear();
        stopWriting();
        m_written = {};
        m_writtenFrom.clear();
    }
    m_runId = runId;
    Q_EMIT runChanged();
    takeMoments();
}

bool ContinuationController::isShown(const QString& key) const {
    for (int column = 0; column < kColumns; ++column)
        if (const auto moment = columnMoment(column); moment && isColumnShown(column))
            for (const QString& prompt : m_prompts)
                if (keyOf(moment->name, prompt) == key) return true;
    return false;
}

void ContinuationController::takeMoments() {
    if (!m_asked.isEmpty() && !isShown(m_asked)) dropPrompts();
    Q_EMIT momentsChanged();
    askNext();
    Q_EMIT cellsChanged();
}

// --- writing on -------------------------------------------------------------------------------------------------------------

bool ContinuationController::isLive() const {
    const auto& training = m_training.run();
    const core::TrainerState state = m_training.state();
    return run() && training && training->runId == run()->runId &&
           (state == core::TrainerState::Running || state == core::TrainerState::Paused);
}

void ContinuationController::writeOn(const QString& text) { begin(text, m_sampling.tokens); }
void ContinuationController::foretell(const QString& text) { begin(text, 0); }

void ContinuationController::begin(const QString& text, int tokens) {
    if (!isOpen()) return;
    stopWriting();
    m_writtenFrom = text;
    m_written.text.clear();
    m_written.tokens.clear();
    core::GenerationSettings settings = m_sampling;
    settings.prompt = text.toStdString();
    settings.tokens = tokens;
    settings.foretold = kNextWords;
    m_writing = tokens > 0;
    if (isLive())
        m_request = m_training.generateText(settings);
    else
        writeByCheckpoint(settings);
    Q_EMIT writtenChanged();
}

void ContinuationController::writeByCheckpoint(const core::GenerationSettings& settings) {
    const std::vector<core::KeptCheckpoint> all = moments();
    const auto shared = std::make_shared<Progress>();
    m_inspection.askAboutRun<core::GeneratedText>(
        this, kWriting, InspectionController::Lane::Quick,
        [settings, shared, checkpoint = all.back().name](core::Inspector& inspector, const std::string&,
                                                         const core::CountCallback& progress) {
            return inspector.continueText(checkpoint, settings, [&](const core::GeneratedText& soFar) {
                {
                    const std::lock_guard lock(shared->mutex);
                    shared->text = soFar;
                }
                return progress(static_cast<std::int64_t>(soFar.tokens.size()), settings.tokens);
            });
        },
        [this](const core::GeneratedText& made) {
            m_written = made;
            endWriting();
        },
        [this, shared](std::int64_t, std::int64_t) {
            {
                const std::lock_guard lock(shared->mutex);
                m_written = shared->text;
            }
            Q_EMIT writtenChanged();
        },
        [this](const QString& what, const QString& hint) {
            endWriting();
            Q_EMIT writingFailed(problemText(what, hint));
        });
}

void ContinuationController::takeGenerated(const core::TextGenerated& generated) {
    if (generated.requestId == 0 || generated.requestId != m_request) return;
    m_written = *generated.text;
    if (generated.finished) return endWriting();
    Q_EMIT writtenChanged();
}

void ContinuationController::stopWriting() {
    if (m_request != 0) m_training.stopGenerating();
    m_inspection.cancel(this, kWriting);
    if (m_writing || m_request != 0) endWriting();
}

void ContinuationController::endWriting() {
    m_writing = false;
    m_request = 0;
    Q_EMIT writtenChanged();
}

}  // namespace thaw::ui
