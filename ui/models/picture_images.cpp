#include "ui/models/picture_images.h"

#include <QFont>
#include <QGuiApplication>
#include <QPainter>
#include <QPalette>

#include <algorithm>

#include "core/api/errors.h"

namespace thaw::ui {
namespace {

constexpr int kMostKept = 2000;
constexpr std::size_t kMostWanted = 400, kAtOnce = 16;

QImage unreadable(const core::PictureSet& pictures) {
    QImage image(pictures.width, pictures.height, QImage::Format_RGB32);
    image.fill(Qt::gray);
    return image;
}

/// The first words of a text as a small page, where others have a picture.
QImage imageOfText(const std::string& text) {
    constexpr int kSide = 96, kEdge = 6, kLetters = 160;
    QImage image(kSide, kSide, QImage::Format_RGB32);
    image.fill(QGuiApplication::palette().color(QPalette::Base));
    QPainter painter(&image);
    QFont font = QGuiApplication::font();
    font.setPixelSize(12);
    painter.setFont(font);
    painter.setPen(QGuiApplication::palette().color(QPalette::Text));
    const QString words = QString::fromUtf8(text.data(), static_cast<qsizetype>(std::min<std::size_t>(text.size(), kLetters)));
    painter.drawText(image.rect().adjusted(kEdge, kEdge - 2, -kEdge + 2, -kEdge + 2), Qt::TextWordWrap | Qt::TextWrapAnywhere,
                     words);
    return image;
}

std::vector<QImage> readImages(const core::PictureSet& pictures, const std::vector<std::int64_t>& rows) {
    std::vector<QImage> images;
    for (const std::int64_t row : rows) try {
            const std::vector<std::uint8_t> pixels = pictures.read({row});
            images.push_back(imageOf(pixels.data(), pictures.width, pictures.height));
        } catch (const std::exception&) {  // the run that reads it says why
            images.push_back(unreadable(pictures));
        }
    return images;
}

}  // namespace

QImage imageOf(const std::uint8_t* rgb, int width, int height) {
    return QImage(rgb, width, height, width * 3, QImage::Format_RGB888).convertToFormat(QImage::Format_RGB32);
}

PictureImages& PictureImages::instance() {
    static PictureImages images;
    return images;
}

PictureImages::PictureImages() : m_kept(kMostKept) {}

QImage PictureImages::image(const std::shared_ptr<const core::PictureSet>& pictures, std::int64_t index) {
    if (pictures->texts) return imageOfText((*pictures->texts)[static_cast<std::size_t>(index)]);
    if (pictures->inMemory()) return imageOf(pictures->picture(index), pictures->width, pictures->height);
    if (const Kept* kept = m_kept.object({pictures->reader.get(), index}); kept && kept->of.lock() == pictures->reader)
        return kept->image;
    const auto same = [&](const Wanted& one) { return one.pictures == pictures && one.index == index; };
    m_wanted.erase(std::remove_if(m_wanted.begin(), m_wanted.end(), same), m_wanted.end());
    m_wanted.push_back({pictures, index});
    if (m_wanted.size() > kMostWanted) m_wanted.erase(m_wanted.begin());
    readNext();
    return {};
}

void PictureImages::readNext() {
    if (m_reading || m_wanted.empty()) return;
    m_reading = true;
    const std::shared_ptr<const core::PictureSet> pictures = m_wanted.back().pictures;
    std::vector<std::int64_t> rows;
    for (auto one = m_wanted.rbegin(); one != m_wanted.rend() && rows.size() < kAtOnce; ++one)
        if (one->pictures == pictures) rows.push_back(one->index);
    m_background.add(
        [this, pictures, rows]() -> std::function<void()> {
            return [this, pictures, rows, images = readImages(*pictures, rows)] { keep(pictures, rows, images); };
        },
        [this](const QString&, const QString&) { m_reading = false; });
}

void PictureImages::keep(const std::shared_ptr<const core::PictureSet>& pictures, const std::vector<std::int64_t>& rows,
                         const std::vector<QImage>& images) {
    m_reading = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        m_kept.insert({pictures->reader.get(), rows[i]}, new Kept{pictures->reader, images[i]});
        const auto same = [&](const Wanted& one) { return one.pictures == pictures && one.index == rows[i]; };
        m_wanted.erase(std::remove_if(m_wanted.begin(), m_wanted.end(), same), m_wanted.end());
    }
    Q_EMIT arrived();
    readNext();
}

}  // namespace thaw::ui
