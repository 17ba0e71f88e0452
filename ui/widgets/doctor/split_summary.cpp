#include "ui/widgets/doctor/split_summary.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/bridge/division_controller.h"
#include "ui/models/group_rule.h"
#include "ui/models/path_text.h"
#include "ui/widgets/doctor/name_part.h"
#include "ui/widgets/doctor/split_bars.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kIcon = 16;  // design pixels

}  // namespace

SplitSummary::SplitSummary(DivisionController& division, QWidget* parent) : QWidget(parent), m_division(division) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(6);
    m_ruleRow = new QWidget(this);
    auto* rule = new QVBoxLayout(m_ruleRow);
    rule->setContentsMargins(0, 0, 0, 0);
    rule->setSpacing(4);
    m_rule = new ElidedLabel(m_ruleRow);
    m_rule->setProperty("type", "table");
    m_rule->setElideMode(Qt::ElideRight);
    m_example = new NamePart(m_ruleRow);
    rule->addWidget(m_rule);
    rule->addWidget(m_example);
    rows->addWidget(m_ruleRow);
    m_bars = new SplitBars(this);
    rows->addWidget(m_bars);
    auto* last = new QHBoxLayout;
    last->setSpacing(6);
    m_mark = new QLabel(this);
    m_sentence = makeLabel({}, "table", this);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_show = new QPushButton(this);
    m_show->setProperty("small", true);
    last->addWidget(m_mark);
    last->addWidget(m_sentence, 1);
    last->addWidget(m_show);
    rows->addLayout(last);
    connect(m_show, &QPushButton::clicked, this, &SplitSummary::groupsRequested);
    connect(&division, &DivisionController::changed, this, &SplitSummary::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &SplitSummary::refresh);
    refresh();
}

void SplitSummary::setLow(bool low) {
    if (low == m_low) return;
    m_low = low;
    refresh();
}

void SplitSummary::say(const char* type, const QString& icon, const QString& sentence) {
    setStyleProperty(m_sentence, "type", type);
    m_sentence->setText(sentence);
    m_mark->setVisible(!icon.isEmpty());
    const Tone tone = icon == QLatin1String("cross-square") ? Tone::Wrong
                      : icon == QLatin1String("info")       ? Tone::Ink3
                                                            : Tone::Right;
    if (!icon.isEmpty()) m_mark->setPixmap(Theme::instance().pixmap(icon, tone, kIcon, devicePixelRatioF()));
}

void SplitSummary::refresh() {
    const core::DivisionPreview* preview = m_division.preview();
    const QString rule = groupRuleText(groupRuleOf(m_division.split().groups));
    m_bars->setVisible(preview && !m_low);
    m_ruleRow->setVisible(preview && !m_low && !rule.isEmpty());
    m_show->setVisible(preview && !preview->onBothSides.empty());
    if (!preview) {
        if (m_division.isBusy()) return say("table", {}, tr("Listing the pictures"));
        return say(m_division.isDivisible() ? "wrong" : "table", {}, m_division.problem());
    }
    m_bars->setPreview(*preview);
    m_rule->setText(tr("A group: %1").arg(rule));
    const auto part = [&](std::size_t begin, std::size_t length) { return nameText(preview->example.substr(begin, length)); };
    const std::size_t begin = preview->exampleBegin, end = begin + preview->exampleLength;
    const std::size_t file = preview->example.rfind('/') + 1;
    if (preview->exampleLength == 0)
        m_example->setName(part(file, std::string::npos) + QStringLiteral("  "), nameText(preview->exampleGroup), {});
    else if (begin < file)
        m_example->setName(part(0, begin), part(begin, end - begin), part(end, std::string::npos));
    else
        m_example->setName(part(file, begin - file), part(begin, end - begin), part(end, std::string::npos));
    if (rule.isEmpty())
        return say("table", QStringLiteral("info"),
                   tr("Nothing is kept together. Pictures of one patient, place or walk may be on both sides."));
    const auto divided = static_cast<qlonglong>(preview->onBothSides.size());
    if (divided == 0) return say("right", QStringLiteral("tick-circle"), tr("No group is on both sides"));
    m_show->setText(divided == 1 ? tr("Show it") : tr("Show the %1").arg(QLocale().toString(divided)));
    say("wrong", QStringLiteral("cross-square"),
        divided == 1 ? tr("1 group is on both sides") : tr("%1 groups are on both sides").arg(QLocale().toString(divided)));
}

}  // namespace thaw::ui
