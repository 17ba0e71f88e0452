#include "app/application.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QSettings>
#include <QSocketNotifier>
#include <QTextStream>
#include <QTimer>

#include <unistd.h>
#include <csignal>
#include <ctime>
#include <utility>

#include "app/exit_deadline.h"
#include "core/api/engine_info.h"
#include "core/api/signals.h"
#include "ui/bridge/session.h"
#include "ui/models/log_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/window/main_window.h"

namespace thaw {
namespace {

constexpr int kUnpaintedMilliseconds = 1000;

constexpr int kEndingSignals[] = {SIGINT, SIGTERM, SIGHUP};  // SIGHUP: the terminal was closed

int signalPipe[2] = {-1, -1};

/// Signal handlers may do next to nothing: the number goes through a pipe into the event loop.
void forwardSignal(int number) {
    const char byte = static_cast<char>(number);
    [[maybe_unused]] const ssize_t written = ::write(signalPipe[1], &byte, 1);
}

void nameProgram() {
    QCoreApplication::setApplicationName(QStringLiteral("thaw"));
    QCoreApplication::setApplicationVersion(QString::fromStdString(core::version()));
}

struct CommandLine {
    QCommandLineParser parser;
    const QCommandLineOption lesson{QStringLiteral("run-lesson"), Application::tr("Start the lesson at once.")};
    const QCommandLineOption preset{QStringLiteral("preset"), Application::tr("Lesson file to start from, e.g. lesson-64."),
                                    Application::tr("name")};
    const QCommandLineOption data{QStringLiteral("data"), Application::tr("Folder or archive to look for data sets in first."),
                                  Application::tr("path")};
    const QCommandLineOption open{QStringLiteral("open"), Application::tr("Open a run of earlier."), Application::tr("folder")};
    const QCommandLineOption theme{QStringLiteral("theme"), Application::tr("light, dark or system."), Application::tr("name")};
    const QCommandLineOption scale{QStringLiteral("scale"), Application::tr("Classroom scale in percent: 100, 125 or 150."),
                                   Application::tr("percent")};
    QCommandLineOption quit{QStringLiteral("quit-after-first-paint")};  // for thaw-cli bench start
    const QCommandLineOption help, version;

    CommandLine() : help(parser.addHelpOption()), version(parser.addVersionOption()) {
        parser.setApplicationDescription(
            Application::tr("A studio for transfer learning. The same engine without a window: thaw-cli."));
        quit.setFlags(QCommandLineOption::HiddenFromHelp);
        parser.addOptions({lesson, preset, data, open, theme, scale, quit});
    }
};

}  // namespace

void Application::answerWithoutWindow(int argc, char** argv) {
    QStringList arguments;
    for (int i = 0; i < argc; ++i) arguments += QString::fromLocal8Bit(argv[i]);
    nameProgram();
    CommandLine line;
    line.parser.parse(arguments);
    if (!line.parser.isSet(line.help) && !line.parser.isSet(line.version)) return;
    QCoreApplication bare(argc, argv);
    line.parser.process(bare);
}

Application::Application(QApplication& application) : m_application(application) {
    nameProgram();
    QApplication::setApplicationDisplayName(tr("Thaw"));
    QApplication::setDesktopFileName(QStringLiteral("org.thaw.Thaw"));
}

Application::~Application() {
    for (const int number : kEndingSignals) core::handleSignal(number, SIG_DFL);
}

bool Application::parse(WindowOptions& options) {
    CommandLine line;
    line.parser.process(m_application);
    const QCommandLineParser& parser = line.parser;
    QTextStream complaint(stderr);
    if (!parser.positionalArguments().isEmpty()) {
        complaint << tr("Unknown argument: %1. See --help.").arg(parser.positionalArguments().front()) << Qt::endl;
        return false;
    }
    options.runLesson = parser.isSet(line.lesson);
    options.preset = parser.value(line.preset);
    options.data = parser.value(line.data);
    options.openRun = parser.value(line.open);
    options.quitAfterFirstPaint = parser.isSet(line.quit);
    options.theme = parser.value(line.theme);
    if (!options.theme.isEmpty() &&
        !QStringList({QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("system")}).contains(options.theme)) {
        complaint << tr("--theme knows light, dark and system.") << Qt::endl;
        return false;
    }
    if (parser.isSet(line.scale)) {
        const int percent = parser.value(line.scale).toInt();
        if (percent != 100 && percent != 125 && percent != 150) {
            complaint << tr("--scale knows 100, 125 and 150.") << Qt::endl;
            return false;
        }
        options.scale = percent / 100.0;
    }
    return true;
}

void Application::prepareLook(const WindowOptions& options) {
    ui::Theme& theme = ui::Theme::instance();
    int scheme = m_settings->value(QStringLiteral("look/scheme"), 0).toInt();
    if (!options.theme.isEmpty())
        scheme = options.theme == QLatin1String("light") ? 1 : options.theme == QLatin1String("dark") ? 2 : 0;
    const double scale = options.scale > 0 ? options.scale : m_settings->value(QStringLiteral("look/scale"), 1.0).toDouble();
    theme.setReducedMotion(m_settings->value(QStringLiteral("look/reduceMotion"), false).toBool());
    theme.prepareLook(static_cast<ui::ColorScheme>(qBound(0, scheme, 2)), scale);
}

void Application::listenToSignals() {
    if (::pipe(signalPipe) != 0) return;
    m_signals = std::make_unique<QSocketNotifier>(signalPipe[0], QSocketNotifier::Read);
    connect(m_signals.get(), &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        if (::read(signalPipe[0], &byte, 1) == 1) m_window->saveAndClose();
    });
    for (const int number : kEndingSignals) core::handleSignal(number, forwardSignal);
}

int Application::run() {
    WindowOptions options;
    if (!parse(options)) return 2;
    const auto file = core::configFolder() / "window.ini";
    m_settings = std::make_unique<QSettings>(QString::fromStdString(file.string()), QSettings::IniFormat);
    prepareLook(options);

    m_log = std::make_unique<ui::LogModel>();
    m_log->listenToCore();
    m_training = std::make_unique<ui::TrainingController>();
    m_library = std::make_unique<ui::LibraryController>();
    m_inspection = std::make_unique<ui::InspectionController>();
    m_session = std::make_unique<ui::Session>(*m_training, *m_library, *m_inspection);
    m_window = std::make_unique<ui::MainWindow>(*m_session, *m_log, *m_settings);
    ui::Theme::instance().finishLook();
    listenToSignals();
    connect(m_window.get(), &ui::MainWindow::leaving, this, beginExit);
    connect(&m_application, &QApplication::commitDataRequest, this, [this] { m_window->saveAndClose(); });

    if (!options.data.isEmpty()) m_session->setDataFolder(options.data);
    if (!options.preset.isEmpty()) m_session->chooseLesson(options.preset);
    m_window->installEventFilter(this);
    m_shown = [this, options] { begin(options); };
    m_window->show();
    QTimer::singleShot(kUnpaintedMilliseconds, this, [this] { tellShown(); });  // a window that starts minimised is not painted
    const int code = QApplication::exec();
    beginExit();
    return code;
}

/// What reads files and loads the engine: behind the first paint.
void Application::begin(const WindowOptions& options) {
    if (options.quitAfterFirstPaint) {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        QTextStream(stdout) << now.tv_sec << '.' << QString::number(now.tv_nsec).rightJustified(9, QLatin1Char('0')) << Qt::endl;
        return QCoreApplication::exit(0);
    }
    m_session->refresh();
    if (!options.openRun.isEmpty())
        m_session->openRun(options.openRun);
    else if (options.runLesson)
        m_session->runLesson();
}

bool Application::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Paint) QTimer::singleShot(0, this, [this] { tellShown(); });
    return QObject::eventFilter(watched, event);
}

void Application::tellShown() {
    m_window->removeEventFilter(this);
    if (const auto shown = std::exchange(m_shown, {})) shown();
}

}  // namespace thaw
