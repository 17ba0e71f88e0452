#include "ui/widgets/predictions/pinned_strip.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include "ui/models/percent_text.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"

namespace thaw::ui {
namespace {

constexpr int kTitleHeight = 46, kRowHeight = 48;  // design pixels
constexpr int kMostBarWidth = 48;

class PinnedRowDelegate : public QStyledItemDelegate {
public:
    PinnedRowDelegate(PinnedListModel* pins, PinnedStrip* strip, QObject* parent)
        : QStyledItemDelegate(parent), m_pins(pins), m_strip(strip) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        const Theme& theme = Theme::instance();
        return {theme.px(300), theme.px(kRowHeight)};
    }

    static QRect unpinRect(const QRect& row) {
        const Theme& theme = Theme::instance();
        return QRect(row.right() - theme.px(32), row.center().y() - theme.px(15), theme.px(30), theme.px(30));
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const int id = index.data(PinnedListModel::IdRole).toInt();
        const std::vector<PredictionMoment> moments = m_pins->moments(id);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.color(option.state & QStyle::State_Selected ? Tone::AccentBackground : Tone::Surface2));
            painter->drawRoundedRect(option.rect.adjusted(0, 1, 0, -1), theme.px(6), theme.px(6));
        }

        // Picture and label
        const int thumb = theme.px(36);
        const QRect picture(option.rect.left() + theme.px(8), option.rect.center().y() - thumb / 2, thumb, thumb);
        QPainterPath outline;
        outline.addRoundedRect(picture, theme.px(4), theme.px(4));
        painter->save();
        painter->setClipPath(outline);
        painter->drawPixmap(picture, scaledPicture(index.data(PinnedListModel::PictureRole).value<QImage>(),
                                                   index.data(PinnedListModel::PictureKeyRole).toString(), thumb,
                                                   painter->device()->devicePixelRatioF(), false));
        painter->restore();
        const int nameLeft = picture.right() + theme.px(10), nameWidth = theme.px(84);
        drawLine(painter, QRect(nameLeft, picture.top(), nameWidth, thumb / 2), TextRole::TableStrong, Tone::Ink,
                 index.data(PinnedListModel::TrueNameRole).toString(), Qt::AlignLeft);
        drawLine(painter, QRect(nameLeft, picture.top() + thumb / 2, nameWidth, thumb / 2), TextRole::Caption, Tone::Ink3,
                 index.data(Qt::DisplayRole).toString(), Qt::AlignLeft);

        const QRect unpin = unpinRect(option.rect);
        painter->drawPixmap(unpin.center() - QPoint(theme.px(7), theme.px(7)),
                            theme.pixmap(QStringLiteral("cross"), Tone::Ink3, 14, painter->device()->devicePixelRatioF()));
        const int nowWidth = theme.px(92);
        const QRect now(unpin.left() - theme.px(8) - nowWidth, picture.top(), nowWidth, thumb);
        if (moments.empty()) {
            drawLine(painter, QRect(stripRect(option.rect)), TextRole::Caption, Tone::Ink3, QObject::tr("No prediction yet"),
                     Qt::AlignLeft);
            painter->restore();
            return;
        }
        const PredictionMoment& last = moments[static_cast<std::size_t>(m_pins->currentMoment(moments))];
        drawLine(painter, QRect(now.left(), now.top(), nowWidth, thumb / 2), TextRole::TableStrong,
                 last.right ? Tone::Right : Tone::Wrong, m_pins->className(last.predictedClass), Qt::AlignLeft);
        drawLine(painter, QRect(now.left(), now.top() + thumb / 2, nowWidth, thumb / 2), TextRole::Caption, Tone::Ink,
                 percentText(last.confidence), Qt::AlignLeft);
        drawStrip(painter, stripRect(option.rect), moments);
        painter->restore();
    }

    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override {
        if (event->type() == QEvent::MouseButtonRelease &&
            unpinRect(option.rect).contains(static_cast<QMouseEvent*>(event)->position().toPoint())) {
            m_pins->unpin(index.data(PinnedListModel::IdRole).toInt());
            return true;
        }
        if (event->type() == QEvent::MouseButtonRelease) {
            const std::vector<PredictionMoment> moments = m_pins->moments(index.data(PinnedListModel::IdRole).toInt());
            const int at = momentAt(option.rect, static_cast<QMouseEvent*>(event)->position().toPoint(), moments.size());
            if (at >= 0) Q_EMIT m_strip->momentChosen(moments[static_cast<std::size_t>(at)].step);
        }
        return QStyledItemDelegate::editorEvent(event, model, option, index);
    }

    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override {
        if (event->type() != QEvent::ToolTip) return false;
        const std::vector<PredictionMoment> moments = m_pins->moments(index.data(PinnedListModel::IdRole).toInt());
        QString text = index.data(Qt::AccessibleTextRole).toString();
        if (unpinRect(option.rect).contains(event->pos())) {
            text = tr("Unpin");
        } else if (const int at = momentAt(option.rect, event->pos(), moments.size()); at >= 0) {
            const PredictionMoment& moment = moments[static_cast<std::size_t>(at)];
            text = tr("%1: %2, %3 sure, %4")
                       .arg(m_pins->momentText(moment), m_pins->className(moment.predictedClass), percentText(moment.confidence),
                            moment.right ? tr("right") : tr("wrong"));
            text.replace(0, 1, text.at(0).toUpper());
        }
        QToolTip::showText(event->globalPos(), text, view);
        return true;
    }

private:
    static void drawLine(QPainter* painter, const QRect& box, TextRole role, Tone tone, const QString& text,
                         Qt::Alignment alignment) {
        painter->setFont(Theme::instance().font(role));
        painter->setPen(Theme::instance().color(tone));
        painter->drawText(box, static_cast<int>(alignment | Qt::AlignVCenter),
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, box.width()));
    }

    static QRect stripRect(const QRect& row) {
        const Theme& theme = Theme::instance();
        const int left = row.left() + theme.px(8 + 36 + 10 + 84 + 12);
        const int right = unpinRect(row).left() - theme.px(8 + 92 + 12);
        return QRect(left, row.top() + theme.px(4), qMax(1, right - left), row.height() - theme.px(8));
    }

    static double barPitch(const QRect& strip, std::size_t count) {
        return qMin<double>(Theme::instance().px(kMostBarWidth), static_cast<double>(strip.width()) / static_cast<double>(count));
    }

    /// -1: beside the bars.
    static int momentAt(const QRect& row, QPoint place, std::size_t count) {
        const QRect strip = stripRect(row);
        if (count == 0 || !strip.contains(place)) return -1;
        const int at = static_cast<int>((place.x() - strip.left()) / barPitch(strip, count));
        return at < static_cast<int>(count) ? at : -1;
    }

    void drawStrip(QPainter* painter, const QRect& strip, const std::vector<PredictionMoment>& moments) const {
        const Theme& theme = Theme::instance();
        const double pitch = barPitch(strip, moments.size());
        const double gap = pitch >= 6 ? 2 : 0;
        const int names = theme.px(15);  // above the bars
        const double floor = strip.bottom(), room = strip.height() - names;
        painter->setPen(QPen(theme.color(Tone::Line), 1));
        painter->drawLine(QPointF(strip.left(), floor + 0.5), QPointF(strip.right(), floor + 0.5));

        QFont caption = theme.font(TextRole::Caption);
        painter->setFont(caption);
        double namesEnd = strip.left();
        for (std::size_t i = 0; i < moments.size(); ++i) {
            const PredictionMoment& moment = moments[i];
            const QColor color = theme.color(moment.right ? Tone::Right : Tone::Wrong);
            const double height = qMax(2.0, room * moment.confidence);
            const double left = strip.left() + static_cast<double>(i) * pitch;
            const QRectF bar(left, floor - height, qMax(1.0, pitch - gap), height);
            if (moment.right || pitch < 5) {
                painter->fillRect(bar, moment.right ? color : QColor(color.red(), color.green(), color.blue(), 120));
            } else {
                painter->setPen(QPen(color, 1.5));
                painter->setBrush(theme.color(Tone::Surface));
                painter->drawRect(bar.adjusted(0.75, 0.75, -0.75, 0));
            }
            if (moment.flipped) {
                painter->setPen(QPen(theme.color(Tone::Ink), 1.5));
                painter->drawLine(QPointF(left - gap / 2, strip.top() + names * 0.2), QPointF(left - gap / 2, floor));
            }
            if ((i == 0 || moment.flipped) && left >= namesEnd) {
                // The name stays within the space up to the next change, where it fits whole; "+" would say nothing.
                std::size_t next = i + 1;
                while (next < moments.size() && !moments[next].flipped) ++next;
                const double until = next < moments.size() ? strip.left() + static_cast<double>(next) * pitch : strip.right();
                const QString name = painter->fontMetrics().elidedText(m_pins->className(moment.predictedClass), Qt::ElideRight,
                                                                       static_cast<int>(until - left - theme.px(6)));
                painter->setPen(color);
                if (name.size() > 1) {
                    painter->drawText(QRectF(left + theme.px(3), strip.top(), until - left, names),
                                      Qt::AlignLeft | Qt::AlignVCenter, name);
                    namesEnd = left + painter->fontMetrics().horizontalAdvance(name);
                }
            }
        }
        if (m_pins->currentStep()) {
            painter->setPen(QPen(theme.color(Tone::Accent), 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(
                QRectF(strip.left() + m_pins->currentMoment(moments) * pitch - gap / 2, floor - room - 1, pitch, room + 3), 2, 2);
        }
    }

    PinnedListModel* m_pins;
    PinnedStrip* m_strip;
};

}  // namespace

PinnedStrip::PinnedStrip(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_title = makeLabel({}, "strong", this);
    m_legend = makeLabel(tr("full bar: right · hollow bar: wrong · line: changed its mind"), "caption", this);
    m_fold = makeIconButton(QStringLiteral("chevron-down"), tr("Fold the pinned pictures away"), this);
    m_list = new QListView(this);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Pinned pictures"));
    m_list->installEventFilter(this);

    auto* head = new QHBoxLayout;
    head->addWidget(m_title);
    head->addStretch(1);
    head->addWidget(m_legend);
    head->addWidget(m_fold);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 4, 10, 6);
    column->setSpacing(2);
    column->addLayout(head);
    column->addWidget(m_list);
    column->addStretch(1);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);

    connect(m_fold, &QToolButton::clicked, this, [this] { setFolded(!m_folded); });
    connect(m_list, &QListView::clicked, this,
            [this](const QModelIndex& index) { Q_EMIT pictureChosen(index.data(PinnedListModel::IdRole).toInt()); });
    connect(m_list, &QListView::activated, this,
            [this](const QModelIndex& index) { Q_EMIT pictureChosen(index.data(PinnedListModel::IdRole).toInt()); });
    connect(&Theme::instance(), &Theme::changed, this, &PinnedStrip::refresh);
    refresh();
}

void PinnedStrip::setPins(PinnedListModel* pins) {
    m_pins = pins;
    m_list->setModel(pins);
    m_list->setItemDelegate(new PinnedRowDelegate(pins, this, m_list));
    connect(pins, &PinnedListModel::pinsChanged, this, &PinnedStrip::refresh);
    refresh();
}

void PinnedStrip::setVisibleRows(int rows) {
    m_visibleRows = qMax(1, rows);
    refresh();
}

int PinnedStrip::rowsIn(int height) {
    const Theme& theme = Theme::instance();
    return (height - theme.px(kTitleHeight)) / theme.px(kRowHeight);
}

void PinnedStrip::setFolded(bool folded) {
    if (folded == m_folded) return;
    m_folded = folded;
    refresh();
    Q_EMIT foldedChanged();
}

void PinnedStrip::setHiddenFolded(bool hidden) {
    m_hiddenFolded = hidden;
    refresh();
}

void PinnedStrip::refresh() {
    const int count = m_pins ? m_pins->rowCount() : 0;
    setVisible(count > 0 && !(m_folded && m_hiddenFolded));
    m_title->setText(tr("Pinned pictures %1").arg(count));
    m_list->setVisible(!m_folded);
    m_legend->setVisible(!m_folded);
    m_fold->setToolTip(m_folded ? tr("Show the pinned pictures") : tr("Fold the pinned pictures away"));
    m_fold->setIcon(Theme::instance().icon(m_folded ? QStringLiteral("chevron-up") : QStringLiteral("chevron-down"), Tone::Ink2));
    m_list->setFixedHeight(qMin(count, m_visibleRows) * Theme::instance().px(kRowHeight));
}

void PinnedStrip::stepMoment(int by) {
    const std::vector<PredictionMoment> moments = m_pins->moments(m_list->currentIndex().data(PinnedListModel::IdRole).toInt());
    const int next = m_pins->currentMoment(moments) + by;
    if (next >= 0 && next < static_cast<int>(moments.size())) Q_EMIT momentChosen(moments[static_cast<std::size_t>(next)].step);
}

bool PinnedStrip::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_list && event->type() == QEvent::KeyPress && m_list->currentIndex().isValid()) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Delete) {
            m_pins->unpin(m_list->currentIndex().data(PinnedListModel::IdRole).toInt());
            return true;
        }
        if (key == Qt::Key_Left || key == Qt::Key_Right) {
            stepMoment(key == Qt::Key_Left ? -1 : 1);
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace thaw::ui
