#include "ui/widgets/library/class_table.h"

#include <QGridLayout>
#include <QImage>
#include <QLocale>
#include <QPainter>

#include <algorithm>

#include "ui/models/path_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/split_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

enum Column { kName, kBar, kTrain, kTest, kPictures };

}  // namespace

CountBar::CountBar(double part, QWidget* parent) : QWidget(parent), m_part(part) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize CountBar::sizeHint() const { return {Theme::instance().px(96), Theme::instance().px(10)}; }

void CountBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double height = theme.px(8), radius = height / 2;
    const QRectF whole(0, (this->height() - height) / 2, width(), height);
    painter.setBrush(theme.color(Tone::Line2));
    painter.drawRoundedRect(whole, radius, radius);
    painter.setBrush(theme.color(Tone::Training));
    if (m_part > 0)
        painter.drawRoundedRect(QRectF(whole.topLeft(), QSizeF(std::max(height, whole.width() * m_part), height)), radius,
                                radius);
}

PictureStrip::PictureStrip(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&PictureImages::instance(), &PictureImages::arrived, this, qOverload<>(&PictureStrip::update));
}

void PictureStrip::setPictures(std::shared_ptr<const core::PictureSet> pictures, std::vector<std::int64_t> indices) {
    m_pictures = std::move(pictures);
    m_indices = std::move(indices);
    update();
}

QSize PictureStrip::sizeHint() const { return {Theme::instance().px(36 * 4), Theme::instance().px(36)}; }

void PictureStrip::paintEvent(QPaintEvent*) {
    const int side = Theme::instance().px(36), pitch = Theme::instance().px(40);
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    if (m_pictures && m_pictures->texts) return paintTexts(&painter);
    for (std::size_t i = 0; i < m_indices.size(); ++i) {
        const int x = static_cast<int>(i) * pitch;
        if (x + side > width()) break;
        painter.drawImage(QRect(x, 0, side, side), PictureImages::instance().image(m_pictures, m_indices[i]));
    }
}

/// The beginnings of as many texts as have room, one a line.
void PictureStrip::paintTexts(QPainter* painter) const {
    const Theme& theme = Theme::instance();
    constexpr std::size_t kMostShown = 400;  // bytes
    painter->setFont(theme.font(TextRole::Table));
    painter->setPen(theme.color(Tone::Ink2));
    const int line = theme.px(18);
    for (std::size_t i = 0; i < m_indices.size() && static_cast<int>(i + 1) * line <= height(); ++i) {
        const std::string start = (*m_pictures->texts)[static_cast<std::size_t>(m_indices[i])].substr(0, kMostShown);
        const QString text = QString::fromUtf8(start.data(), static_cast<qsizetype>(start.size())).simplified();
        painter->drawText(QRect(0, static_cast<int>(i) * line, width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, width()));
    }
}

ClassTable::ClassTable(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setColumnStretch(kBar, 1);
    m_grid->setColumnStretch(kPictures, 4);
    const auto space = [this] {
        m_grid->setHorizontalSpacing(Theme::instance().px(16));
        m_grid->setVerticalSpacing(Theme::instance().px(4));
    };
    connect(&Theme::instance(), &Theme::changed, this, space);
    space();
}

void ClassTable::setDataset(const core::DatasetInfo& dataset) {
    while (QLayoutItem* item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_strips.clear();
    if (dataset.classNames.empty()) return;
    const auto put = [this](const QString& text, const char* type, int row, int column, Qt::Alignment alignment) {
        m_grid->addWidget(makeLabel(text, type, this), row, column, alignment | Qt::AlignVCenter);
    };
    const bool counted = !dataset.trainPerClass.empty();
    put(tr("Class"), "caption", 0, kName, Qt::AlignLeft);
    if (counted) {
        put(tr("Training"), "caption", 0, kTrain, Qt::AlignRight);
        put(tr("Test"), "caption", 0, kTest, Qt::AlignRight);
        put(dataset.modality == core::Modality::Texts ? tr("Some of the test texts") : tr("Some of the test pictures"), "caption",
            0, kPictures, Qt::AlignLeft);
    }
    std::int64_t largest = 1;
    for (const std::int64_t count : dataset.trainPerClass) largest = std::max(largest, count);
    const auto countAt = [](const std::vector<std::int64_t>& counts, std::size_t i) { return i < counts.size() ? counts[i] : 0; };
    for (std::size_t i = 0; i < dataset.classNames.size(); ++i) {
        const int row = static_cast<int>(i) + 1;
        put(nameText(dataset.classNames[i]), "tableStrong", row, kName, Qt::AlignLeft);
        m_strips.push_back(new PictureStrip(this));
        m_grid->addWidget(m_strips.back(), row, kPictures, Qt::AlignVCenter);
        if (!counted) continue;
        const std::int64_t train = countAt(dataset.trainPerClass, i), test = countAt(dataset.testPerClass, i);
        auto* bar = new CountBar(static_cast<double>(train) / static_cast<double>(largest), this);
        bar->setAccessibleName(picturesText(train, core::Split::Train));
        m_grid->addWidget(bar, row, kBar, Qt::AlignVCenter);
        put(QLocale().toString(static_cast<qlonglong>(train)), "table", row, kTrain, Qt::AlignRight);
        put(QLocale().toString(static_cast<qlonglong>(test)), "table", row, kTest, Qt::AlignRight);
    }
}

void ClassTable::setPictures(const std::shared_ptr<const core::PictureSet>& pictures) {
    for (std::size_t row = 0; row < m_strips.size(); ++row) {
        std::vector<std::int64_t> indices;
        for (std::int64_t i = 0; pictures && i < pictures->count(); ++i)
            if (pictures->hasLabel(i, static_cast<int>(row))) indices.push_back(i);
        m_strips[row]->setPictures(pictures, std::move(indices));
    }
}

}  // namespace thaw::ui
