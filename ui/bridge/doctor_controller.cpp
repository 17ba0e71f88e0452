#include "ui/bridge/doctor_controller.h"

#include <QUndoCommand>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "ui/models/path_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/problem_text.h"

namespace thaw::ui {
namespace {

constexpr int kTileSide = 160, kMostTiles = 1000;
constexpr std::size_t kTilesAtOnce = 12;
constexpr char kJudge[] = "mobilenet_v2";
constexpr double kTellEvery = 0.1;

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

QImage asImage(const core::RgbPicture& picture) { return imageOf(picture.rgb.data(), picture.width, picture.height); }

QImage greyTile() {
    QImage image(kTileSide, kTileSide, QImage::Format_RGB888);
    image.fill(Qt::gray);
    return image;
}

}  // namespace

/// Decisions and what stood in their place before.
class DecideCommand : public QUndoCommand {
public:
    DecideCommand(DoctorController& doctor, std::vector<core::Decision> made, std::vector<std::string> undone,
                  const QString& text)
        : QUndoCommand(text), m_doctor(doctor), m_made(std::move(made)), m_undone(std::move(undone)) {
        const auto remember = [this](const std::string& file) {
            const auto found = m_doctor.m_decided.find(file);
            if (found == m_doctor.m_decided.end())
                m_newFiles.push_back(file);
            else
                m_before.push_back(found->second);
        };
        for (const core::Decision& one : m_made) remember(one.file);
        for (const std::string& file : m_undone) remember(file);
    }
    void redo() override { m_doctor.apply(m_made, m_undone); }
    void undo() override { m_doctor.apply(m_before, m_newFiles); }

private:
    DoctorController& m_doctor;
    std::vector<core::Decision> m_made, m_before;
    std::vector<std::string> m_undone, m_newFiles;
};

DoctorController::DoctorController(DoctorCalls calls, QObject* parent)
    : QObject(parent), m_calls(std::move(calls)), m_tiles(kMostTiles) {}

DoctorController::~DoctorController() {
    m_closing = true;
    stop();
}

void DoctorController::open(const core::DatasetInfo& dataset) {
    const bool same = m_generation > 0 && dataset.location == m_dataset.location;
    m_dataset = dataset;
    if (same) return;
    stop();
    m_stop.reset();
    const int generation = ++m_generation;
    m_work = Work::None;
    m_problem.clear();
    m_checkup.reset();
    m_judged = false;
    m_findings.clear();
    m_decisions.clear();
    m_decided.clear();
    m_undo.clear();
    m_tiles.clear();
    m_wanted.clear();
    m_decidable = false;
    m_classNames.clear();
    for (const std::string& name : dataset.classNames) m_classNames << nameText(name);
    m_disk.add(
        [this, generation, location = dataset.location]() -> std::function<void()> {
            core::KeptDecisions kept = core::decisionsAbout(location);
            bool decidable = true;
            QString damaged = pathText(kept.damaged);
            try {
                core::requireDecidable(location, {});
            } catch (const core::DataError&) {
                decidable = false;
            }
            return [this, generation, decidable, damaged, list = std::move(kept.list)] {
                if (generation != m_generation) return;
                m_decidable = decidable;
                takeDecisions(list);
                if (!damaged.isEmpty())
                    Q_EMIT said(tr("Earlier decisions about these pictures cannot be read and do not count."), damaged);
            };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT said(what, hint); });
    m_reader.add(
        [this]() -> std::function<void()> {
            m_pictures.reset();
            return [] {};
        },
        [](const QString&, const QString&) {});
    Q_EMIT opened();
    Q_EMIT workChanged();
    Q_EMIT findingsChanged();
    Q_EMIT decisionsChanged();
}

bool DoctorController::canJudge() const { return m_dataset.task == core::TaskKind::OneLabel; }

void DoctorController::setLocked(bool locked) {
    if (locked == m_locked) return;
    m_locked = locked;
    Q_EMIT decisionsChanged();
}

void DoctorController::begin(Work work) {
    m_stop = std::make_shared<std::atomic<bool>>(false);
    m_work = work;
    m_done = m_total = 0;
    m_problem.clear();
    m_sinceBegin.start();
    Q_EMIT workChanged();
}

void DoctorController::end(const QString& problem) {
    m_work = Work::None;
    m_problem = problem;
    Q_EMIT workChanged();
}

void DoctorController::stop() {
    if (m_stop) *m_stop = true;
}

double DoctorController::secondsLeft() const {
    const double elapsed = static_cast<double>(m_sinceBegin.elapsed()) / 1000;
    if (m_work == Work::None || m_done <= 0 || m_total <= 0 || elapsed < 1) return -1;
    return elapsed * static_cast<double>(m_total - m_done) / static_cast<double>(m_done);
}

/// Told a few times a second; ends the work where `stop` is set.
core::CountCallback DoctorController::progressCallback(std::shared_ptr<std::atomic<bool>> stop) {
    auto last = std::make_shared<std::chrono::steady_clock::time_point>();
    return [this, stop = std::move(stop), last](std::int64_t done, std::int64_t total) {
        const auto time = std::chrono::steady_clock::now();
        if (std::chrono::duration<double>(time - *last).count() > kTellEvery) {
            *last = time;
            m_worker.post([this, stop, done, total] {
                if (stop != m_stop) return;
                m_done = done;
                m_total = total;
                Q_EMIT progressed();
            });
        }
        return !*stop;
    };
}

void DoctorController::check() {
    if (m_work != Work::None || m_generation == 0) return;
    begin(Work::Checking);
    const auto stop = m_stop;
    m_worker.add(
        [this, stop, location = m_dataset.location]() -> std::function<void()> {
            core::giveWayToOtherThreads();
            const auto begun = std::chrono::steady_clock::now();
            auto checkup = std::make_shared<const core::DatasetCheckup>(m_calls.check(location, progressCallback(stop)));
            std::vector<Finding> findings = findingsOf(*checkup);
            const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
            return [this, stop, checkup, findings = std::move(findings), seconds] {
                if (stop != m_stop) return;
                m_findings = findings;
                takeCheckup(checkup, seconds);
            };
        },
        [this, stop](const QString& what, const QString& hint) {
            if (stop == m_stop) end(*stop ? QString() : problemText(what, hint));
        });
}

void DoctorController::takeCheckup(std::shared_ptr<const core::DatasetCheckup> checkup, double seconds) {
    m_checkup = std::move(checkup);
    m_checkSeconds = seconds;
    m_checkedAt = now();
    m_judged = false;
    m_classNames.clear();
    for (const core::ClassCounts& one : m_checkup->classes) m_classNames << nameText(one.name);
    end();
    Q_EMIT findingsChanged();
}

void DoctorController::judge() {
    if (m_work != Work::None || !isChecked() || !canJudge()) return;
    begin(Work::Judging);
    core::SuspectsRequest request;
    request.folder = m_dataset.location;
    request.model = kJudge;
    const auto stop = m_stop;
    m_worker.add(
        [this, stop, request]() -> std::function<void()> {
            core::giveWayToOtherThreads();
            std::vector<Finding> found =
                findingsOf(m_calls.judge(request, progressCallback(stop)), QStringLiteral("MobileNetV2"));
            return [this, stop, found = std::move(found)] {
                if (stop != m_stop) return;
                const auto isJudged = [](const Finding& one) {
                    return one.kind == FindingKind::Suspects || one.kind == FindingKind::Unlike;
                };
                m_findings.erase(std::remove_if(m_findings.begin(), m_findings.end(), isJudged), m_findings.end());
                m_findings.insert(m_findings.end(), found.begin(), found.end());
                std::stable_sort(m_findings.begin(), m_findings.end(),
                                 [](const Finding& a, const Finding& b) { return a.kind < b.kind; });
                m_judged = true;
                end();
                Q_EMIT findingsChanged();
            };
        },
        [this, stop](const QString& what, const QString& hint) {
            if (stop == m_stop) end(*stop ? QString() : problemText(what, hint));
        });
}

void DoctorController::takeDecisions(std::vector<core::Decision> decisions) {
    m_decisions = std::move(decisions);
    m_decided.clear();
    for (const core::Decision& one : m_decisions) m_decided[one.file] = one;
    Q_EMIT decisionsChanged();
}

void DoctorController::decide(const std::vector<core::Decision>& decisions, const QString& text) {
    if (!canDecide() || decisions.empty()) return;
    std::vector<core::Decision> made = decisions;
    for (core::Decision& one : made) one.time = std::floor(now());
    m_undo.push(new DecideCommand(*this, std::move(made), {}, text));
}

void DoctorController::takeBack(const std::string& file) {
    if (!canDecide() || m_decided.count(file) == 0) return;
    m_undo.push(new DecideCommand(*this, {}, {file}, tr("Take the decision about %1 back").arg(nameText(file))));
}

/// Shown at once; the disk follows.
void DoctorController::apply(const std::vector<core::Decision>& made, const std::vector<std::string>& undone) {
    std::vector<core::Decision> list;
    for (const core::Decision& one : m_decisions) {
        const auto replaced = [&one](const core::Decision& other) { return other.file == one.file; };
        if (std::none_of(made.begin(), made.end(), replaced) && std::find(undone.begin(), undone.end(), one.file) == undone.end())
            list.push_back(one);
    }
    list.insert(list.end(), made.begin(), made.end());
    takeDecisions(std::move(list));
    m_disk.add(
        [this, location = m_dataset.location, made, undone]() -> std::function<void()> {
            core::changeDecisions(location, made, undone);
            return [this] { Q_EMIT decisionsKept(); };
        },
        [this, generation = m_generation, location = m_dataset.location](const QString& what, const QString& hint) {
            Q_EMIT said(what, hint);
            if (generation != m_generation) return;
            m_undo.clear();
            m_disk.add(
                [this, generation, location]() -> std::function<void()> {
                    return [this, generation, list = core::decisionsAbout(location).list] {
                        if (generation == m_generation) takeDecisions(list);
                    };
                },
                [](const QString&, const QString&) {});
        });
}

void DoctorController::exportDecisions(const QString& file) {
    m_disk.add(
        [this, file, decisions = m_decisions]() -> std::function<void()> {
            core::writeDecisionTable(decisions, pathOf(file));
            return [this, file] { Q_EMIT exported(file); };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT said(what, hint); });
}

QImage DoctorController::tile(const std::string& file) {
    if (const QImage* known = m_tiles.object(nameText(file))) return *known;
    if (std::find(m_wanted.begin(), m_wanted.end(), file) == m_wanted.end()) m_wanted.push_back(file);
    readTiles();
    return {};
}

void DoctorController::readTiles() {
    if (m_readingTiles || m_wanted.empty()) return;
    m_readingTiles = true;
    const std::size_t count = std::min(kTilesAtOnce, m_wanted.size());
    std::vector<std::string> files(m_wanted.end() - static_cast<std::ptrdiff_t>(count), m_wanted.end());
    m_wanted.resize(m_wanted.size() - count);
    const auto take = [this, generation = m_generation, files](const std::vector<QImage>& images) {
        m_readingTiles = false;
        if (generation == m_generation) {
            for (std::size_t i = 0; i < files.size(); ++i)
                m_tiles.insert(nameText(files[i]), new QImage(i < images.size() && !images[i].isNull() ? images[i] : greyTile()));
            Q_EMIT imagesArrived();
        }
        readTiles();
    };
    m_reader.add(
        [this, files, take, location = m_dataset.location]() -> std::function<void()> {
            if (!m_pictures) m_pictures = m_calls.pictures(location);
            std::vector<QImage> images;
            for (const core::RgbPicture& picture : m_pictures->squares(files, kTileSide, m_closing))
                images.push_back(picture.rgb.empty() ? QImage() : asImage(picture));
            return [take, images = std::move(images)] { take(images); };
        },
        [take](const QString&, const QString&) { take({}); });
}

void DoctorController::loadPicture(const std::string& file) {
    m_wantedPicture = file;
    m_reader.add(
        [this, file, location = m_dataset.location]() -> std::function<void()> {
            if (!m_pictures) m_pictures = m_calls.pictures(location);
            return [this, file, image = asImage(m_pictures->whole(file))] {
                if (file == m_wantedPicture) Q_EMIT pictureArrived(file, image);
            };
        },
        [this, file](const QString&, const QString&) {
            if (file == m_wantedPicture) Q_EMIT pictureArrived(file, {});
        });
}

}  // namespace thaw::ui
