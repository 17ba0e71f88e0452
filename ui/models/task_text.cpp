#include "ui/models/task_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

#include "ui/models/percent_text.h"

namespace thaw::ui {

QString scoreTitle(core::TaskKind task) { return QString::fromStdString(core::taskInfo(task).score.title); }

QString scoreWord(core::TaskKind task) { return QString::fromStdString(core::taskInfo(task).score.shortTitle); }

QString scoreValueText(core::TaskKind task, double value) {
    if (core::taskInfo(task).score.isShare) return percentText(value);
    if (!std::isfinite(value)) return QString(QChar(0x2013));
    return QLocale().toString(value, 'f', value < 9.995 ? 2 : value < 999.95 ? 1 : 0);
}

QString scoreInSentence(core::TaskKind task) { return QString::fromStdString(core::taskInfo(task).score.inSentence); }

QString scoreHelp(core::TaskKind task) { return QString::fromStdString(core::taskInfo(task).score.help); }

QString rateUnit(const core::ModelInfo& model) {
    if (model.task == core::TaskKind::ContinueText) return QCoreApplication::translate("thaw::ui::TaskText", "windows/s");
    return model.readsTexts() ? QCoreApplication::translate("thaw::ui::TaskText", "texts/s")
                              : QCoreApplication::translate("thaw::ui::TaskText", "images/s");
}

QString labelNames(const core::PictureSet& pictures, std::int64_t index, const QStringList& classNames) {
    QStringList names;
    for (int i = 0; i < static_cast<int>(classNames.size()); ++i)
        if (pictures.hasLabel(index, i)) names += classNames.at(i);
    if (!names.isEmpty() || pictures.labelSets.empty()) return names.join(QStringLiteral(", "));
    return QCoreApplication::translate("thaw::ui::TaskText", "no label");
}

}  // namespace thaw::ui
