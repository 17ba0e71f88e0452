#include "ui/widgets/prediction_detail.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/models/pinned_list_model.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/framed_button.h"
#include "ui/widgets/guess_bars.h"
#include "ui/widgets/picture_tile_delegate.h"
#include "ui/widgets/styling.h"
#include "ui/widgets/theme.h"

namespace thaw::ui {
namespace {

constexpr int kLeastTitledHeight = 360;

}  // namespace

/// One picture, or two side by side with a caption each.
class PictureCanvas : public QWidget {
public:
    struct Entry {
        QImage image;
        QString caption;
    };

    explicit PictureCanvas(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding); }

    void setEntries(std::vector<Entry> entries, Verdict verdict, bool raw) {
        m_entries = std::move(entries);
        m_verdict = verdict;
        m_raw = raw;
        setMaximumHeight(sizeHint().height());
        updateGeometry();
        update();
    }

    QSize sizeHint() const override {
        const Theme& theme = Theme::instance();
        if (m_entries.size() > 1) return {theme.px(340), theme.px(164 + kCaptionHeight)};
        const int side = theme.px(m_entries.empty() || !m_entries.front().image.isNull() ? 300 : 150);
        return {side, side};
    }
    QSize minimumSizeHint() const override { return {Theme::instance().px(140), Theme::instance().px(130)}; }

protected:
    void paintEvent(QPaintEvent*) override {
        if (m_entries.empty()) return;
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const int gap = theme.px(12);
        const int count = static_cast<int>(m_entries.size());
        const int captionHeight = count > 1 ? theme.px(kCaptionHeight) : 0;
        const int side = qMin((width() - gap * (count - 1)) / count, qMin(height() - captionHeight, theme.px(300)));
        int left = (width() - side * count - gap * (count - 1)) / 2;
        for (const Entry& entry : m_entries) {
            drawEntry(&painter, QRect(left, 0, side, side), entry);
            if (captionHeight > 0) {
                painter.setFont(theme.font(TextRole::Caption));
                painter.setPen(theme.color(Tone::Ink3));
                painter.drawText(QRect(left, side, side, captionHeight), Qt::AlignCenter,
                                 painter.fontMetrics().elidedText(entry.caption, Qt::ElideRight, side));
            }
            left += side + gap;
        }
    }

private:
    void drawEntry(QPainter* painter, const QRect& box, const Entry& entry) const {
        const Theme& theme = Theme::instance();
        const double frame = (m_verdict == Verdict::Wrong ? 3.0 : 2.0) * theme.scale();
        QPainterPath outline;
        outline.addRoundedRect(QRectF(box).adjusted(frame / 2, frame / 2, -frame / 2, -frame / 2), theme.px(8), theme.px(8));
        painter->fillPath(outline, theme.color(Tone::Surface2));
        if (entry.image.isNull()) {
            painter->drawPixmap(box.center() - QPoint(theme.px(16), theme.px(16)),
                                theme.pixmap(QStringLiteral("image"), Tone::Ink3, 32, devicePixelRatioF()));
        } else {
            painter->save();
            painter->setClipPath(outline);
            const QSize fitted = entry.image.size().scaled(box.size(), Qt::KeepAspectRatio);
            const QRect target(box.center() - QPoint(fitted.width() / 2, fitted.height() / 2), fitted);
            const QSize pixels(qRound(fitted.width() * devicePixelRatioF()), qRound(fitted.height() * devicePixelRatioF()));
            painter->drawImage(target, entry.image.scaled(pixels, Qt::IgnoreAspectRatio,
                                                          m_raw ? Qt::FastTransformation : Qt::SmoothTransformation));
            painter->restore();
        }
        const Tone tone = m_verdict == Verdict::Right ? Tone::Right : m_verdict == Verdict::Wrong ? Tone::Wrong : Tone::Line;
        painter->setPen(QPen(theme.color(tone), frame));
        painter->setBrush(Qt::NoBrush);
        painter->drawPath(outline);
    }

    static constexpr int kCaptionHeight = 24;
    std::vector<Entry> m_entries;
    Verdict m_verdict = Verdict::Unknown;
    bool m_raw = false;
};

/// The verdict in two lines on its ground, with its mark.
class VerdictPlate : public QWidget {
public:
    explicit VerdictPlate(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed); }

    void setVerdict(Verdict verdict, bool failed, const QString& first, const QString& second) {
        m_verdict = verdict;
        m_failed = failed;
        m_first = first;
        m_second = second;
        setAccessibleName(first + QLatin1String(". ") + second);
        setToolTip(second);
        updateGeometry();
        update();
    }
    QString text() const { return m_first + QLatin1Char('\n') + m_second; }

    QSize sizeHint() const override {
        const Theme& theme = Theme::instance();
        if (!m_failed) return {theme.px(300), theme.px(62)};
        const QRect room(0, 0, qMax(theme.px(120), width() - theme.px(26)), 10000);
        const int text = QFontMetrics(theme.font(TextRole::Table)).boundingRect(room, Qt::TextWordWrap, m_second).height();
        return {theme.px(300), text + theme.px(44)};
    }
    QSize minimumSizeHint() const override { return {Theme::instance().px(140), sizeHint().height()}; }

protected:
    void resizeEvent(QResizeEvent*) override { updateGeometry(); }
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool right = m_verdict == Verdict::Right, wrong = m_verdict == Verdict::Wrong || m_failed;
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.color(right ? Tone::RightBackground : wrong ? Tone::WrongBackground : Tone::Surface2));
        painter.drawRoundedRect(rect(), theme.px(8), theme.px(8));
        int left = theme.px(14);
        if (m_verdict != Verdict::Unknown) {
            const double mark = theme.px(30);
            drawVerdictMark(&painter, QRectF(left, (height() - mark) / 2, mark, mark), m_verdict);
            left += theme.px(30 + 12);
        }
        QFont title = theme.font(TextRole::PanelTitle);
        title.setPixelSize(theme.px(15));
        painter.setFont(title);
        painter.setPen(theme.color(right ? Tone::Right : wrong ? Tone::Wrong : Tone::Ink));
        const QRect text = rect().adjusted(left, theme.px(10), -theme.px(12), -theme.px(9));
        const int line = painter.fontMetrics().height();
        painter.drawText(QRect(text.left(), text.top(), text.width(), line), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_first, Qt::ElideRight, text.width()));
        painter.setFont(theme.font(TextRole::Table));
        painter.setPen(theme.color(Tone::Ink));
        const QRect rest(text.left(), text.top() + line, text.width(), text.height() - line);
        if (m_failed)
            painter.drawText(rest, Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_second);
        else
            painter.drawText(rest, Qt::AlignLeft | Qt::AlignVCenter,
                             painter.fontMetrics().elidedText(m_second, Qt::ElideRight, rest.width()));
    }

private:
    Verdict m_verdict = Verdict::Unknown;
    bool m_failed = false;
    QString m_first, m_second;
};

PredictionDetail::PredictionDetail(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    setFocusPolicy(Qt::ClickFocus);
    m_title = new ElidedLabel(this);
    m_title->setProperty("type", QStringLiteral("panelTitle"));
    const auto button = [this](const char* icon, const QString& text, const QString& key) {
        QToolButton* made = makeFramedButton(QLatin1String(icon), {}, text, this);
        if (!key.isEmpty()) made->setToolTip(toolTipWithKey(text, key));
        return made;
    };
    m_pin = button("pin", tr("Pin this picture"), {});
    m_pin->setCheckable(true);
    m_remove = button("cross", tr("Remove from my pictures"), tr("Del"));
    m_previous = button("chevron-left", tr("Previous picture"), QStringLiteral("←"));
    m_next = button("chevron-right", tr("Next picture"), QStringLiteral("→"));
    m_empty = makeLabel(tr("Click a picture to see what the network says of it."), "body", this);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_content = new QWidget(this);
    m_canvas = new PictureCanvas(m_content);
    m_plate = new VerdictPlate(m_content);
    m_guessTitle = makeLabel(tr("Five best guesses"), "captionStrong", m_content);
    m_guesses = new GuessBars(m_content);

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title, 1);
    for (QToolButton* b : {m_pin, m_remove, m_previous, m_next}) head->addWidget(b);
    auto* content = new QVBoxLayout(m_content);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(14);
    content->addWidget(m_canvas, 3);
    content->addWidget(m_plate);
    content->addWidget(m_guessTitle);
    content->addWidget(m_guesses, 2);
    content->addStretch(0);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 12, 18, 16);
    column->setSpacing(12);
    column->addLayout(head);
    column->addWidget(m_empty);
    column->addWidget(m_content, 1);

    connect(m_previous, &QToolButton::clicked, this, &PredictionDetail::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &PredictionDetail::nextRequested);
    connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT removeRequested(m_id); });
    connect(m_pin, &QToolButton::clicked, this, [this] {
        if (m_pins) m_pins->toggle(m_id);
        refreshPin();
    });
    refresh();
}

void PredictionDetail::setPictureModel(PredictionListModel* model) {
    m_model = model;
    connect(model, &PredictionListModel::summaryChanged, this, &PredictionDetail::refresh);
    refresh();
}

void PredictionDetail::setPins(PinnedListModel* pins) {
    m_pins = pins;
    connect(pins, &PinnedListModel::pinsChanged, this, &PredictionDetail::refreshPin);
    refreshPin();
}

void PredictionDetail::showPicture(int id) {
    m_id = id;
    refresh();
}

void PredictionDetail::setRawPixels(bool raw) {
    m_raw = raw;
    refresh();
}

QString PredictionDetail::verdict() const { return m_plate->text(); }

void PredictionDetail::refreshPin() {
    const bool pinned = m_pins && m_pins->isPinned(m_id);
    m_pin->setVisible(m_pins && m_id >= 0);
    m_pin->setChecked(pinned);
    m_pin->setEnabled(pinned || !m_pins || !m_pins->isFull());
    m_pin->setToolTip(pinned                       ? tr("Unpin this picture")
                      : m_pins && m_pins->isFull() ? tr("Twenty pictures are pinned. Unpin one first.")
                                                   : tr("Pin this picture and watch it from epoch to epoch"));
}

void PredictionDetail::refresh() {
    const PictureItem item = m_model ? m_model->item(m_id) : PictureItem();
    const bool shown = item.isValid();
    m_content->setVisible(shown);
    m_empty->setVisible(!shown);
    m_title->setText(shown ? item.title : tr("Picture"));
    m_remove->setVisible(item.isOwn());
    const int position = m_model ? m_model->positionOf(m_id) : -1;
    m_previous->setEnabled(shown && position != 0 && m_model->total() > 0);
    m_next->setEnabled(shown && m_model->total() > 0 && position != m_model->total() - 1);
    refreshPin();
    if (!shown) return;

    std::vector<PictureCanvas::Entry> entries;
    const QImage modelPicture = m_model->modelPicture(m_id);
    entries.push_back({m_model->picture(m_id), tr("Your picture")});
    if (!modelPicture.isNull())
        entries.push_back({modelPicture, tr("The model sees %1 × %2").arg(modelPicture.width()).arg(modelPicture.height())});
    m_canvas->setEntries(std::move(entries), item.verdict, m_raw);

    if (!item.error.isEmpty())
        m_plate->setVerdict(Verdict::Unknown, true, tr("This file cannot be used"), item.error);
    else if (item.predictedClass < 0)
        m_plate->setVerdict(Verdict::Unknown, false, tr("Not predicted yet"),
                            item.trueClass >= 0 ? tr("The label says %1").arg(item.trueName) : QString());
    else if (item.verdict == Verdict::Right)
        m_plate->setVerdict(item.verdict, false, tr("Predicted %1").arg(item.predictedName), tr("The label says the same"));
    else if (item.verdict == Verdict::Wrong)
        m_plate->setVerdict(item.verdict, false, tr("Predicted %1").arg(item.predictedName),
                            tr("The label says %1").arg(item.trueName));
    else
        m_plate->setVerdict(item.verdict, false, tr("Predicted %1").arg(item.predictedName),
                            item.isOwn() ? tr("Your own picture has no label") : tr("There is no label to compare with"));

    std::vector<GuessBars::Guess> guesses;
    for (const auto& [classIndex, probability] : m_model->bestGuesses(m_id, 5))
        guesses.push_back({m_model->className(classIndex), probability, classIndex == item.trueClass});
    m_guesses->setVisible(!guesses.empty());
    fitHeight();
    m_guesses->setGuesses(std::move(guesses), item.trueClass >= 0);
}

void PredictionDetail::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fitHeight();
}

void PredictionDetail::fitHeight() {
    // The guesses need the room more than their title does.
    m_guessTitle->setVisible(!m_guesses->isHidden() && height() >= Theme::instance().px(kLeastTitledHeight));
}

void PredictionDetail::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Left:
            Q_EMIT previousRequested();
            return;
        case Qt::Key_Right:
            Q_EMIT nextRequested();
            return;
        case Qt::Key_Delete:
            if (m_id < -1) Q_EMIT removeRequested(m_id);
            return;
        default:
            QFrame::keyPressEvent(event);
    }
}

}  // namespace thaw::ui
