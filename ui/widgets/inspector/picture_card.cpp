#include "ui/widgets/inspector/picture_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/pictures/map_picture.h"

namespace thaw::ui {

PictureCard::PictureCard(QWidget* parent) : QWidget(parent) {
    m_picture = new MapPicture(120, this);
    const auto label = [this](const char* type) {
        auto* made = new ElidedLabel(this);
        made->setProperty("type", QLatin1String(type));
        made->setAlignment(Qt::AlignHCenter | Qt::AlignVCenter);
        return made;
    };
    m_name = label("tableStrong");
    m_said = label("caption");
    m_previous = makeIconButton(QStringLiteral("chevron-left"), tr("Picture before"), this);
    m_next = makeIconButton(QStringLiteral("chevron-right"), tr("Next picture"), this);
    m_dice = makeIconButton(QStringLiteral("dice"), tr("Draw another picture"), this);
    QToolButton* file = makeIconButton(QStringLiteral("image"), tr("Take a picture of your own"), this);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(0);
    for (QToolButton* button : {m_previous, m_next, m_dice, file}) tools->addWidget(button);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(m_picture);
    column->addSpacing(4);
    column->addWidget(m_name);
    column->addWidget(m_said);
    column->addLayout(tools);
    column->addStretch(1);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    connect(m_previous, &QToolButton::clicked, this, &PictureCard::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &PictureCard::nextRequested);
    connect(m_dice, &QToolButton::clicked, this, &PictureCard::diceRequested);
    connect(file, &QToolButton::clicked, this, &PictureCard::fileRequested);
}

void PictureCard::setPicture(const QImage& picture) { m_picture->setPicture(picture); }

const QImage& PictureCard::picture() const { return m_picture->picture(); }

void PictureCard::setTexts(const QString& name, const QString& said) {
    m_name->setText(name);
    m_said->setText(said);
    m_picture->setAccessibleName(said.isEmpty() ? name : name + QStringLiteral(", ") + said);
}

QString PictureCard::name() const { return m_name->text(); }
QString PictureCard::said() const { return m_said->text(); }

void PictureCard::setWalkable(bool walkable) {
    for (QToolButton* button : {m_previous, m_next, m_dice}) button->setEnabled(walkable);
}

}  // namespace thaw::ui
