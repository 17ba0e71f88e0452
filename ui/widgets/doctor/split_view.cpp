#include "ui/widgets/doctor/split_view.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

#include "ui/bridge/division_controller.h"
#include "ui/bridge/doctor_controller.h"
#include "ui/widgets/doctor/found_tiles.h"
#include "ui/widgets/doctor/split_summary.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kFormWidth = 400, kSummaryWidth = 480;  // design pixels
constexpr double kMostSeed = 4294967295.0;

QString titleOf(const char* setting) { return QString::fromStdString(core::configField(setting).title); }
QString helpOf(const char* setting) { return QString::fromStdString(core::configField(setting).help); }

QString modeText(core::SplitMode mode) {
    switch (mode) {
        case core::SplitMode::Own:
            return SplitView::tr("The set says itself which pictures train and which test.");
        case core::SplitMode::Anew:
            return SplitView::tr("All pictures are divided by these shares, each class alike.");
        case core::SplitMode::Folds:
            return SplitView::tr("All pictures are divided into equal parts. One part tests, the others train.");
    }
    return {};
}

}  // namespace

SplitView::SplitView(DoctorController& doctor, DivisionController& division, QWidget* parent)
    : QWidget(parent),
      m_doctor(doctor),
      m_division(division),
      m_pictures([&doctor](const std::string& file) { return doctor.tile(file); }) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_stack = new QStackedWidget(this);
    outer->addWidget(m_stack);
    m_empty = new EmptyState(m_stack);
    m_content = new QWidget(m_stack);
    auto* columns = new QHBoxLayout(m_content);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(makeForm());
    columns->addWidget(makeRule(Qt::Vertical, m_content, /*soft=*/true));
    columns->addWidget(makeResult(), 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_content);
    connect(&division, &DivisionController::changed, this, &SplitView::refresh);
    connect(&doctor, &DoctorController::decisionsChanged, this, &SplitView::refresh);
    connect(&doctor, &DoctorController::imagesArrived, &m_pictures, &FoundPictureModel::imagesArrived);
    connect(&Theme::instance(), &Theme::changed, this, [this] { m_form->setFixedWidth(Theme::instance().px(kFormWidth)); });
    refresh();
}

QWidget* SplitView::makeForm() {
    m_form = new QWidget(m_content);
    m_form->setFixedWidth(Theme::instance().px(kFormWidth));
    auto* rows = new QVBoxLayout(m_form);
    rows->setContentsMargins(16, 14, 16, 14);
    rows->setSpacing(8);
    rows->addWidget(makeLabel(tr("Who divides the pictures"), "panelTitle", m_form));
    m_mode = new SegmentedBar(m_form);
    m_mode->addSegment(static_cast<int>(core::SplitMode::Own), tr("The set"));
    m_mode->addSegment(static_cast<int>(core::SplitMode::Anew), tr("Shares"));
    m_mode->addSegment(static_cast<int>(core::SplitMode::Folds), tr("Folds"));
    rows->addWidget(m_mode, 0, Qt::AlignLeft);
    m_modeText = makeLabel({}, "table", m_form);
    m_modeText->setWordWrap(true);
    rows->addWidget(m_modeText);
    addNumbers(*rows);
    rows->addSpacing(8);
    addRule(*rows);
    rows->addStretch(1);
    auto* last = makeLabel(tr("These are settings of the next run. Your files are not changed."), "caption", m_form);
    last->setWordWrap(true);
    rows->addWidget(last);
    connect(m_mode, &SegmentedBar::currentChanged, this,
            [this](int mode) { change([mode](Split& split) { split.mode = static_cast<core::SplitMode>(mode); }); });
    return m_form;
}

void SplitView::addNumber(QVBoxLayout& rows, const char* setting, NumberStep step, double size,
                          std::function<double(const Split&)> get, const std::function<void(Split&, double)>& set,
                          core::SplitMode mode) {
    const core::ConfigField& field = core::configField(setting);
    auto* box = new NumberBox({field.least, field.greatest, field.whole}, step, size);
    auto* row = new SettingRow(titleOf(setting), helpOf(setting), box, m_form);
    rows.addWidget(row);
    m_numbers.push_back({row, box, std::move(get), mode});
    connect(box, &NumberBox::finished, this, [this, set](double value) { change([&](Split& split) { set(split, value); }); });
}

void SplitView::addNumbers(QVBoxLayout& rows) {
    for (const auto& [setting, member] :
         {std::pair("data.split.test", &Split::test), std::pair("data.split.validation", &Split::validation)})
        addNumber(
            rows, setting, NumberStep::Add, 0.05, [of = member](const Split& split) { return split.*of; },
            [of = member](Split& split, double value) { split.*of = value; }, core::SplitMode::Anew);
    for (const auto& [setting, member] :
         {std::pair("data.split.folds", &Split::folds), std::pair("data.split.fold", &Split::fold)})
        addNumber(
            rows, setting, NumberStep::Add, 1, [of = member](const Split& split) { return split.*of; },
            [of = member](Split& split, double value) { split.*of = static_cast<int>(value); }, core::SplitMode::Folds);
    m_seed = new NumberBox({0, kMostSeed, /*whole=*/true});
    m_seedRow = new SettingRow(titleOf("data.split.seed"), helpOf("data.split.seed"), m_seed, m_form);
    rows.addWidget(m_seedRow);
    connect(m_seed, &NumberBox::finished, this,
            [this](double value) { change([value](Split& split) { split.seed = static_cast<std::uint64_t>(value); }); });
}

void SplitView::addRule(QVBoxLayout& rows) {
    using Kind = GroupRule::Kind;
    rows.addWidget(makeLabel(tr("What must not be on both sides"), "panelTitle", m_form));
    auto* text =
        makeLabel(tr("Pictures of one patient, plant or walk look alike. Where some train and others test, the result is "
                     "better than it will be on new ones."),
                  "table", m_form);
    text->setWordWrap(true);
    rows.addWidget(text);
    m_kind = new SettingCombo(m_form);
    for (const auto& [words, kind] :
         {std::pair(tr("Nothing"), Kind::None), std::pair(tr("Pictures of one folder"), Kind::Folder),
          std::pair(tr("A part of the name"), Kind::Part), std::pair(tr("A regular expression"), Kind::Expression),
          std::pair(tr("A column of the table"), Kind::Column)})
        m_kind->addItem(words, static_cast<int>(kind));
    rows.addWidget(new SettingRow(tr("Keep together"), helpOf("data.split.groups"), m_kind, m_form));
    m_part = new SettingCombo(m_form);
    for (std::size_t i = 0; i < nameParts().size(); ++i) m_part->addItem(groupRuleText(nameParts()[i]), static_cast<int>(i));
    m_partRow = new SettingRow(tr("Part"), tr("Pictures whose names begin alike stay together"), m_part, m_form);
    m_expression = new QLineEdit(m_form);
    m_expression->setPlaceholderText(QStringLiteral("^(patient[0-9]+)_"));
    m_expressionRow = new SettingRow(
        tr("Expression"),
        tr("A regular expression (ECMAScript). Its first group in brackets, or all of its match, makes the group."), m_expression,
        m_form);
    m_column = new SettingCombo(m_form);
    m_columnRow = new SettingRow(tr("Column"), tr("Pictures with the same entry there stay together"), m_column, m_form);
    for (SettingRow* row : {m_partRow, m_expressionRow, m_columnRow}) rows.addWidget(row);
    for (SettingCombo* combo : {m_kind, m_part, m_column}) connect(combo, &QComboBox::activated, this, &SplitView::chooseRule);
    connect(m_expression, &QLineEdit::editingFinished, this, [this] {
        if (m_rule.kind == Kind::Expression && m_rule.text != m_expression->text()) chooseRule();
    });
}

QWidget* SplitView::makeResult() {
    auto* holder = new QWidget(m_content);
    auto* rows = new QVBoxLayout(holder);
    rows->setContentsMargins(20, 14, 16, 14);
    rows->setSpacing(10);
    rows->addWidget(makeLabel(tr("How the pictures are divided"), "panelTitle", holder));
    auto* summary = new SplitSummary(m_division, holder);
    summary->setMaximumWidth(Theme::instance().px(kSummaryWidth));
    rows->addWidget(summary);
    m_tilesTitle = makeLabel({}, "strong", holder);
    rows->addWidget(m_tilesTitle);
    m_tiles = new FoundTiles(m_pictures, holder);
    rows->addWidget(m_tiles, 1);
    rows->addStretch(0);
    connect(summary, &SplitSummary::groupsRequested, this, &SplitView::showGroups);
    return holder;
}

void SplitView::change(const std::function<void(Split&)>& edit) {
    Split split = m_division.split();
    edit(split);
    m_division.setSplit(split);
    Q_EMIT splitChosen(split);
}

void SplitView::chooseRule() {
    m_rule.kind = static_cast<GroupRule::Kind>(m_kind->currentData().toInt());
    m_rule.text.clear();
    if (m_rule.kind == GroupRule::Kind::Part) m_rule = nameParts()[static_cast<std::size_t>(std::max(0, m_part->currentIndex()))];
    if (m_rule.kind == GroupRule::Kind::Expression) m_rule.text = m_expression->text();
    if (m_rule.kind == GroupRule::Kind::Column) m_rule.text = m_column->currentText();
    change([this](Split& split) { split.groups = groupsOf(m_rule); });
    refresh();
}

void SplitView::showGroups() {
    m_groupsShown = true;
    refreshTiles();
    m_tiles->setFocus();
}

void SplitView::refresh() {
    const bool divisible = m_division.isDivisible();
    m_stack->setCurrentWidget(divisible ? m_content : static_cast<QWidget*>(m_empty));
    if (!divisible) m_empty->say(tr("This set cannot be divided anew"), m_division.problem());
    const Split& split = m_division.split();
    m_form->setEnabled(!m_doctor.isLocked());
    m_mode->setCurrent(static_cast<int>(split.mode));
    m_modeText->setText(modeText(split.mode));
    for (const Number& number : m_numbers) {
        number.row->setVisible(number.mode == split.mode);
        number.box->setValue(number.get(split));
    }
    m_seedRow->setVisible(split.mode != core::SplitMode::Own);
    m_seed->setValue(static_cast<double>(split.seed));
    refreshRule();
    refreshTiles();
}

void SplitView::refreshRule() {
    using Kind = GroupRule::Kind;
    if (groupsOf(m_rule) != m_division.split().groups) m_rule = groupRuleOf(m_division.split().groups);
    QStringList columns = m_division.columns();
    if (m_rule.kind == Kind::Column && !m_rule.text.isEmpty() && !columns.contains(m_rule.text)) columns << m_rule.text;
    QStringList shown;
    for (int i = 0; i < m_column->count(); ++i) shown << m_column->itemText(i);
    if (columns != shown) {
        m_column->clear();
        m_column->addItems(columns);
    }
    m_kind->showEntry(static_cast<int>(m_rule.kind));
    for (std::size_t i = 0; i < nameParts().size(); ++i)
        if (nameParts()[i] == m_rule) m_part->setCurrentIndex(static_cast<int>(i));
    if (m_rule.kind == Kind::Expression && !m_expression->hasFocus()) m_expression->setText(m_rule.text);
    if (m_rule.kind == Kind::Column) m_column->setCurrentText(m_rule.text);
    m_partRow->setVisible(m_rule.kind == Kind::Part);
    m_expressionRow->setVisible(m_rule.kind == Kind::Expression);
    m_columnRow->setVisible(m_rule.kind == Kind::Column);
    m_columnRow->setNote(SettingRow::Note::Plain,
                         columns.isEmpty() ? tr("This set has no table. A CSV beside the pictures can be one.") : QString());
}

void SplitView::refreshTiles() {
    const core::DivisionPreview* preview = m_division.preview();
    if (!preview || preview->onBothSides.empty()) m_groupsShown = false;
    m_tilesTitle->setVisible(m_groupsShown);
    m_tiles->setVisible(m_groupsShown);
    if (!m_groupsShown) return;
    m_tilesTitle->setText(tr("Groups on both sides"));
    m_pictures.setDecisions(m_doctor.decided());
    m_pictures.setFinding(findingOf(*preview), m_doctor.classNames());
}

}  // namespace thaw::ui
