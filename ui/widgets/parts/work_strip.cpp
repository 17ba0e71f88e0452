#include "ui/widgets/parts/work_strip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kDelayMilliseconds = 250;

}  // namespace

WorkStrip::WorkStrip(QWidget* parent, bool narrow) : QWidget(parent) {
    m_what = makeLabel({}, "table", this);
    m_figures = makeLabel({}, "table", this);
    m_figures->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    auto* cancel = new QPushButton(tr("Cancel"), this);
    cancel->setProperty("small", true);
    cancel->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto* row = narrow ? new QHBoxLayout : new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    if (!narrow) row->addWidget(m_what);
    row->addWidget(m_bar, narrow ? 1 : 0);
    row->addWidget(m_figures);
    row->addWidget(cancel);
    if (!narrow) row->addStretch(1);
    if (narrow) {
        m_what->setWordWrap(true);
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(0, 0, 0, 0);
        column->addWidget(m_what);
        column->addLayout(row);
    }
    hide();
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMilliseconds);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        show();
        Q_EMIT shownChanged(true);
    });
    connect(cancel, &QPushButton::clicked, this, &WorkStrip::cancelRequested);
    const auto fit = [this, narrow] {
        if (!narrow) m_bar->setFixedWidth(Theme::instance().px(120));
        // As wide as its widest text, so that nothing jumps.
        m_figures->setFixedWidth(
            QFontMetrics(Theme::instance().font(TextRole::Table)).horizontalAdvance(QStringLiteral("00,000 of 00,000")));
    };
    fit();
    connect(&Theme::instance(), &Theme::changed, this, fit);
}

void WorkStrip::start(const QString& what) {
    m_what->setText(what);
    m_figures->clear();
    m_bar->setRange(0, 0);
    m_bar->setAccessibleName(what);
    if (isHidden() && !m_delay.isActive()) m_delay.start();
}

void WorkStrip::setProgress(std::int64_t done, std::int64_t total) {
    const auto number = [](std::int64_t value) { return QLocale().toString(static_cast<qlonglong>(value)); };
    m_bar->setRange(0, static_cast<int>(total));
    m_bar->setValue(static_cast<int>(done));
    m_figures->setText(total > 0 ? tr("%1 of %2").arg(number(done), number(total)) : number(done));
}

QString WorkStrip::figures() const { return m_figures->text(); }

void WorkStrip::stop() {
    m_delay.stop();
    if (isHidden()) return;
    hide();
    Q_EMIT shownChanged(false);
}

}  // namespace thaw::ui
