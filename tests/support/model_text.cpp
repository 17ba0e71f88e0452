#include "tests/support/model_text.h"

#include <QStringList>

namespace thaw::test {
namespace {

void append(const QAbstractItemModel& model, const QModelIndex& parent, int depth, QString& text) {
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(parent); ++column) {
            const QModelIndex index = model.index(row, column, parent);
            QString cell;
            if (const QVariant tick = model.data(index, Qt::CheckStateRole); tick.isValid())
                cell = tick.toInt() == Qt::Checked     ? QStringLiteral("[x] ")
                       : tick.toInt() == Qt::Unchecked ? QStringLiteral("[ ] ")
                                                       : QStringLiteral("[-] ");
            cells += cell + model.data(index).toString();
        }
        text += QString(2 * depth, QLatin1Char(' ')) + cells.join(QStringLiteral(" | ")).trimmed() + QLatin1Char('\n');
        append(model, model.index(row, 0, parent), depth + 1, text);
    }
}

}  // namespace

QString modelText(const QAbstractItemModel& model) {
    QString text;
    append(model, {}, 0, text);
    return text;
}

}  // namespace thaw::test
