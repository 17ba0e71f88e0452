#include "ui/widgets/inspector/channel_card.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/channel_list_model.h"
#include "ui/models/percent_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/plain_text.h"
#include "ui/models/run_curves.h"
#include "ui/models/task_text.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/pictures/map_picture.h"

namespace thaw::ui {
namespace {

constexpr int kPictureSide = 120, kTopSide = 46, kTopColumns = 4;

}  // namespace

ChannelCard::ChannelCard(const ChannelListModel& model, QWidget* parent) : QWidget(parent), m_model(model) {
    connect(&PictureImages::instance(), &PictureImages::arrived, this, &ChannelCard::takeImages);
    m_title = makeLabel({}, "strong", this);
    m_picture = new MapPicture(kPictureSide, this);
    m_figures = makeLabel({}, "caption", this);
    m_figures->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_figures->setWordWrap(true);
    m_opacityTitle = makeLabel(tr("Strength"), "caption", this);
    m_opacity = new QSlider(Qt::Horizontal, this);
    m_opacity->setRange(0, 100);
    m_opacity->setValue(60);
    m_opacity->setAccessibleName(tr("How strongly the channel lies over the picture"));
    m_opacity->setToolTip(m_opacity->accessibleName());
    m_opacityTitle->setBuddy(m_opacity);
    m_topTitle = makeLabel(tr("Answers most to"), "captionStrong", this);
    m_topTitle->setToolTip(
        tr("The pictures, of the first 1,000, in which the channel's largest value is largest. Click one to take it in hand."));
    auto* grid = new QWidget(this);
    m_topMessage = makeLabel({}, "caption", grid);
    m_topMessage->setWordWrap(true);
    m_topMessage->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_topAction = new QPushButton(grid);
    m_topAction->setProperty("small", true);
    connect(m_topAction, &QPushButton::clicked, this, &ChannelCard::topActionRequested);

    auto* beside = new QVBoxLayout;
    beside->setSpacing(4);
    beside->addWidget(m_figures, 1);
    beside->addWidget(m_opacityTitle);
    beside->addWidget(m_opacity);
    auto* enlarged = new QHBoxLayout;
    enlarged->setSpacing(10);
    enlarged->addWidget(m_picture, 0, Qt::AlignTop);
    enlarged->addLayout(beside, 1);
    auto* channel = new QVBoxLayout;
    channel->setSpacing(6);
    channel->addWidget(m_title);
    channel->addLayout(enlarged);
    channel->addStretch(1);

    auto* tiles = new QGridLayout(grid);
    tiles->setContentsMargins(0, 0, 0, 0);
    tiles->setSpacing(2);
    tiles->setColumnStretch(kTopColumns, 1);
    for (std::size_t i = 0; i < m_top.size(); ++i) {
        m_top[i] = new QToolButton(grid);
        m_top[i]->setFocusPolicy(Qt::StrongFocus);
        QSizePolicy keeps(QSizePolicy::Fixed, QSizePolicy::Fixed);
        keeps.setRetainSizeWhenHidden(true);
        m_top[i]->setSizePolicy(keeps);
        m_top[i]->hide();
        tiles->addWidget(m_top[i], static_cast<int>(i) / kTopColumns, static_cast<int>(i) % kTopColumns);
        connect(m_top[i], &QToolButton::clicked, this, [this, i] { Q_EMIT pictureChosen(m_indices[i]); });
    }
    // In the pictures' place, so that nothing moves when they come.
    auto* instead = new QVBoxLayout;
    instead->setSpacing(6);
    instead->addWidget(m_topMessage);
    instead->addWidget(m_topAction, 0, Qt::AlignLeft);
    instead->addStretch(1);
    tiles->addLayout(instead, 0, 0, static_cast<int>(m_top.size()) / kTopColumns, kTopColumns + 1);
    auto* top = new QVBoxLayout;
    top->setSpacing(4);
    top->addWidget(m_topTitle);
    top->addWidget(grid);
    top->addStretch(1);

    m_parts = new QBoxLayout(QBoxLayout::TopToBottom, this);
    m_parts->setContentsMargins(0, 0, 0, 0);
    m_parts->setSpacing(10);
    m_parts->addLayout(channel);
    m_parts->addLayout(top, 1);

    connect(m_opacity, &QSlider::valueChanged, this, [this](int value) { m_picture->setOpacity(value / 100.0); });
    m_picture->setOpacity(m_opacity->value() / 100.0);
    connect(&Theme::instance(), &Theme::changed, this, &ChannelCard::applyTheme);
    applyTheme();
    setTopMessage({});
}

void ChannelCard::applyTheme() {
    const int side = Theme::instance().px(kTopSide);
    for (std::size_t i = 0; i < m_top.size(); ++i) {
        m_top[i]->setIconSize({side, side});
        m_top[i]->setFixedSize(side + Theme::instance().px(10), side + Theme::instance().px(10));
        if (m_images[i].isNull()) continue;
        QPixmap pixmap = QPixmap::fromImage(
            m_images[i].scaled(QSize(side, side) * devicePixelRatioF(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
        pixmap.setDevicePixelRatio(devicePixelRatioF());
        m_top[i]->setIcon(pixmap);
    }
}

void ChannelCard::setWide(bool wide) { m_parts->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom); }

void ChannelCard::setPicture(const QImage& picture) { m_picture->setPicture(picture); }

void ChannelCard::showChannel(int channel) {
    const bool shown = m_model.rowOf(channel) >= 0;
    const bool plane = shown && !m_model.areUnits();
    m_opacity->setVisible(plane);
    m_opacityTitle->setVisible(plane);
    if (!shown) {
        m_title->clear();
        m_figures->clear();
        m_picture->setPlane({}, 0, 1);
        return;
    }
    const QModelIndex index = m_model.index(m_model.rowOf(channel));
    const auto [low, high] = m_model.range(channel);
    const QString title = plane ? tr("Channel %1") : m_model.isNamed() ? tr("Class %1") : tr("Unit %1");
    m_title->setText(title.arg(m_model.nameOf(channel)));
    const QString largest = m_model.largestText(channel);
    m_figures->setText(plane ? tr("largest %1\nmean %2\nnothing in %3")
                                   .arg(largest, QLocale().toString(index.data(ChannelListModel::MeanRole).toDouble(), 'f', 2),
                                        percentText(index.data(ChannelListModel::SilentRole).toDouble(), 0))
                             : tr("answers %1").arg(largest));
    m_picture->setPlane(plane ? m_model.plane(channel) : Plane(), low, high);
    m_picture->setAccessibleName(index.data(Qt::AccessibleTextRole).toString());
}

void ChannelCard::setTop(const std::shared_ptr<const core::PictureSet>& pictures, const std::vector<core::TopPicture>& top,
                         const QStringList& classNames) {
    m_topPictures = pictures;
    m_topMessage->clear();
    m_topMessage->hide();
    m_topAction->hide();
    const QLocale locale;
    for (std::size_t i = 0; i < m_top.size(); ++i) {
        const bool shown = i < top.size() && top[i].index < pictures->count();
        m_top[i]->setVisible(shown);
        m_images[i] = {};
        if (!shown) continue;
        m_indices[i] = top[i].index;
        const QString name = labelNames(*pictures, top[i].index, classNames);
        m_top[i]->setAccessibleName(
            tr("Picture %1, %2, answered with %3")
                .arg(locale.toString(static_cast<qlonglong>(top[i].index + 1)), name, locale.toString(top[i].value, 'f', 2)));
        m_top[i]->setToolTip(toolTipText(m_top[i]->accessibleName()));
    }
    takeImages();
}

void ChannelCard::takeImages() {
    if (!m_topPictures) return;
    for (std::size_t i = 0; i < m_top.size(); ++i)
        if (!m_top[i]->isHidden()) m_images[i] = PictureImages::instance().image(m_topPictures, m_indices[i]);
    applyTheme();
}

void ChannelCard::setTopMessage(const QString& message, const QString& action) {
    m_topMessage->setText(message);
    m_topMessage->setVisible(!message.isEmpty());
    m_topAction->setText(action);
    m_topAction->setVisible(!action.isEmpty());
    for (QToolButton* button : m_top) button->hide();
}

int ChannelCard::topCount() const {
    return static_cast<int>(
        std::count_if(m_top.begin(), m_top.end(), [](const QToolButton* button) { return !button->isHidden(); }));
}

QString ChannelCard::topMessage() const { return m_topMessage->text(); }
QString ChannelCard::title() const { return m_title->text(); }

}  // namespace thaw::ui
