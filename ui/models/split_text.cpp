#include "ui/models/split_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

}  // namespace

QString picturesText(core::Split split) {
    switch (split) {
        case core::Split::Train: return say("training pictures");
        case core::Split::Test: return say("test pictures");
        case core::Split::HeldOut: return say("validation pictures");
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
