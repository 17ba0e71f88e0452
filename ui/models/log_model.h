// The log as a list: time, level, text. Bounded; the oldest lines go first. LogFilterModel shows a level and above.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <deque>
#include <memory>

namespace thaw::ui {

enum class LogLevel { Debug, Info, Warning, Error };

class LogModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { TimeColumn, LevelColumn, TextColumn, ColumnCount };
    enum Role { LevelRole = Qt::UserRole + 1, /**< LogLevel as int */ LineRole /**< the whole line as text */ };
    static constexpr int kMaximumLines = 5000;

    explicit LogModel(QObject* parent = nullptr);
    ~LogModel() override;

    /// Listens to the core's log from now on; lines of any thread arrive in the GUI thread, those of one moment together.
    void listenToCore();
    /// GUI thread.
    void append(double secondsSince1970, LogLevel level, const QString& text);
    QString lastText() const;  ///< newest line of level Info and above, for the log bar
    void clear();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void lineAdded(double secondsSince1970, thaw::ui::LogLevel level, const QString& text);

private:
    struct Line {
        double time = 0;
        LogLevel level = LogLevel::Info;
        QString text;
    };
    class Inbox;
    void add(std::vector<Line> lines);

    std::deque<Line> m_lines;
    std::shared_ptr<Inbox> m_inbox;
    int m_listener = 0;
};

class LogFilterModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit LogFilterModel(QObject* parent = nullptr);
    void setMinimumLevel(LogLevel level);
    LogLevel minimumLevel() const { return m_minimum; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    LogLevel m_minimum = LogLevel::Info;
};

}  // namespace thaw::ui
