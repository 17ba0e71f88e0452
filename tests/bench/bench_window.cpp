// Drives the real window: shows it, runs the lesson on real data, toggles layers, and measures how late the GUI thread answers.
// With --headless the same training runs without a window, for the comparison of their speeds; with --tab a view of what is
// learned is open all the time and follows every new checkpoint. --phase head measures feature extraction instead of fine-tuning.
// Prints JSON. usage: bench_window [--data DIR] [--seconds N] [--toggles N] [--train-limit N] [--phase head|fine]
//                                  [--headless | --tab predictions|matrix|inspector|map]
// Works on a display, under Xvfb and with QT_QPA_PLATFORM=offscreen. Leaves nothing behind: its folders are temporary.
#include <QApplication>
#include <QCommandLineParser>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSettings>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTimer>

#include <algorithm>
#include <vector>

#include "core/api/engine_info.h"
#include "core/api/trainer.h"
#include "core/api/weights_info.h"
#include "ui/bridge/session.h"
#include "ui/models/log_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/window/main_window.h"

using namespace thaw;

namespace {

constexpr int kBeatMilliseconds = 10;

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return -1;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// How much later than asked a precise timer of the GUI thread fires, in milliseconds.
class Heartbeat : public QObject {
public:
    Heartbeat() {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(kBeatMilliseconds);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            m_late.push_back(std::max(0.0, static_cast<double>(m_clock.nsecsElapsed()) * 1e-6 - kBeatMilliseconds));
            m_clock.start();
        });
    }
    void start() {
        m_clock.start();
        m_timer.start();
    }
    const std::vector<double>& late() const { return m_late; }

private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    std::vector<double> m_late;
};

/// The measured phase for longer than anybody measures, after one epoch of each earlier one.
core::RunConfig longPhase(core::RunConfig config, int measured, int trainLimit) {
    config.data.trainLimit = trainLimit;
    config.data.testLimit = trainLimit / 5;
    for (int phase = 0; phase < measured; ++phase) config.phases[static_cast<std::size_t>(phase)].epochs = 1;
    config.phases[static_cast<std::size_t>(measured)].epochs = 1000;
    return config;
}

/// Batches of the measured phase in so many seconds, by the Trainer alone.
int headlessBatches(const core::RunConfig& config, int measured, int milliseconds) {
    core::useComputeThreads(0);
    const auto trainer = core::makeTrainer(config);
    QElapsedTimer clock;
    int batches = 0;
    while (trainer->hasWork() && (!clock.isValid() || clock.elapsed() < milliseconds)) {
        for (const core::Event& event : trainer->step()) {
            const auto* batch = std::get_if<core::BatchFinished>(&event.data);
            if (!batch || batch->phase < measured) continue;
            if (!clock.isValid()) clock.start();
            ++batches;
        }
    }
    return batches;
}

}  // namespace

int main(int argc, char** argv) {
    if (const int code = core::runHdf5ImportChild(argc, argv); code >= 0) return code;
    core::prepareProcess(argc, argv);
    core::prepareEngine();
    QApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    const QCommandLineOption data(QStringLiteral("data"), QStringLiteral("Folder or archive of the data set."),
                                  QStringLiteral("path"));
    const QCommandLineOption length(QStringLiteral("seconds"), QStringLiteral("Seconds of training to measure."),
                                    QStringLiteral("n"), QStringLiteral("125"));
    const QCommandLineOption toggles(QStringLiteral("toggles"), QStringLiteral("Ticks set meanwhile."), QStringLiteral("n"),
                                     QStringLiteral("500"));
    const QCommandLineOption limit(QStringLiteral("train-limit"), QStringLiteral("Training pictures."), QStringLiteral("n"),
                                   QStringLiteral("20000"));
    const QCommandLineOption headless(QStringLiteral("headless"), QStringLiteral("Without a window."));
    const QCommandLineOption tab(QStringLiteral("tab"), QStringLiteral("With this view open."), QStringLiteral("name"),
                                 QStringLiteral("live"));
    const QCommandLineOption phase(QStringLiteral("phase"), QStringLiteral("What is measured."), QStringLiteral("head|fine"),
                                   QStringLiteral("fine"));
    parser.addOptions({data, length, toggles, limit, headless, tab, phase});
    parser.process(application);
    const int measured = parser.value(phase) == QLatin1String("head") ? 0 : 1;
    const QStringList tabs{QStringLiteral("live"), QStringLiteral("predictions"), QStringLiteral("matrix"),
                           QStringLiteral("inspector"), QStringLiteral("map")};
    const auto view = tabs.indexOf(parser.value(tab));
    if (view < 0) parser.showHelp(2);
    const int wanted = parser.value(toggles).toInt(), milliseconds = parser.value(length).toInt() * 1000,
              pictures = parser.value(limit).toInt();

    const QTemporaryDir home;
    qputenv("THAW_HOME", home.path().toUtf8());
    if (parser.isSet(headless)) {
        core::RunConfig config = longPhase(core::findLesson("lesson").config, measured, pictures);
        if (parser.isSet(data)) config.data.directory = parser.value(data).toStdString();
        const QJsonObject result{{QStringLiteral("batches"), headlessBatches(config, measured, milliseconds)}};
        QTextStream(stdout) << QJsonDocument(result).toJson();
        return 0;
    }
    QSettings settings(home.filePath(QStringLiteral("window.ini")), QSettings::IniFormat);
    ui::Theme::instance().apply();
    ui::LogModel log;
    ui::TrainingController training;
    ui::LibraryController library;
    ui::InspectionController inspection;
    ui::Session session(training, library, inspection);
    ui::MainWindow window(session, log, settings);
    window.resize(1440, 900);
    window.show();
    if (parser.isSet(data)) session.setDataFolder(parser.value(data));
    session.refresh();
    window.showTab(static_cast<int>(view));

    Heartbeat heartbeat;
    int confirmed = 0, sent = 0, batches = 0;
    QObject::connect(&training, &ui::TrainingController::layersChanged, &window, [&] { ++confirmed; });
    QObject::connect(&training, &ui::TrainingController::runFailed, &window, [&](const core::RunFailed& failed) {
        QTextStream(stderr) << "The run failed: " << QString::fromStdString(failed.what) << Qt::endl;
        QCoreApplication::exit(1);
    });

    // Toggles are spread over the measured time; which layers, a seeded generator says.
    QRandomGenerator random(7);
    QTimer toggler;
    toggler.setInterval(wanted > 0 ? std::max(1, milliseconds / wanted) : milliseconds);
    QObject::connect(&toggler, &QTimer::timeout, &window, [&] {
        if (sent >= wanted) return;
        const int headBegin = session.layers().modelInfo().headBegin;
        QModelIndex index;
        do {
            index = session.layers().indexOfLayer(random.bounded(headBegin - 4, headBegin));
        } while (!(index.flags() & Qt::ItemIsUserCheckable));
        const bool ticked = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        session.layers().setData(index, ticked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
        ++sent;
    });
    QObject::connect(&training, &ui::TrainingController::batchesFinished, &window,
                     [&](const std::vector<core::BatchFinished>& finished) {
                         if (finished.back().phase < measured) return;
                         if (batches == 0) {
                             heartbeat.start();
                             toggler.start();
                             QTimer::singleShot(milliseconds, &application,
                                                [] { QCoreApplication::exit(0); });  // quit() would ask about the run
                         }
                         batches += static_cast<int>(finished.size());
                     });
    QObject::connect(&library, &ui::LibraryController::lessonsListed, &window, [&] {
        if (session.isActive()) return;
        session.setConfig(longPhase(session.config(), measured, pictures));
        session.start();
    });

    const int code = QApplication::exec();
    const std::vector<double>& late = heartbeat.late();
    const QJsonObject result{{QStringLiteral("beats"), static_cast<qint64>(late.size())},
                             {QStringLiteral("late_p50_ms"), quantile(late, 0.5)},
                             {QStringLiteral("late_p99_ms"), quantile(late, 0.99)},
                             {QStringLiteral("late_max_ms"), quantile(late, 1.0)},
                             {QStringLiteral("toggles_sent"), sent},
                             {QStringLiteral("layer_changes_confirmed"), confirmed},
                             {QStringLiteral("batches"), batches}};
    QTextStream(stdout) << QJsonDocument(result).toJson();
    return code;
}
