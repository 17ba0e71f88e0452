#include "ui/models/log_model.h"
#include "ui/models/plain_text.h"

#include <QDateTime>

#include <algorithm>

#include "core/api/engine_info.h"
#include "ui/threads/mailbox.h"

namespace thaw::ui {
namespace {

LogLevel levelFromName(const std::string& name) {
    if (name == "debug") return LogLevel::Debug;
    if (name == "warning") return LogLevel::Warning;
    if (name == "error") return LogLevel::Error;
    return LogLevel::Info;
}

}  // namespace

/// Shared with the listener, which may be in the middle of a call while the model goes.
class LogModel::Inbox : public QObject {
    Q_OBJECT
public:
    void put(Line line) {
        if (m_lines.put(std::move(line))) Q_EMIT arrived();
    }
    std::vector<Line> takeAll() { return m_lines.takeAll(); }

Q_SIGNALS:
    void arrived();

private:
    Mailbox<Line> m_lines;
};

LogModel::LogModel(QObject* parent) : QAbstractTableModel(parent) {}

LogModel::~LogModel() {
    if (m_listener) core::removeLogListener(m_listener);
}

void LogModel::listenToCore() {
    if (m_listener) return;
    m_inbox = std::make_shared<Inbox>();
    connect(
        m_inbox.get(), &Inbox::arrived, this, [this] { add(m_inbox->takeAll()); }, Qt::QueuedConnection);
    m_listener = core::addLogListener([inbox = m_inbox](double time, const std::string& level, const std::string& text) {
        inbox->put({time, levelFromName(level), QString::fromStdString(text)});
    });
}

void LogModel::append(double secondsSince1970, LogLevel level, const QString& text) { add({{secondsSince1970, level, text}}); }

QString LogModel::lastText() const {
    const auto found =
        std::find_if(m_lines.rbegin(), m_lines.rend(), [](const Line& line) { return line.level >= LogLevel::Info; });
    return found == m_lines.rend() ? QString() : found->text;
}

void LogModel::clear() {
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

void LogModel::add(std::vector<Line> lines) {
    if (lines.size() > kMaximumLines) lines.erase(lines.begin(), lines.end() - kMaximumLines);
    const int surplus = static_cast<int>(m_lines.size() + lines.size()) - kMaximumLines;
    if (surplus > 0) {
        beginRemoveRows({}, 0, surplus - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + surplus);
        endRemoveRows();
    }
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(lines.size()) - 1);
    m_lines.insert(m_lines.end(), lines.begin(), lines.end());
    endInsertRows();
    for (const Line& line : lines) Q_EMIT lineAdded(line.time, line.level, line.text);
}

int LogModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_lines.size()); }
int LogModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Line& line = m_lines[static_cast<std::size_t>(index.row())];
    const auto timeText = [&] {
        return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(line.time * 1000)).toString(QStringLiteral("HH:mm:ss"));
    };
    const auto levelText = [&] {
        switch (line.level) {
            case LogLevel::Debug:
                return tr("Detail");
            case LogLevel::Info:
                return tr("Note");
            case LogLevel::Warning:
                return tr("Warning");
            case LogLevel::Error:
                return tr("Error");
        }
        return QString();
    };
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case TimeColumn:
                    return timeText();
                case LevelColumn:
                    return levelText();
                case TextColumn:
                    return line.text;
            }
            return {};
        case Qt::ToolTipRole:
            return index.column() == TextColumn ? toolTipText(line.text) : QVariant();
        case LevelRole:
            return static_cast<int>(line.level);
        case LineRole:
            return QStringLiteral("%1 %2 %3").arg(timeText(), levelText(), line.text);
    }
    return {};
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (section) {
        case TimeColumn:
            return tr("Time");
        case LevelColumn:
            return tr("Level");
        case TextColumn:
            return tr("Message");
    }
    return {};
}

LogFilterModel::LogFilterModel(QObject* parent) : QSortFilterProxyModel(parent) {}

void LogFilterModel::setMinimumLevel(LogLevel level) {
    if (m_minimum == level) return;
    m_minimum = level;
    invalidateFilter();
}

bool LogFilterModel::filterAcceptsRow(int row, const QModelIndex& parent) const {
    return sourceModel()->index(row, 0, parent).data(LogModel::LevelRole).toInt() >= static_cast<int>(m_minimum);
}

}  // namespace thaw::ui

#include "log_model.moc"
