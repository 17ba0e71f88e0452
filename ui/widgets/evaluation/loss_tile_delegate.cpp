#include "ui/widgets/evaluation/loss_tile_delegate.h"

#include <QListView>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kWidth = 286, kHeight = 124, kPicture = 100, kMargin = 8, kGap = 12;

}  // namespace

QSize LossTileDelegate::tileSize() { return {Theme::instance().px(kWidth), Theme::instance().px(kHeight)}; }

QSize LossTileDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    const auto* view = qobject_cast<const QListView*>(option.widget);
    return view && view->gridSize().isValid() ? view->gridSize() : tileSize();
}

void LossTileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect plate = option.rect.adjusted(theme.px(3), theme.px(3), -theme.px(3), -theme.px(3));
    const bool selected = option.state & QStyle::State_Selected;
    painter->setPen(selected ? QPen(theme.color(Tone::Accent), theme.px(2)) : QPen(theme.color(Tone::Line2), 1));
    painter->setBrush(theme.color(selected                                 ? Tone::AccentBackground
                                  : option.state & QStyle::State_MouseOver ? Tone::Surface2
                                                                           : Tone::Surface));
    painter->drawRoundedRect(QRectF(plate).adjusted(1, 1, -1, -1), theme.px(8), theme.px(8));

    const auto verdict = static_cast<Verdict>(index.data(PredictionListModel::VerdictRole).toInt());
    const Tone said = verdict == Verdict::Right ? Tone::Right : Tone::Wrong;
    const int side = qMin(theme.px(kPicture), plate.height() - 2 * theme.px(kMargin));
    const QRect picture(plate.left() + theme.px(kMargin), plate.center().y() - side / 2, side, side);
    const QPixmap pixmap = scaledPicture(index.data(PredictionListModel::PictureRole).value<QImage>(),
                                         index.data(PredictionListModel::PictureKeyRole).toString(), side,
                                         painter->device()->devicePixelRatioF(), false);
    QPainterPath outline;
    outline.addRoundedRect(picture, theme.px(5), theme.px(5));
    painter->save();
    painter->setClipPath(outline);
    painter->drawPixmap(picture, pixmap);
    painter->restore();
    painter->setPen(QPen(theme.color(said), 2 * theme.scale()));
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(outline);
    const double mark = theme.px(22);
    drawVerdictMark(painter, QRectF(picture.right() - mark - theme.px(3), picture.top() + theme.px(4), mark, mark), verdict);

    const QRect words(picture.right() + theme.px(kGap), picture.top(),
                      plate.right() - theme.px(kMargin + 2) - picture.right() - theme.px(kGap), side);
    const double line = words.height() / 5.0;
    int row = 0;
    const QFont plain = theme.font(TextRole::Caption), strong = theme.font(TextRole::TableStrong);
    const int titles =
        qMax(QFontMetrics(plain).horizontalAdvance(tr("Predicted")), QFontMetrics(plain).horizontalAdvance(tr("True"))) +
        theme.px(8);
    const auto lineRect = [&] {
        const QRectF rect(words.left(), words.top() + line * row, words.width(), line);
        ++row;
        return rect;
    };
    const auto write = [&](const QString& title, const QString& text, Tone tone) {
        const QRectF rect = lineRect();
        painter->setFont(plain);
        painter->setPen(theme.color(Tone::Ink3));
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, title);
        painter->setFont(strong);
        painter->setPen(theme.color(tone));
        const QRectF room = rect.adjusted(titles, 0, 0, 0);
        painter->drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, int(room.width())));
    };
    const QString predictedName = index.data(PredictionListModel::PredictedNameRole).toString();
    const QString trueName = index.data(PredictionListModel::TrueNameRole).toString();
    write(tr("Predicted"), predictedName, said);
    write(tr("True"), trueName, Tone::Ink);
    write(tr("Loss"), QLocale().toString(index.data(PredictionListModel::LossRole).toDouble(), 'f', 2), Tone::Ink);
    const auto probability = [&](const QString& name, double value, Tone tone) {
        const QRectF rect = lineRect();
        painter->setFont(theme.font(TextRole::Table));
        painter->setPen(theme.color(Tone::Ink));
        const QString percent = percentText(value);
        painter->drawText(rect, Qt::AlignVCenter | Qt::AlignRight, percent);
        const double percentWidth = painter->fontMetrics().horizontalAdvance(percentText(1)) + theme.px(4);
        painter->setFont(plain);
        painter->setPen(theme.color(Tone::Ink2));
        painter->drawText(QRectF(rect.left(), rect.top(), titles - theme.px(4), line), Qt::AlignVCenter | Qt::AlignLeft,
                          painter->fontMetrics().elidedText(shortClassName(name), Qt::ElideRight, titles - theme.px(4)));
        const QRectF track(rect.left() + titles, rect.center().y() - theme.px(2.5), rect.width() - titles - percentWidth,
                           theme.px(5));
        if (track.width() > theme.px(12)) drawConfidenceBar(painter, track, value, theme.color(tone));
    };
    probability(predictedName, index.data(PredictionListModel::ConfidenceRole).toDouble(), said);
    if (const QVariant truth = index.data(PredictionListModel::TrueProbabilityRole); truth.isValid())
        probability(trueName, truth.toDouble(), Tone::Right);
    painter->restore();
}

}  // namespace thaw::ui
