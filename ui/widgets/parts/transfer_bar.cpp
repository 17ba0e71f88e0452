#include "ui/widgets/parts/transfer_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kTicks = 1000;

}  // namespace

TransferBar::TransferBar(QWidget* parent)
    : QWidget(parent),
      m_what(makeLabel({}, "strong", this)),
      m_figures(makeLabel({}, "table", this)),
      m_bar(new QProgressBar(this)) {
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setProperty("small", true);
    cancel->setToolTip(tr("Stop the download. What has arrived stays and is used next time."));
    connect(cancel, &QPushButton::clicked, this, &TransferBar::cancelRequested);
    auto* texts = new QHBoxLayout;
    texts->addWidget(m_what);
    texts->addStretch(1);
    texts->addWidget(m_figures);
    auto* left = new QVBoxLayout;
    left->addLayout(texts);
    left->addWidget(m_bar);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->addLayout(left, 1);
    line->addWidget(cancel, 0, Qt::AlignBottom);
    const auto space = [left, line] {
        left->setSpacing(Theme::instance().px(6));
        line->setSpacing(Theme::instance().px(12));
    };
    connect(&Theme::instance(), &Theme::changed, this, space);
    space();
    m_bar->setTextVisible(false);
}

void TransferBar::start(const QString& what) {
    m_what->setText(what);
    m_figures->setText(tr("Connecting"));
    m_bar->setRange(0, 0);
    m_bar->setAccessibleName(what);
}

void TransferBar::setProgress(const core::DownloadProgress& progress) {
    if (!progress.activity.empty()) m_what->setText(QString::fromStdString(progress.activity));
    const bool known = progress.total > 0;
    m_bar->setRange(0, known ? kTicks : 0);
    if (known) m_bar->setValue(static_cast<int>(kTicks * progress.received / progress.total));
    QStringList parts{known ? tr("%1 of %2").arg(formatBytes(progress.received), formatBytes(progress.total))
                            : formatBytes(progress.received)};
    if (progress.bytesPerSecond > 0) {
        parts += tr("%1 MB/s").arg(QLocale().toString(progress.bytesPerSecond / 1e6, 'f', 1));
        const double left = static_cast<double>(progress.total - progress.received) / progress.bytesPerSecond;
        if (known && left > 0) parts += tr("%1 left").arg(formatRoughDuration(left));
    }
    if (progress.resumed) parts += tr("continued");
    m_figures->setText(parts.join(QStringLiteral("  ·  ")));
}

QString TransferBar::text() const { return m_what->text() + QLatin1Char(' ') + m_figures->text(); }

}  // namespace thaw::ui
