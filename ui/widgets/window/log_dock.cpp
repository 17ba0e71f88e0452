#include "ui/widgets/window/log_dock.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

/// Times are quiet, levels have their colours, texts read well.
class LogDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, theme.color(Tone::AccentBackground));
        const auto level = static_cast<LogLevel>(index.data(LogModel::LevelRole).toInt());
        Tone tone = Tone::Ink;
        if (index.column() == LogModel::TimeColumn) tone = Tone::Ink3;
        if (index.column() == LogModel::LevelColumn)
            tone = level == LogLevel::Error ? Tone::Wrong : level == LogLevel::Warning ? Tone::Warm : Tone::Ink2;
        const QFont font = theme.font(index.column() == LogModel::LevelColumn ? TextRole::TableStrong : TextRole::Table);
        const QRect area =
            option.rect.adjusted(index.column() == LogModel::TimeColumn ? theme.px(16) : theme.px(4), 0, -theme.px(6), 0);
        painter->setFont(font);
        painter->setPen(theme.color(tone));
        painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, area.width()));
    }
};

}  // namespace

LogDock::LogDock(LogModel& log, QWidget* parent)
    : QDockWidget(parent), m_level(new QComboBox), m_table(new QTableView), m_header(new QWidget), m_panel(makePanel()) {
    setWindowTitle(tr("Log"));
    setObjectName(QStringLiteral("logDock"));
    setFeatures(NoDockWidgetFeatures);
    setTitleBarWidget(new QWidget(this));  // the panel has its own title
    auto* ground = new QWidget;
    ground->setProperty("ground", "window");
    ground->setAttribute(Qt::WA_StyledBackground);
    (new QVBoxLayout(ground))->addWidget(m_panel);
    setWidget(ground);
    m_filter.setSourceModel(&log);
    auto* header = new QHBoxLayout(m_header);
    QToolButton* collapse = makeIconButton(QStringLiteral("chevron-down"), tr("Close the log"), m_header);
    auto* title = makeLabel(tr("Log"), "panelTitle", m_header);
    auto* levelName = makeLabel(tr("Show"), "body", m_header);
    m_level->addItem(tr("everything"), static_cast<int>(LogLevel::Debug));
    m_level->addItem(tr("notes, warnings, errors"), static_cast<int>(LogLevel::Info));
    m_level->addItem(tr("warnings and errors"), static_cast<int>(LogLevel::Warning));
    m_level->addItem(tr("errors"), static_cast<int>(LogLevel::Error));
    m_level->setAccessibleName(tr("Log level"));
    levelName->setBuddy(m_level);
    auto* copy = new QPushButton(tr("Copy all"), m_header);
    copy->setToolTip(tr("Copy the lines shown, for a mail or a bug report"));
    m_icon = new QLabel(m_header);
    header->addWidget(collapse);
    header->addWidget(m_icon);
    header->addWidget(title);
    header->addStretch(1);
    header->addWidget(levelName);
    header->addWidget(m_level);
    header->addWidget(copy);

    m_table->setModel(&m_filter);
    m_table->setItemDelegate(new LogDelegate(m_table));
    m_table->setAccessibleName(tr("Log"));
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setMinimumSectionSize(10);
    auto* rows = new QVBoxLayout(m_panel);
    rows->setContentsMargins(1, 1, 1, 8);
    rows->setSpacing(0);
    rows->addWidget(m_header);
    rows->addWidget(m_table, 1);

    connect(collapse, &QToolButton::clicked, this, &LogDock::collapseRequested);
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(visibleText()); });
    connect(m_level, &QComboBox::activated, this,
            [this] { setMinimumLevel(static_cast<LogLevel>(m_level->currentData().toInt())); });
    // Follows the newest line unless someone has scrolled up to read.
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this,
            [this](int value) { m_atEnd = value >= m_table->verticalScrollBar()->maximum() - 2; });
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, [this] {
        if (m_atEnd) m_table->scrollToBottom();
    });
    connect(&Theme::instance(), &Theme::changed, this, &LogDock::applyTheme);
    setMinimumLevel(LogLevel::Info);
    applyTheme();
}

void LogDock::setMinimumLevel(LogLevel level) {
    m_filter.setMinimumLevel(level);
    m_level->setCurrentIndex(m_level->findData(static_cast<int>(level)));
}

QString LogDock::visibleText() const {
    QString text;
    for (int row = 0; row < m_filter.rowCount(); ++row)
        text += m_filter.index(row, 0).data(LogModel::LineRole).toString() + QLatin1Char('\n');
    return text;
}

void LogDock::setLow(bool low) {
    if (m_low == low) return;
    m_low = low;
    applyTheme();
}

void LogDock::applyTheme() {
    const Theme& theme = Theme::instance();
    m_header->setFixedHeight(theme.px(44));
    m_header->layout()->setContentsMargins(theme.px(6), 0, theme.px(14), 0);
    m_header->layout()->setSpacing(theme.px(8));
    m_level->setMinimumWidth(theme.px(170));
    m_table->verticalHeader()->setDefaultSectionSize(theme.px(25));
    m_icon->setPixmap(theme.pixmap(QStringLiteral("log"), Tone::Ink2, 16, devicePixelRatioF()));
    m_table->setColumnWidth(LogModel::TimeColumn, theme.px(90));
    m_table->setColumnWidth(LogModel::LevelColumn, theme.px(74));
    m_panel->setMinimumHeight(theme.px(m_low ? 84 : 120));
    widget()->layout()->setContentsMargins(theme.px(12), 0, theme.px(12), theme.px(10));
}

}  // namespace thaw::ui
