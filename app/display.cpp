#include "app/display.h"

#include <QApplication>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace thaw {
namespace {

struct HeldMessage {
    QtMsgType type;
    QByteArray category, text;
};
std::vector<HeldMessage> held;
std::string askedFor;  // by QT_QPA_PLATFORM

bool isNamed(const char* variable) { return !qEnvironmentVariableIsEmpty(variable); }

std::string whyNot() {
    if (isNamed("DISPLAY"))
        return "the display " + qgetenv("DISPLAY").toStdString() + " does not answer, or Qt's plug-in for it is missing";
    if (isNamed("WAYLAND_DISPLAY"))
        return "the Wayland display " + qgetenv("WAYLAND_DISPLAY").toStdString() +
               " does not answer, or Qt's plug-in for it is missing (Debian's package qt6-wayland)";
    if (!askedFor.empty()) return "the platform " + askedFor + ", which QT_QPA_PLATFORM names, is not there or does not work";
    return "no display is named (DISPLAY and WAYLAND_DISPLAY are empty)";
}

[[noreturn]] void giveUp() {
    std::fprintf(
        stderr,
        "thaw: No window can be opened: %s. Start Thaw in a desktop session, or use thaw-cli, which trains and evaluates "
        "without a window.\n",
        whyNot().c_str());
    std::fflush(stderr);
    std::_Exit(EXIT_FAILURE);
}

/// Qt tells by a fatal message that no platform is left, and would abort() after it.
void holdMessages(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (type != QtFatalMsg) return held.push_back({type, context.category, text.toUtf8()});
    giveUp();
}

/// Qt tries the platforms of a list in turn; it adds none to what a user names.
void addPlatformsThatMayBeThere() {
    QByteArray platforms = qgetenv("QT_QPA_PLATFORM");
    askedFor = platforms.toStdString();
    if (platforms.isEmpty()) {
        const bool wayland = qgetenv("XDG_SESSION_TYPE") == "wayland" || !isNamed("DISPLAY");
        if (wayland && isNamed("WAYLAND_DISPLAY")) platforms = "wayland";
    }
    for (const auto& [display, platform] : {std::pair("DISPLAY", "xcb"), std::pair("WAYLAND_DISPLAY", "wayland")}) {
        bool listed = false;
        for (const QByteArray& part : platforms.split(';')) listed |= part.split(':').front() == platform;
        if (isNamed(display) && !listed) platforms += (platforms.isEmpty() ? "" : ";") + QByteArray(platform);
    }
    if (!platforms.isEmpty()) qputenv("QT_QPA_PLATFORM", platforms);
}

}  // namespace

std::unique_ptr<QApplication> openDisplay(int& argc, char** argv) {
    addPlatformsThatMayBeThere();
    const QtMessageHandler before = qInstallMessageHandler(holdMessages);
    auto application = std::make_unique<QApplication>(argc, argv);
    qInstallMessageHandler(before);
    if (QGuiApplication::screens().isEmpty()) giveUp();
    for (const HeldMessage& message : std::exchange(held, {}))
        QMessageLogger(nullptr, 0, nullptr, message.category.constData())
            .warning("%s", message.text.constData());  // what did not work before something did
    return application;
}

}  // namespace thaw
