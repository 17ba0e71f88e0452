#include "ui/widgets/texts/text_cards.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QToolTip>

#include "ui/models/percent_text.h"
#include "ui/models/plain_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/picture_tile_delegate.h"
#include "ui/widgets/texts/marked_text_layout.h"
#include "ui/widgets/texts/text_attributions.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kCard = 84, kStep = 92, kInset = 12, kTop = 7, kLine = 24, kFoot = 24, kLeastStep = 72;
constexpr int kBar = 86, kMark = 20;
constexpr int kMostShown = 600;  // bytes of a text that a card lays out

/// What a card of a row draws, laid out.
struct Card {
    QRectF box;  ///< of the frame
    MarkedTextLayout text;
    Card(const QRect& cell, const QModelIndex& index, const TextAttributions* attributions)
        : box(boxOf(cell)), text(layoutOf(box, index, attributions)) {}

    QPointF textCorner() const {
        const Theme& theme = Theme::instance();
        return box.topLeft() + QPointF(theme.px(kInset), theme.px(kTop));
    }

private:
    static QRectF boxOf(const QRect& cell) {
        const int gap = Theme::instance().px(kStep - kCard) / 2;
        return QRectF(cell).adjusted(gap, gap, -gap, -gap);
    }
    static MarkedTextLayout layoutOf(const QRectF& box, const QModelIndex& index, const TextAttributions* attributions) {
        const Theme& theme = Theme::instance();
        const auto id = index.data(PredictionListModel::IdRole).toInt();
        const auto said = index.data(PredictionListModel::PredictedClassRole).toInt();
        const std::string whole = index.data(PredictionListModel::TextRole).toByteArray().toStdString();
        const double room = box.height() - theme.px(kTop + kFoot);
        return {markedText(whole.substr(0, kMostShown), attributions ? attributions->of({id, said}) : nullptr),
                theme.font(TextRole::Body), box.width() - 2.0 * theme.px(kInset), static_cast<double>(theme.px(kLine)),
                qMax(1, static_cast<int>(room / theme.px(kLine)))};
    }
};

class CardDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    const TextAttributions* attributions = nullptr;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        const auto* list = qobject_cast<const QListView*>(option.widget);
        return list ? list->gridSize() : QSize();
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::instance();
        const Card card(option.rect, index, attributions);
        const auto verdict = static_cast<Verdict>(index.data(PredictionListModel::VerdictRole).toInt());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state & QStyle::State_Selected) {
            painter->setPen(QPen(theme.color(Tone::Accent), 2 * theme.scale()));
            painter->setBrush(Qt::NoBrush);
            const double out = 2.5 * theme.scale();
            painter->drawRoundedRect(card.box.adjusted(-out, -out, out, out), theme.px(8), theme.px(8));
        }
        const double frame = (verdict == Verdict::Wrong ? 2.5 : 1.5) * theme.scale();
        painter->setPen(QPen(toneOf(verdict), frame));
        painter->setBrush(theme.color(Tone::Surface));
        painter->drawRoundedRect(card.box.adjusted(frame / 2, frame / 2, -frame / 2, -frame / 2), theme.px(6), theme.px(6));
        card.text.draw(painter, card.textCorner());
        drawFoot(painter, card.box, index, verdict);
        painter->restore();
    }

private:
    static QColor toneOf(Verdict verdict) {
        return Theme::instance().color(verdict == Verdict::Right   ? Tone::Right
                                       : verdict == Verdict::Wrong ? Tone::Wrong
                                                                   : Tone::Line);
    }

    static void drawFoot(QPainter* painter, const QRectF& card, const QModelIndex& index, Verdict verdict) {
        const Theme& theme = Theme::instance();
        if (index.data(PredictionListModel::PredictedClassRole).toInt() < 0) return;
        const double confidence = index.data(PredictionListModel::ConfidenceRole).toDouble();
        QRectF row(card.left() + theme.px(kInset), card.bottom() - theme.px(kFoot) - theme.px(3),
                   card.width() - 2 * theme.px(kInset), theme.px(kFoot));
        const double mark = theme.px(kMark);
        drawVerdictMark(painter, QRectF(row.left(), row.center().y() - mark / 2, mark, mark), verdict);
        double x = row.left() + mark + theme.px(8);
        const auto write = [&](const QString& text, const QFont& font, Tone tone, double most) {
            painter->setFont(font);
            painter->setPen(theme.color(tone));
            const QString fitting = painter->fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(most));
            painter->drawText(QRectF(x, row.top(), most, row.height()), Qt::AlignVCenter | Qt::AlignLeft, fitting);
            x += painter->fontMetrics().horizontalAdvance(fitting) + theme.px(10);
        };
        const Tone tone = verdict == Verdict::Right ? Tone::Right : verdict == Verdict::Wrong ? Tone::Wrong : Tone::Accent;
        write(index.data(PredictionListModel::PredictedNameRole).toString(), theme.font(TextRole::TableStrong), tone,
              row.width() / 3);
        const QRectF bar(x, row.center().y() - theme.px(3), theme.px(kBar), theme.px(6));
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(Tone::Line2));
        painter->drawRoundedRect(bar, bar.height() / 2, bar.height() / 2);
        painter->setBrush(theme.color(tone));
        QRectF filled = bar;
        filled.setWidth(qMax(bar.height(), bar.width() * qBound(0.0, confidence, 1.0)));
        painter->drawRoundedRect(filled, bar.height() / 2, bar.height() / 2);
        x = bar.right() + theme.px(10);
        write(percentText(confidence), theme.font(TextRole::TableStrong), Tone::Ink, theme.px(60));
        const QString truth = index.data(PredictionListModel::TrueNameRole).toString();
        if (verdict == Verdict::Right)
            write(TextCards::tr("correct"), theme.font(TextRole::Table), Tone::Ink2, row.right() - x);
        else if (verdict == Verdict::Wrong)
            write(TextCards::tr("is %1").arg(truth), theme.font(TextRole::TableStrong), Tone::Ink, row.right() - x);
    }
};

}  // namespace

TextCards::TextCards(QWidget* parent) : QListView(parent) {
    setUniformItemSizes(true);
    setResizeMode(QListView::Adjust);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setProperty("bare", true);
    setMouseTracking(true);
    setItemDelegate(new CardDelegate(this));
    setAccessibleName(tr("Texts"));
    new FocusRing(this);
    connect(&Theme::instance(), &Theme::changed, this, &TextCards::fit);
}

void TextCards::setTextModel(PredictionListModel* model) {
    m_texts = model;
    setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, &TextCards::restoreCurrent);
    connect(model, &PredictionListModel::summaryChanged, this, &TextCards::wantWords);
}

void TextCards::setAttributions(TextAttributions* attributions) {
    m_attributions = attributions;
    static_cast<CardDelegate*>(itemDelegate())->attributions = attributions;
    connect(attributions, &TextAttributions::changed, viewport(), qOverload<>(&QWidget::update));
}

void TextCards::fit() {
    const Theme& theme = Theme::instance();
    const int height = contentsRect().height(), width = contentsRect().width();
    if (height <= 0 || !m_texts || !m_texts->readsTexts()) return;
    const int rows = qMax(1, height / theme.px(kStep));
    // A little less than a card's height rather than a gap below.
    const int more =
        height / (rows + 1) >= theme.px(kLeastStep) && height % theme.px(kStep) > theme.px(kStep) / 2 ? rows + 1 : rows;
    setGridSize({width - 2, qMin(height / more, theme.px(kStep + 12))});
    m_texts->setPageSize(more);
}

void TextCards::setCurrentText(int id) {
    m_current = id;
    if (!m_texts) return;
    m_texts->setAnchor(id);
    m_texts->showPicture(id);
    restoreCurrent();
}

void TextCards::restoreCurrent() {
    const int row = m_texts->rowOf(m_current);
    m_restoring = true;
    if (row >= 0)
        setCurrentIndex(m_texts->index(row));
    else
        selectionModel()->clear();
    m_restoring = false;
}

void TextCards::wantWords() {
    if (!m_attributions || !isVisible()) return;
    std::vector<TextAttributions::Key> keys;
    const auto add = [&](int id) {
        const PictureItem item = m_texts->item(id);
        if (id >= 0 && item.predictedClass >= 0) keys.emplace_back(id, item.predictedClass);
    };
    add(m_current);
    for (int row = 0; row < m_texts->rowCount(); ++row) add(m_texts->index(row).data(PredictionListModel::IdRole).toInt());
    m_attributions->want(std::move(keys));
}

void TextCards::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (m_restoring || !current.isValid()) return;
    const int id = current.data(PredictionListModel::IdRole).toInt();
    if (id == m_current) return;
    m_current = id;
    m_texts->setAnchor(id);
    Q_EMIT currentTextChanged(id);
}

void TextCards::step(int by) {
    const int position = m_texts->positionOf(m_current);
    const int id = position < 0 ? m_texts->idAt(m_texts->pageBegin()) : m_texts->idAt(position + by);
    if (id == -1) return;
    setCurrentText(id);
    Q_EMIT currentTextChanged(id);
}

void TextCards::goToPrevious() { step(-1); }
void TextCards::goToNext() { step(1); }

void TextCards::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    fit();
}

void TextCards::showEvent(QShowEvent* event) {
    QListView::showEvent(event);
    fit();
    wantWords();
}

void TextCards::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Up:
            return goToPrevious();
        case Qt::Key_Down:
            return goToNext();
        case Qt::Key_PageUp:
            return m_texts->previousPage();
        case Qt::Key_PageDown:
            return m_texts->nextPage();
        default:
            event->ignore();
    }
}

QString TextCards::toolTipAt(const QModelIndex& index, const QPoint& place) const {
    const Card card(visualRect(index), index, m_attributions);
    const QString said = index.data(PredictionListModel::PredictedNameRole).toString();
    if (const WordMark* word = card.text.wordAt(QPointF(place) - card.textCorner()))
        return markText(card.text.text(), *word, said);
    return card.text.isCut() ? QString::fromUtf8(index.data(PredictionListModel::TextRole).toByteArray().left(kMostShown))
                             : QString();
}

bool TextCards::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QListView::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QModelIndex index = indexAt(help->pos());
    const QString text = index.isValid() ? toolTipAt(index, help->pos()) : QString();
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), toolTipText(text), viewport());
    return true;
}

}  // namespace thaw::ui
