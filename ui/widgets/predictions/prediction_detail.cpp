#include "ui/widgets/predictions/prediction_detail.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <memory>

#include "ui/bridge/inspection_controller.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/pinned_list_model.h"
#include "ui/models/plain_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/guess_bars.h"
#include "ui/widgets/pictures/map_picture.h"
#include "ui/widgets/pictures/verdict_plate.h"
#include "ui/widgets/predictions/class_map_panel.h"

namespace thaw::ui {
namespace {

constexpr int kLeastTitledHeight = 360;
constexpr QChar kOrShorter(0x9c);  // between two forms of a text: QFontMetrics takes the longest that fits

}  // namespace

/// One picture, or a few side by side with a caption each; over them maps of what speaks for a class, and what their colours
/// mean.
class PictureCanvas : public QWidget {
public:
    struct Entry {
        QImage image;
        QString caption;
        std::shared_ptr<const core::ClassMap> map = nullptr;
    };
    struct Legend {
        double top = 1;  ///< of the maps' numbers, for the brightest colour
        double opacity = 0.5;
        QString most, least;
    };

    explicit PictureCanvas(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding); }

    void setEntries(std::vector<Entry> entries, Verdict verdict, bool raw, const Legend& legend) {
        m_entries = std::move(entries);
        m_verdict = verdict;
        m_raw = raw;
        m_legend = legend;
        setMaximumHeight(sizeHint().height());
        updateGeometry();
        update();
    }

    QSize sizeHint() const override {
        const Theme& theme = Theme::instance();
        if (m_entries.size() > 1) {
            const int count = static_cast<int>(m_entries.size());
            const int wide = width() > minimumSizeHint().width() ? width() : theme.px(340);
            const int side = qMin(theme.px(164), (wide - theme.px(kGap) * (count - 1)) / count);
            return {theme.px(340), side + captionHeight() + legendHeight()};
        }
        const int side = theme.px(m_entries.empty() || !m_entries.front().image.isNull() ? 300 : 150);
        // The legend beside a map takes of the picture's width, and so of its height.
        return {side, hasMaps() ? std::clamp(width() - theme.px(kLegendWidth), minimumSizeHint().height(), side) : side};
    }
    QSize minimumSizeHint() const override { return {Theme::instance().px(140), Theme::instance().px(130)}; }

protected:
    void resizeEvent(QResizeEvent* event) override {
        QWidget::resizeEvent(event);
        if (event->size().width() != event->oldSize().width()) setMaximumHeight(sizeHint().height());
    }

    void paintEvent(QPaintEvent*) override {
        if (m_entries.empty()) return;
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const int gap = theme.px(kGap), count = static_cast<int>(m_entries.size());
        // Upright beside one picture, lying below several.
        const int beside = hasMaps() && count == 1 ? theme.px(kLegendWidth) : 0;
        const int side = qMin((width() - beside - gap * (count - 1)) / count,
                              qMin(height() - captionHeight() - legendHeight(), theme.px(300)));
        // A caption may be wider than its picture: it has its share of the whole width.
        const int share = (width() - beside - gap * (count - 1)) / count;
        int left = 0;
        for (int i = 0; i < count; ++i) {
            const Entry& entry = m_entries[static_cast<std::size_t>(i)];
            const int slot = i * (share + gap);
            left = slot + (share - side) / 2;
            drawEntry(&painter, QRect(left, 0, side, side), entry);
            painter.setFont(theme.font(TextRole::Caption));
            painter.setPen(theme.color(Tone::Ink3));
            if (captionHeight() > 0) drawCaption(&painter, QRect(slot, side, share, captionHeight()), entry.caption);
        }
        left += side + gap;
        if (!hasMaps()) return;
        painter.setFont(theme.font(TextRole::Caption));
        painter.setPen(theme.color(Tone::Ink2));
        if (beside > 0) {
            const QRectF bar(left + theme.px(4), 0, theme.px(12), side);
            const QRectF text(bar.right() + theme.px(8), 0, width() - bar.right() - theme.px(8), side);
            painter.drawText(text, Qt::AlignTop | Qt::AlignLeft | Qt::TextWordWrap, m_legend.most);
            painter.drawText(text, Qt::AlignBottom | Qt::AlignLeft | Qt::TextWordWrap, m_legend.least);
            drawMapLegend(&painter, bar, true);
        } else {
            const QRect line(0, side + captionHeight(), width(), legendHeight());
            const int least = painter.fontMetrics().horizontalAdvance(m_legend.least),
                      most = painter.fontMetrics().horizontalAdvance(m_legend.most);
            const QRectF bar(line.left() + least + theme.px(8), line.center().y() - theme.px(4),
                             line.width() - least - most - theme.px(16), theme.px(10));
            painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, m_legend.least);
            painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, m_legend.most);
            drawMapLegend(&painter, bar, false);
        }
    }

private:
    bool hasMaps() const {
        return std::any_of(m_entries.begin(), m_entries.end(), [](const Entry& entry) { return entry.map != nullptr; });
    }
    int captionHeight() const {
        return m_entries.size() > 1 ? Theme::instance().px(hasMaps() ? 2 * kCaptionHeight - 10 : kCaptionHeight) : 0;
    }
    int legendHeight() const { return m_entries.size() > 1 && hasMaps() ? Theme::instance().px(kLegendHeight) : 0; }

    static void drawCaption(QPainter* painter, const QRect& box, const QString& caption) {
        const QStringList lines = caption.split(QLatin1Char('\n'));
        const int tall = box.height() / static_cast<int>(lines.size());
        for (int i = 0; i < lines.size(); ++i)
            painter->drawText(QRect(box.left(), box.top() + i * tall, box.width(), tall), Qt::AlignCenter,
                              painter->fontMetrics().elidedText(lines[i], Qt::ElideMiddle, box.width()));
    }

    void drawEntry(QPainter* painter, const QRect& box, const Entry& entry) const {
        const Theme& theme = Theme::instance();
        const double frame = (m_verdict == Verdict::Wrong ? 3.0 : 2.0) * theme.scale();
        MapOverlay overlay;
        if (entry.map)
            overlay = {{entry.map->values.data(), entry.map->width, entry.map->height}, 0, m_legend.top, m_legend.opacity};
        const QPainterPath outline = drawMappedPicture(
            painter, QRectF(box).adjusted(frame / 2, frame / 2, -frame / 2, -frame / 2), entry.image, overlay, m_raw);
        const Tone tone = m_verdict == Verdict::Right ? Tone::Right : m_verdict == Verdict::Wrong ? Tone::Wrong : Tone::Line;
        painter->setPen(QPen(theme.color(tone), frame));
        painter->setBrush(Qt::NoBrush);
        painter->drawPath(outline);
    }

    static constexpr int kGap = 12, kCaptionHeight = 24, kLegendWidth = 80, kLegendHeight = 22;
    std::vector<Entry> m_entries;
    Verdict m_verdict = Verdict::Unknown;
    bool m_raw = false;
    Legend m_legend;
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
    m_scroll = new PageScroll(this);
    m_content = new QWidget;
    m_scroll->setWidget(m_content);
    m_canvas = new PictureCanvas(m_content);
    m_classMap = new ClassMapPanel(m_content);
    m_plate = new VerdictPlate(m_content);
    m_guesses = new GuessBars(m_content);
    m_guessTitle = makeLabel(m_guesses->title(), "captionStrong", m_content);

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title, 1);
    for (QToolButton* b : {m_pin, m_remove, m_previous, m_next}) head->addWidget(b);
    auto* content = new QVBoxLayout(m_content);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(14);
    content->addWidget(m_canvas, 3);
    content->addWidget(m_classMap);
    content->addWidget(m_plate);
    content->addWidget(m_guessTitle);
    content->addWidget(m_guesses, 2);
    content->addStretch(0);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 12, 18, 16);
    column->setSpacing(12);
    column->addLayout(head);
    column->addWidget(m_empty);
    column->addWidget(m_scroll, 1);

    connect(m_previous, &QToolButton::clicked, this, &PredictionDetail::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &PredictionDetail::nextRequested);
    connect(m_remove, &QToolButton::clicked, this, [this] { Q_EMIT removeRequested(m_id); });
    connect(m_pin, &QToolButton::clicked, this, [this] {
        if (m_pins) m_pins->toggle(m_id);
        refreshPin();
    });
    connect(m_classMap, &ClassMapPanel::changed, this, &PredictionDetail::refresh);
    connect(m_guesses, &GuessBars::classChosen, m_classMap, &ClassMapPanel::chooseClass);
    refresh();
}

void PredictionDetail::bindInspection(InspectionController* inspection) {
    m_inspection = inspection;
    m_guesses->setChoosable(true);
    m_classMap->bindInspection(inspection);
    connect(inspection, &InspectionController::subjectChanged, this, &PredictionDetail::refresh);
    refresh();
}

void PredictionDetail::toggleClassMap() {
    if (m_inspection && !m_content->isHidden()) m_classMap->setOn(!m_classMap->isOn());
}

void PredictionDetail::askClassMap(const PictureItem& item) {
    if (!m_inspection) return;
    const InspectionSubject* subject = m_inspection->subject();
    const std::shared_ptr<const core::PictureSet> set = m_model->pictures(), inspected = subject ? subject->pictures : nullptr;
    if (item.isOwn() && item.error.isEmpty())
        m_classMap->setPicture(core::PictureChoice{core::Split::Test, 0, pathOf(item.file), nullptr});
    else if (!item.isOwn() && set && inspected &&
             (inspected == set || (inspected->width == set->width && inspected->labels == set->labels)))
        m_classMap->setPicture(core::PictureChoice{core::Split::Test, item.id, {}, nullptr});
    else
        m_classMap->setPicture(std::nullopt, item.isOwn() ? tr("This file cannot be used.")
                                             : subject && !subject->problem.isEmpty()
                                                 ? subject->problem
                                                 : tr("The run that is looked into has other pictures."));
}

void PredictionDetail::setPictureModel(PredictionListModel* model) {
    m_model = model;
    connect(model, &PredictionListModel::summaryChanged, this, &PredictionDetail::refresh);
    connect(&PictureImages::instance(), &PictureImages::arrived, this, &PredictionDetail::refresh);
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
    Q_EMIT pictureShown(id);
}

void PredictionDetail::setRawPixels(bool raw) {
    m_raw = raw;
    refresh();
}

QString PredictionDetail::verdict() const { return m_plate->text(); }

void PredictionDetail::refreshPin() {
    const bool pinned = m_pins && m_pins->isPinned(m_id), full = m_pins && m_pins->isFull();
    m_pin->setVisible(m_pins && m_id >= 0);
    m_pin->setChecked(pinned);
    m_pin->setEnabled(pinned || !full);
    m_pin->setToolTip(pinned ? tr("Unpin this picture")
                      : full ? tr("%1 pictures are pinned. Unpin one first.").arg(QLocale().toString(PinnedListModel::kLimit))
                             : tr("Pin this picture and watch it from epoch to epoch"));
}

void PredictionDetail::refresh() {
    const PictureItem item = m_model ? m_model->item(m_id) : PictureItem();
    const bool shown = item.isValid();
    m_scroll->setVisible(shown);
    m_content->setVisible(shown);
    m_empty->setVisible(!shown);
    m_title->setText(shown ? item.title : tr("Picture"));
    m_remove->setVisible(item.isOwn());
    const int position = m_model ? m_model->positionOf(m_id) : -1;
    m_previous->setEnabled(shown && position != 0 && m_model->total() > 0);
    m_next->setEnabled(shown && m_model->total() > 0 && position != m_model->total() - 1);
    refreshPin();
    if (!shown) return;

    askClassMap(item);
    showPictures(item);

    m_plate->setItem(item);
    m_guesses->setItem(*m_model, m_id);
    m_guesses->setVisible(!m_guesses->guesses().empty());
    fitHeight();
    m_guessTitle->setText(m_guesses->title());
}

void PredictionDetail::showPictures(const PictureItem& item) {
    const QImage modelPicture = m_model->modelPicture(m_id);
    std::vector<PictureCanvas::Entry> entries;
    m_guesses->setMarked(m_classMap->shownClass());
    if (!m_classMap->maps().empty()) {
        // The map lies over what the model sees.
        for (const ClassMapPanel::Shown& shown : m_classMap->maps())
            entries.push_back({modelPicture.isNull() ? m_model->picture(m_id) : modelPicture,
                               shown.moment + kOrShorter + shown.shortMoment + QLatin1Char('\n') + shown.said,
                               std::make_shared<core::ClassMap>(shown.map)});
        PictureCanvas::Legend legend{m_classMap->scaleTop(), m_classMap->opacity(), tr("counts most"), tr("counts least")};
        if (m_classMap->maps().front().map.method == core::ClassMapMethod::Occlusion) {
            legend.most = tr("costs %1").arg(percentText(legend.top));
            legend.least = tr("costs nothing");
        }
        m_canvas->setToolTip(QString());
        m_canvas->setEntries(std::move(entries), item.verdict, m_raw, legend);
        return;
    }
    entries.push_back({m_model->picture(m_id), tr("Your picture")});
    // Two captions: the longest that fits is drawn.
    if (!modelPicture.isNull())
        entries.push_back({modelPicture, tr("Cropped, %1 × %2").arg(modelPicture.width()).arg(modelPicture.height()) +
                                             kOrShorter + tr("Cropped")});
    float low = 0, high = 0;
    if (const QImage input = m_model->inputPicture(m_id, &low, &high); !input.isNull()) entries.push_back({input, tr("Scaled")});
    const QLocale locale;
    m_canvas->setToolTip(entries.size() < 3
                             ? QString()
                             : tr("The model gets the middle of your picture in the size of its training pictures, and of "
                                  "that %1 × %2 × 3 numbers from %3 to %4.")
                                   .arg(entries[2].image.width())
                                   .arg(entries[2].image.height())
                                   .arg(locale.toString(low, 'f', 2), locale.toString(high, 'f', 2)));
    m_canvas->setEntries(std::move(entries), item.verdict, m_raw, {});
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
