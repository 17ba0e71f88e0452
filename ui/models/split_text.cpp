#include "ui/models/split_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

}  // namespace

QString picturesText(core::Split split) {
    switch (split) {
        case core::Split::Train:
            return say("training pictures");
        case core::Split::Test:
            return say("test pictures");
        case core::Split::HeldOut:
            return say("validation pictures");
    }
    return {};
}

QString picturesText(std::int64_t count) {
    return count == 1 ? say("1 picture") : say("%1 pictures").arg(QLocale().toString(static_cast<qlonglong>(count)));
}

QString picturesText(std::int64_t count, core::Split split) {
    if (count != 1) return say("%1 %2").arg(QLocale().toString(static_cast<qlonglong>(count)), picturesText(split));
    switch (split) {
        case core::Split::Train:
            return say("1 training picture");
        case core::Split::Test:
            return say("1 test picture");
        case core::Split::HeldOut:
            return say("1 validation picture");
    }
    return {};
}

QString lockText(const core::TestLock& lock) {
    if (!lock.validatesOnHeldOut) return {};
    if (lock.reveals == 0) return say("Test split locked");
    return lock.reveals == 1 ? say("Test split revealed once")
                             : say("Test split revealed %1 times").arg(QLocale().toString(lock.reveals));
}

}  // namespace thaw::ui
