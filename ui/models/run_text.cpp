#include "ui/models/run_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace thaw::ui {
namespace {

QString say(const char* text) { return QCoreApplication::translate("thaw::ui", text); }

}  // namespace

QString runName(const core::RunSummary& run) {
    if (run.named) return QString::fromStdString(run.title);
    return run.number > 0 ? say("Run %1").arg(run.number) : QString::fromStdString(run.runId);
}

QString dayText(double secondsSince1970) {
    if (!(secondsSince1970 > 0)) return {};
    const QDateTime moment = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(secondsSince1970 * 1000));
    const QString clock = QLocale().toString(moment.time(), QLocale::ShortFormat);
    const qint64 days = moment.date().daysTo(QDate::currentDate());
    if (days == 0) return say("today %1").arg(clock);
    if (days == 1) return say("yesterday %1").arg(clock);
    return QLocale().toString(moment.date(), QLocale::ShortFormat);
}

}  // namespace thaw::ui
