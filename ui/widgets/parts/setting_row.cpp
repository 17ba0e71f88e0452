#include "ui/widgets/parts/setting_row.h"

#include <QAbstractItemView>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLabel>
#include <QStylePainter>
#include <QToolTip>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>

#include "ui/models/plain_text.h"
#include "ui/widgets/parts/number_box.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kSlack = 4;  // pixels that styles take around a text

}  // namespace

SettingCombo::SettingCombo(QWidget* parent) : QComboBox(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizeAdjustPolicy(AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(4);
}

QSize SettingCombo::minimumSizeHint() const { return {Theme::instance().px(64), QComboBox::minimumSizeHint().height()}; }

int SettingCombo::widthFor(const QString& entry) const {
    ensurePolished();
    QStyleOptionComboBox option;
    initStyleOption(&option);
    option.rect = {0, 0, 1000, sizeHint().height()};
    const QRect field = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    return 1000 - field.width() + fontMetrics().horizontalAdvance(entry) + kSlack;
}

int SettingCombo::widthForAll() const {
    int most = widthFor(placeholderText());
    for (int i = 0; i < count(); ++i) most = std::max(most, widthFor(itemText(i)));
    return most;
}

void SettingCombo::showEntry(const QVariant& entry) { setCurrentIndex(findData(entry)); }

void SettingCombo::showPopup() {
    Q_EMIT popupAboutToShow();
    view()->setMinimumWidth(view()->sizeHintForColumn(0) + Theme::instance().px(24));
    QComboBox::showPopup();
}

bool SettingCombo::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || widthFor(currentText()) <= width()) return QComboBox::event(event);
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(),
                       toolTipText(currentText() + QStringLiteral(".\n") + toolTip()), this);
    return true;
}

void SettingCombo::paintEvent(QPaintEvent*) {
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    if (currentIndex() < 0) {
        option.currentText = placeholderText();
        option.palette.setBrush(QPalette::ButtonText, option.palette.placeholderText());
    }
    const int room = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this).width();
    option.currentText = fontMetrics().elidedText(option.currentText, Qt::ElideRight, room - kSlack / 2);
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
}

void SettingCombo::wheelEvent(QWheelEvent* event) {
    if (hasFocus())
        QComboBox::wheelEvent(event);
    else
        event->ignore();
}

SettingRow::SettingRow(const QString& name, const QString& help, QWidget* field, QWidget* parent)
    : QWidget(parent),
      m_name(makeLabel(name, "setting", this)),
      m_note(makeLabel({}, "caption", this)),
      m_field(field),
      m_line(new QWidget(this)) {
    auto* line = new QHBoxLayout(m_line);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_name);
    line->addWidget(field, 1);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(m_line);
    rows->addWidget(m_note);
    m_name->setWordWrap(true);
    m_note->setWordWrap(true);
    m_note->hide();
    m_name->setBuddy(field);
    m_name->setToolTip(help);
    field->setToolTip(help);
    field->setAccessibleName(name);
    field->setAccessibleDescription(help);
    if (auto* box = qobject_cast<NumberBox*>(field))
        connect(box, &NumberBox::noteChanged, this, [this, box] {
            setNote(box->problem().isEmpty() ? Note::Plain : Note::Wrong,
                    box->problem().isEmpty() ? box->remark() : box->problem());
        });
    connect(&Theme::instance(), &Theme::changed, this, &SettingRow::applyTheme);
    applyTheme();
}

QString SettingRow::name() const { return m_name->text(); }

void SettingRow::setName(const QString& name) {
    m_name->setText(name);
    m_field->setAccessibleName(name);
}

void SettingRow::setNote(Note kind, const QString& sentence) {
    setStyleProperty(m_note, "type", kind == Note::Wrong ? "wrong" : kind == Note::Plain ? "caption" : "warm");
    m_note->setText(sentence);
    m_note->setVisible(!sentence.isEmpty());
    applyTheme();
}

QString SettingRow::note() const { return m_note->text(); }

void SettingRow::setStacked() {
    m_stacked = true;
    static_cast<QBoxLayout*>(m_line->layout())->setDirection(QBoxLayout::TopToBottom);
    applyTheme();
}

void SettingRow::addBeside(const std::vector<QWidget*>& widgets) {
    auto* holder = new QWidget(m_line);
    auto* side = new QHBoxLayout(holder);
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(0);
    for (QWidget* widget : widgets) side->addWidget(widget);
    m_line->layout()->addWidget(holder);
    m_beside.push_back(holder);
    applyTheme();
}

void SettingRow::applyTheme() {
    const Theme& theme = Theme::instance();
    if (!m_stacked) m_name->setFixedWidth(theme.px(104));
    m_line->setFixedHeight(theme.px(m_stacked ? 64 : 40));
    m_line->layout()->setSpacing(0);
    for (QWidget* beside : m_beside) beside->setContentsMargins(theme.px(6), 0, 0, 0);
    static_cast<QHBoxLayout*>(m_line->layout())->setContentsMargins(0, theme.px(2), 0, theme.px(2));
    layout()->setContentsMargins(0, 0, 0, m_note->isHidden() ? 0 : theme.px(7));
}

}  // namespace thaw::ui
