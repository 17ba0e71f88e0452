#include "ui/widgets/live/run_name_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

RunNameDialog::RunNameDialog(const QString& usual, const QString& name, const QString& note, QWidget* parent)
    : QDialog(parent), m_name(new QLineEdit(name, this)), m_note(new QPlainTextEdit(note, this)) {
    setWindowTitle(tr("Rename %1").arg(name.isEmpty() ? usual : name));
    setAttribute(Qt::WA_DeleteOnClose);
    setModal(true);
    const Theme& theme = Theme::instance();
    m_name->setMaxLength(kLongestName);
    m_name->setPlaceholderText(usual);
    m_name->selectAll();
    m_note->setPlaceholderText(tr("What is different in this run, what you expected, what came out"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(theme.px(110));
    QLabel* nameTitle = makeLabel(tr("Name"), "captionStrong", this);
    QLabel* noteTitle = makeLabel(tr("Note"), "captionStrong", this);
    nameTitle->setBuddy(m_name);
    noteTitle->setBuddy(m_note);
    m_name->setAccessibleName(nameTitle->text());
    m_note->setAccessibleName(noteTitle->text());
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    for (QAbstractButton* button : buttons->buttons()) button->setIcon({});
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Rename"));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(theme.px(20), theme.px(18), theme.px(20), theme.px(16));
    rows->setSpacing(theme.px(6));
    rows->addWidget(nameTitle);
    rows->addWidget(m_name);
    rows->addSpacing(theme.px(8));
    rows->addWidget(noteTitle);
    rows->addWidget(m_note);
    rows->addSpacing(theme.px(10));
    rows->addWidget(buttons);
    setMinimumWidth(theme.px(420));
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT named(m_name->text().simplified(), m_note->toPlainText().trimmed());
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

}  // namespace thaw::ui
