#include "ui/widgets/live/preparation_note.h"

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/percent_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kWidth = 380, kBarHeight = 6;  // design pixels

}  // namespace

QString whyOf(const std::string& activity) {
    const auto begins = [&](const char* words) { return activity.rfind(words, 0) == 0; };
    if (begins("Computing features"))
        return PreparationNote::tr(
            "Everything goes through the frozen layers once. What comes out is kept, so that every epoch "
            "after this only trains the rest.");
    if (begins("Reading features"))
        return PreparationNote::tr("An earlier run kept what comes out of the frozen layers: it need not be computed again.");
    if (begins("Keeping features"))
        return PreparationNote::tr("What came out of the frozen layers is kept on disk: the next run finds it there.");
    if (begins("Measuring"))
        return PreparationNote::tr("A few batches are timed, so that Thaw can say how long a choice of layers takes.");
    return {};
}

PreparationNote::PreparationNote(QWidget* parent)
    : QFrame(parent), m_title(makeLabel({}, "strong", this)), m_text(makeLabel({}, "body", this)), m_bar(new QProgressBar(this)) {
    setProperty("card", true);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_title->setWordWrap(true);
    m_text->setWordWrap(true);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("How far the preparation is"));
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(m_title);
    rows->addWidget(m_bar);
    rows->addWidget(m_text);
    connect(&Theme::instance(), &Theme::changed, this, &PreparationNote::applyTheme);
    applyTheme();
}

void PreparationNote::applyTheme() {
    const Theme& theme = Theme::instance();
    layout()->setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(14));
    layout()->setSpacing(theme.px(8));
    m_bar->setFixedHeight(theme.px(kBarHeight));
}

void PreparationNote::setProgress(const core::WorkProgress& progress) {
    QString title = QString::fromStdString(progress.activity);
    if (progress.total > 0)
        title += QLatin1Char(' ') + percentText(static_cast<double>(progress.done) / static_cast<double>(progress.total), 0);
    if (const QString left = formatRoughDuration(progress.secondsLeft); !left.isEmpty()) title += tr(", %1 left").arg(left);
    m_title->setText(title);
    m_text->setText(whyOf(progress.activity));
    m_text->setVisible(!m_text->text().isEmpty());
    m_bar->setRange(0, progress.total > 0 ? 1000 : 0);
    if (progress.total > 0)
        m_bar->setValue(static_cast<int>(1000.0 * static_cast<double>(progress.done) / static_cast<double>(progress.total)));
}

void PreparationNote::placeIn(const QRect& area) {
    const Theme& theme = Theme::instance();
    const int wide = std::min(theme.px(kWidth), area.width() - theme.px(24));
    const int tall = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(wide) : sizeHint().height();
    const int lowest = (parentWidget() ? parentWidget()->height() : area.bottom()) - tall - theme.px(8);
    const int top = std::max(0, std::min(area.center().y() - tall / 2, lowest));
    setGeometry(area.center().x() - wide / 2, top, wide, tall);
}

}  // namespace thaw::ui
