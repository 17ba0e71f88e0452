#include "ui/widgets/live/data_offer.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/lesson_data.h"
#include "ui/bridge/session.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/transfer_bar.h"

namespace thaw::ui {

DataOffer::DataOffer(Session& session, QWidget* parent)
    : QWidget(parent),
      m_session(session),
      m_get(new QPushButton(this)),
      m_start(new QPushButton(this)),
      m_note(makeLabel({}, "body", this)),
      m_transfer(new TransferBar(this)),
      m_buttons(new QHBoxLayout) {
    m_get->setProperty("filled", true);
    m_get->setProperty("big", true);
    m_get->setObjectName(QStringLiteral("welcomeGet"));
    m_start->setProperty("tall", true);
    m_start->setObjectName(QStringLiteral("welcomeStartAtOnce"));
    for (QPushButton* button : {m_get, m_start}) button->setFocusPolicy(Qt::TabFocus);
    m_note->setAlignment(Qt::AlignCenter);
    m_note->setWordWrap(true);
    m_note->setTextFormat(Qt::PlainText);
    m_buttons->addStretch(1);
    m_buttons->addWidget(m_get, 0, Qt::AlignCenter);
    m_buttons->addWidget(m_start, 0, Qt::AlignCenter);
    m_buttons->addStretch(1);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(m_transfer);
    rows->addLayout(m_buttons);
    rows->addWidget(m_note);

    LessonData& lesson = session.lessonData();
    const LibraryController& library = session.library();
    connect(m_get, &QPushButton::clicked, &lesson, &LessonData::fetchAndRun);
    connect(m_start, &QPushButton::clicked, this, &DataOffer::runLesson);
    connect(m_transfer, &TransferBar::cancelRequested, &lesson, &LessonData::cancel);
    connect(&lesson, &LessonData::changed, this, [this] {
        refresh();
        Q_EMIT changed();
    });
    connect(&library, &LibraryController::downloadStarted, this, [this](const QString& id) {
        const core::DatasetInfo* wanted = m_session.lessonData().missing();
        if (wanted && QString::fromStdString(wanted->id) == id)
            m_transfer->start(tr("Downloading %1").arg(QString::fromStdString(wanted->title)));
    });
    connect(&library, &LibraryController::downloadProgress, this, [this](const QString&, const core::DownloadProgress& progress) {
        if (m_session.lessonData().isFetching()) m_transfer->setProgress(progress);
    });
    connect(&Theme::instance(), &Theme::changed, this, &DataOffer::applyTheme);
    applyTheme();
}

bool DataOffer::isWanted() const { return m_session.lessonData().missing() != nullptr; }

void DataOffer::refresh() {
    const LessonData& lesson = m_session.lessonData();
    const core::DatasetInfo *wanted = lesson.missing(), *instead = lesson.standIn();
    setVisible(wanted);
    if (!wanted) return;
    const QString title = QString::fromStdString(wanted->title);
    const bool fetching = lesson.isFetching();
    m_transfer->setVisible(fetching);
    m_get->setVisible(!fetching);
    m_get->setText(tr("Get %1 (%2) and run the lesson").arg(title, formatBytes(wanted->download.bytes)));
    m_get->setEnabled(m_session.library().download().isEmpty());
    m_start->setVisible(instead);
    if (instead) m_start->setText(tr("Start at once on %1").arg(QString::fromStdString(instead->title)));
    m_start->setEnabled(m_session.actions().runLesson);
    setStyleProperty(m_note, "type", lesson.problem().isEmpty() || fetching ? "body" : "wrong");
    if (fetching)
        m_note->setText(instead
                            ? tr("The lesson starts by itself when %1 is here. You need not wait: start on %2, and the download "
                                 "goes on.")
                                  .arg(title, QString::fromStdString(instead->title))
                            : tr("The lesson starts by itself when %1 is here.").arg(title));
    else if (!lesson.problem().isEmpty())
        m_note->setText(lesson.problem());
    else
        m_note->setText(tr("%1 is the lesson's own data set. It comes once, from its authors' page.").arg(title));
    arrange();
}

/// The buttons stand above each other where they do not fit side by side.
void DataOffer::arrange() {
    const int needed = m_get->sizeHint().width() + m_start->sizeHint().width() + m_buttons->spacing();
    const bool aside = !m_get->isHidden() && !m_start->isHidden() && width() >= needed;
    m_buttons->setDirection(aside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

QSize DataOffer::minimumSizeHint() const {
    return {std::max(m_get->sizeHint().width(), m_start->sizeHint().width()), layout()->minimumSize().height()};
}

void DataOffer::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void DataOffer::applyTheme() {
    const Theme& theme = Theme::instance();
    m_buttons->setSpacing(theme.px(12));
    layout()->setSpacing(theme.px(8));
    m_transfer->setMaximumWidth(theme.px(560));
    static_cast<QVBoxLayout*>(layout())->setAlignment(m_transfer, Qt::AlignHCenter);
    m_transfer->setMinimumWidth(260);
    m_get->setIconSize({theme.px(32), theme.px(20)});
    m_get->setIcon(theme.pixmap(QStringLiteral("download"), Tone::AccentOn, 20, devicePixelRatioF()));
    refresh();
}

}  // namespace thaw::ui
