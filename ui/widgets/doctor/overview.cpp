#include "ui/widgets/doctor/overview.h"

#include <QGridLayout>
#include <QLocale>
#include <QVBoxLayout>

#include "ui/models/path_text.h"
#include "ui/widgets/doctor/class_bars.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

QString number(std::int64_t count) { return QLocale().toString(static_cast<qlonglong>(count)); }

}  // namespace

Overview::Overview(QWidget* parent) : QScrollArea(parent) {
    scrollDownOnly(*this);
    auto* content = new QWidget;
    auto* rows = new QVBoxLayout(content);
    rows->setContentsMargins(16, 14, 16, 14);
    rows->setSpacing(10);
    m_counts = makeLabel({}, "body", content);
    m_counts->setWordWrap(true);
    rows->addWidget(m_counts);
    rows->addWidget(makeLabel(tr("Training pictures of each class"), "strong", content));
    m_bars = new ClassBars(content);
    rows->addWidget(m_bars);
    rows->addWidget(makeLabel(tr("Sizes and brightness"), "strong", content));
    m_figures = new QGridLayout;
    m_figures->setHorizontalSpacing(24);
    m_figures->setColumnStretch(4, 1);
    rows->addLayout(m_figures);
    m_notes = makeLabel({}, "body", content);
    m_notes->setTextFormat(Qt::PlainText);
    m_notes->setWordWrap(true);
    rows->addWidget(m_notes);
    rows->addStretch(1);
    setWidget(content);
}

void Overview::addRange(int row, const QString& name, const core::ValueRange& range, int decimals) {
    const auto put = [&](int column, const QString& text, const char* type) {
        auto* label = makeLabel(text, type, widget());
        if (column > 0) label->setAlignment(Qt::AlignRight);
        m_figures->addWidget(label, row, column);
    };
    put(0, name, "table");
    put(1, QLocale().toString(range.least, 'f', decimals), "tableStrong");
    put(2, QLocale().toString(range.median, 'f', decimals), "tableStrong");
    put(3, QLocale().toString(range.greatest, 'f', decimals), "tableStrong");
}

void Overview::setCheckup(const core::DatasetCheckup& checkup) {
    core::ClassCounts sum;
    for (const core::CheckedPicture& picture : checkup.pictures)
        ++(picture.split == core::Split::Train ? sum.train : picture.split == core::Split::Test ? sum.test : sum.validation);
    QString text =
        tr("%1 pictures that can be read: %2 training, %3 test").arg(number(sum.all()), number(sum.train), number(sum.test));
    if (sum.validation > 0) text += tr(", %1 validation").arg(number(sum.validation));
    text += QLatin1Char('.');
    if (checkup.isGrey()) text += QLatin1Char(' ') + tr("All of them are grey.");
    m_counts->setText(text);
    m_bars->setClasses(checkup.classes);
    while (QLayoutItem* item = m_figures->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QStringList titles{QString(), tr("least"), tr("middle"), tr("greatest")};
    for (int i = 1; i < titles.size(); ++i) {
        auto* label = makeLabel(titles[i], "caption", widget());
        label->setAlignment(Qt::AlignRight);
        m_figures->addWidget(label, 0, i);
    }
    addRange(1, tr("Width in pixels"), checkup.width, 0);
    addRange(2, tr("Height in pixels"), checkup.height, 0);
    addRange(3, tr("Width over height"), checkup.aspect, 2);
    addRange(4, tr("Brightness, 0 to 1"), checkup.brightness, 2);
    QStringList notes;
    for (const std::string& note : checkup.notes) notes << nameText(note);
    m_notes->setText(notes.join(QLatin1Char('\n')));
    m_notes->setVisible(!notes.isEmpty());
}

}  // namespace thaw::ui
