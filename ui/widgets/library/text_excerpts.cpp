#include "ui/widgets/library/text_excerpts.h"

#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/widgets/library/class_table.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr std::int64_t kMostExcerpts = 3;
constexpr int kLines = 6, kMostLetters = 600;

QString letters(double count) { return QLocale().toString(static_cast<qlonglong>(count)); }

/// Whole lines, and an ellipsis for what follows.
QString beginningOf(const std::string& text) {
    const QStringList lines = QString::fromStdString(text).left(kMostLetters).trimmed().split(QLatin1Char('\n'));
    return lines.mid(0, kLines).join(QLatin1Char('\n')) + QLatin1Char(' ') + QChar(0x2026);
}

void clear(QLayout& layout) {
    while (QLayoutItem* item = layout.takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

}  // namespace

TextExcerpts::TextExcerpts(QWidget* parent) : QWidget(parent) {
    m_division = makeLabel({}, "body", this);
    m_division->setWordWrap(true);
    m_title = makeLabel(tr("Some of what it is tested on"), "caption", this);
    m_bar = new QVBoxLayout;
    m_excerpts = new QVBoxLayout;
    m_excerpts->setSpacing(8);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(m_bar);
    column->addWidget(m_division);
    column->addWidget(m_title);
    column->addLayout(m_excerpts);
}

void TextExcerpts::setDataset(const core::DatasetInfo& dataset) {
    clear(*m_bar);
    setTexts(nullptr);
    const double all = static_cast<double>(dataset.trainCount + dataset.testCount);
    if (all <= 0) return m_division->clear();
    auto* bar = new CountBar(static_cast<double>(dataset.trainCount) / all, this);
    bar->setAccessibleName(tr("What trains, from the beginning of the text"));
    m_bar->addWidget(bar);
    const QLocale locale;
    m_division->setText(
        tr("Divided by place: the first %1 of %2 sections train, the last %3 test. A section has whole lines, about "
           "4,000 letters; a run makes windows of its model's length of them.")
            .arg(locale.toString(static_cast<qlonglong>(dataset.trainCount)), letters(all),
                 locale.toString(static_cast<qlonglong>(dataset.testCount))));
}

void TextExcerpts::setTexts(const std::shared_ptr<const core::PictureSet>& texts) {
    clear(*m_excerpts);
    const std::int64_t count = texts && texts->texts ? std::min(texts->count(), kMostExcerpts) : 0;
    m_title->setVisible(count > 0);
    for (std::int64_t i = 0; i < count; ++i) {
        const std::string& text = texts->texts->at(static_cast<std::size_t>(i));
        auto* card = makePanel(this, /*card=*/true);
        auto* rows = new QVBoxLayout(card);
        auto* words = makeLabel(beginningOf(text), "body", card);
        words->setWordWrap(true);
        rows->addWidget(words);
        rows->addWidget(
            makeLabel(tr("%1 letters").arg(letters(static_cast<double>(QString::fromStdString(text).size()))), "caption", card));
        m_excerpts->addWidget(card);
    }
}

}  // namespace thaw::ui
