#include "ui/widgets/window/log_bar.h"

#include <QDateTime>
#include <QFile>
#include <QPainter>
#include <QTimer>

#include <unistd.h>

#include "ui/bridge/session.h"
#include "ui/models/plain_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

/// Bytes of this process in memory; 0 where the system does not say.
qint64 residentBytes() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly)) return 0;
    return file.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE);
}

constexpr int kMemoryMilliseconds = 2000;

}  // namespace

LogBar::LogBar(Session& session, LogModel& log, QWidget* parent) : QAbstractButton(parent), m_session(session) {
    setFocusPolicy(Qt::TabFocus);
    setText(tr("Log"));
    setAccessibleName(tr("Open the log"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&log, &LogModel::lineAdded, this, [this](double time, LogLevel level, const QString& text) {
        if (level < LogLevel::Info) return;
        m_time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(time * 1000)).time().toString(QStringLiteral("HH:mm:ss"));
        m_line = text;
        m_level = level;
        setToolTip(toolTipText(text));
        setAccessibleDescription(text);
        update();
    });
    connect(&session.library(), &LibraryController::engineInfoReady, this, [this](const core::EngineInfo& info) {
        m_device = QString::fromStdString(info.device);
        m_threads = info.cores;
        updateMachine();
    });
    connect(&session.training(), &TrainingController::runStarted, this, &LogBar::updateMachine);
    auto* memory = new QTimer(this);
    connect(memory, &QTimer::timeout, this, &LogBar::updateMachine);
    memory->start(kMemoryMilliseconds);
    updateMachine();
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void LogBar::updateMachine() {
    QStringList parts;
    if (const auto& run = m_session.training().run())
        // "CPU, 2 threads"
        parts = QString::fromStdString(run->device).split(QStringLiteral(", "));
    else if (!m_device.isEmpty())
        parts = {m_device, m_threads == 1 ? tr("1 thread") : tr("%1 threads").arg(m_threads)};
    if (const qint64 bytes = residentBytes(); bytes > 0) parts += formatBytes(bytes);
    const QString text = parts.join(QStringLiteral("  ·  "));
    if (text == m_machine) return;
    m_machine = text;
    update();
}

void LogBar::setCompact(bool compact) {
    m_compact = compact;
    updateGeometry();
}

QSize LogBar::sizeHint() const { return {Theme::instance().px(600), Theme::instance().px(m_compact ? 28 : 32)}; }

void LogBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme.color(Tone::Surface));
    painter.fillRect(QRect(0, 0, width(), 1), theme.color(Tone::Line));
    const auto icon = [&](const QString& name, int left, int size, Tone tone) {
        const int side = theme.px(size);
        painter.drawPixmap(left, (height() - side) / 2, theme.pixmap(name, tone, size, devicePixelRatioF()));
    };
    icon(QStringLiteral("chevron-right"), theme.px(13), 14, Tone::Ink2);
    icon(QStringLiteral("log"), theme.px(33), 14, Tone::Ink2);
    int left = theme.px(54);
    const auto text = [&](const QString& what, const QFont& font, Tone tone, int room, int alignment = Qt::AlignLeft) {
        painter.setFont(font);
        painter.setPen(theme.color(tone));
        const QRect area(left, 0, room, height());
        painter.drawText(area, alignment | Qt::AlignVCenter, QFontMetrics(font).elidedText(what, Qt::ElideRight, room));
    };
    const QFont plain = theme.font(TextRole::Table);
    const QFont strong = theme.font(TextRole::TableStrong);
    const int name = QFontMetrics(strong).horizontalAdvance(this->text());
    text(this->text(), strong, Tone::Ink2, name + 2);
    const int machine = QFontMetrics(plain).horizontalAdvance(m_machine);
    const int end = width() - theme.px(14) - machine;
    left = end;
    text(m_machine, plain, Tone::Ink3, machine + 2);
    left = theme.px(54) + name + theme.px(20);
    if (m_time.isEmpty() || left > end) return;
    const int clock = QFontMetrics(plain).horizontalAdvance(QStringLiteral("00:00:00"));
    text(m_time, plain, Tone::Ink3, clock + 4);
    left += clock + theme.px(16);
    const bool bad = m_level >= LogLevel::Error;
    text(m_line, plain,
         bad                            ? Tone::Wrong
         : m_level == LogLevel::Warning ? Tone::Warm
                                        : Tone::Ink2,
         std::max(0, end - left - theme.px(20)));
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Tone::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(theme.px(6), 3, theme.px(54) + name, height() - 5), theme.px(6), theme.px(6));
    }
}

}  // namespace thaw::ui
