#include "ui/widgets/texts/text_detail.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>

#include "ui/bridge/inspection_controller.h"
#include "ui/models/plain_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/pictures/guess_bars.h"
#include "ui/widgets/pictures/verdict_plate.h"
#include "ui/widgets/texts/ask_box.h"
#include "ui/widgets/texts/marked_text_layout.h"
#include "ui/widgets/texts/text_attributions.h"
#include "ui/widgets/texts/word_bars.h"

namespace thaw::ui {
namespace {

constexpr int kMostFor = 3, kMostAgainst = 2, kGuesses = 5, kFewGuesses = 3;
constexpr int kLowHeight = 600;           // design pixels
constexpr int kLine = 28, kInset = 12;    // design pixels
constexpr std::size_t kMostShown = 6000;  // bytes of a long text that are laid out

}  // namespace

/// The text in its frame.
class TextPlate : public QWidget {
public:
    explicit TextPlate(QWidget* parent) : QWidget(parent) {
        QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
        setMouseTracking(true);
    }

    void setText(MarkedText text, Verdict verdict, const QString& className) {
        m_text = std::move(text);
        m_verdict = verdict;
        m_className = className;
        setAccessibleName(m_text.text);
        updateGeometry();
        update();
    }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override {
        return static_cast<int>(layoutFor(width).height()) + 2 * Theme::instance().px(10);
    }
    QSize sizeHint() const override { return {Theme::instance().px(300), heightForWidth(qMax(width(), 200))}; }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::instance();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tone tone = m_verdict == Verdict::Right ? Tone::Right : m_verdict == Verdict::Wrong ? Tone::Wrong : Tone::Line;
        const double frame = (m_verdict == Verdict::Wrong ? 2.5 : 1.5) * theme.scale();
        painter.setPen(QPen(theme.color(tone), frame));
        painter.setBrush(theme.color(Tone::Surface));
        painter.drawRoundedRect(QRectF(rect()).adjusted(frame / 2, frame / 2, -frame / 2, -frame / 2), theme.px(6), theme.px(6));
        layoutFor(width()).draw(&painter, corner());
    }
    bool event(QEvent* event) override {
        if (event->type() != QEvent::ToolTip) return QWidget::event(event);
        const auto* help = static_cast<QHelpEvent*>(event);
        const MarkedTextLayout layout = layoutFor(width());
        const WordMark* word = layout.wordAt(QPointF(help->pos()) - corner());
        if (word)
            QToolTip::showText(help->globalPos(), toolTipText(markText(m_text, *word, m_className)), this);
        else
            QToolTip::hideText();
        return true;
    }

private:
    static QPointF corner() { return {double(Theme::instance().px(kInset)), double(Theme::instance().px(10))}; }
    MarkedTextLayout layoutFor(int width) const {
        const Theme& theme = Theme::instance();
        QFont font = theme.font(TextRole::Body);
        font.setPixelSize(theme.px(16));
        return {m_text, font, static_cast<double>(width - 2 * theme.px(kInset)), static_cast<double>(theme.px(kLine))};
    }

    MarkedText m_text;
    Verdict m_verdict = Verdict::Unknown;
    QString m_className;
};

TextDetail::TextDetail(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_title = new ElidedLabel(this);
    m_title->setProperty("type", QStringLiteral("panelTitle"));
    m_previous = makeFramedButton(QStringLiteral("chevron-left"), {}, tr("Text before"), this);
    m_next = makeFramedButton(QStringLiteral("chevron-right"), {}, tr("Next text"), this);
    m_previous->setToolTip(toolTipWithKey(tr("Text before"), QStringLiteral("↑")));
    m_next->setToolTip(toolTipWithKey(tr("Next text"), QStringLiteral("↓")));
    m_empty = makeLabel(tr("Click a text to see what the network says of it."), "body", this);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_scroll = new PageScroll(this);
    m_content = new QWidget;
    m_scroll->setWidget(m_content);
    m_plate = new TextPlate(m_content);
    m_verdict = new VerdictPlate(m_content);
    m_guesses = new GuessBars(m_content);
    m_guesses->setChoosable(true);
    m_guesses->setToolTip(tr("Click a class to see which words speak for it"));
    m_wordsTitle = new ElidedLabel(m_content);
    m_wordsTitle->setProperty("type", QStringLiteral("captionStrong"));
    m_sum = makeLabel({}, "caption", m_content);
    m_sum->setToolTip(tr("How much all words together move the number that the network gives to the class"));
    m_words = new WordBars(m_content);
    m_ask = new AskBox(this);

    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_title, 1);
    head->addWidget(m_previous);
    head->addWidget(m_next);
    auto* words = new QHBoxLayout;
    words->addWidget(m_wordsTitle, 1);
    words->addWidget(m_sum);
    auto* content = new QVBoxLayout(m_content);
    content->setContentsMargins(0, 0, 0, 0);
    content->setSpacing(8);
    content->addWidget(m_plate);
    content->addWidget(m_verdict);
    content->addWidget(m_guesses);
    content->addLayout(words);
    content->addWidget(m_words);
    content->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 12, 18, 14);
    column->setSpacing(10);
    column->addLayout(head);
    column->addWidget(m_empty, 1);
    column->addWidget(m_scroll, 1);
    column->addWidget(makeRule(Qt::Horizontal, this, true));
    column->addWidget(m_ask);

    connect(m_previous, &QToolButton::clicked, this, &TextDetail::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &TextDetail::nextRequested);
    connect(m_guesses, &GuessBars::classChosen, this, &TextDetail::chooseClass);
    connect(&Theme::instance(), &Theme::changed, this, &TextDetail::fitHeight);
    refresh();
    fitHeight();
}

void TextDetail::setTextModel(PredictionListModel* model) {
    m_model = model;
    connect(model, &PredictionListModel::summaryChanged, this, &TextDetail::refresh);
    refresh();
}

void TextDetail::bind(InspectionController* inspection, TextAttributions* attributions) {
    m_inspection = inspection;
    m_attributions = attributions;
    m_ask->bindInspection(inspection);
    connect(attributions, &TextAttributions::changed, this, &TextDetail::refreshWords);
}

void TextDetail::showText(int id) {
    m_id = id;
    m_class = -1;
    refresh();
}

void TextDetail::chooseClass(int classIndex) {
    m_class = classIndex;
    refresh();
}

void TextDetail::refresh() {
    const PictureItem item = m_model ? m_model->item(m_id) : PictureItem();
    const bool shown = item.isValid();
    m_scroll->setVisible(shown);
    m_empty->setVisible(!shown);
    m_title->setText(shown ? item.title : tr("Text"));
    const int position = m_model ? m_model->positionOf(m_id) : -1;
    m_previous->setEnabled(shown && position != 0 && m_model->total() > 0);
    m_next->setEnabled(shown && m_model->total() > 0 && position != m_model->total() - 1);
    if (m_model) m_ask->setClassNames(m_model->classNames());
    if (!shown) return;
    m_verdict->setItem(item);
    m_guesses->setItem(*m_model, m_id);
    m_guesses->setVisible(!m_guesses->guesses().empty());
    refreshWords();
}

void TextDetail::refreshWords() {
    const PictureItem item = m_model ? m_model->item(m_id) : PictureItem();
    if (!item.isValid()) return;
    const int classIndex = m_class >= 0 ? m_class : item.predictedClass;
    m_guesses->setMarked(m_class);
    const core::TextAttribution* known = m_attributions ? m_attributions->of({m_id, classIndex}) : nullptr;
    if (!known && m_attributions && classIndex >= 0) m_attributions->wantNow({m_id, classIndex});
    const MarkedText text = markedText(m_model->text(m_id).substr(0, kMostShown), known);
    const QString name = classIndex >= 0 ? m_model->className(classIndex) : QString();
    m_plate->setText(text, item.verdict, name);
    double sum = 0;
    for (const WordMark& mark : text.marks) sum += mark.score;
    m_words->setWords(strongestWords(text, m_compact ? kMostFor - 1 : kMostFor, m_compact ? kMostAgainst - 1 : kMostAgainst));
    m_wordsTitle->setText(tr("Words for and against %1").arg(name));
    m_sum->setText(known ? tr("sum %1").arg(scoreText(sum)) : QString());
    const bool asked = classIndex >= 0 && m_attributions && m_attributions->method();
    m_wordsTitle->setVisible(asked);
    m_words->setVisible(asked);
}

void TextDetail::fitHeight() {
    const Theme& theme = Theme::instance();
    m_compact = height() < theme.px(kLowHeight);
    m_guesses->setFixedHeight(theme.px(23) * (m_compact ? kFewGuesses : kGuesses));
    m_ask->setCompact(m_compact);
    refreshWords();
}

void TextDetail::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    if ((height() < Theme::instance().px(kLowHeight)) != m_compact) fitHeight();
}

void TextDetail::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Up) return Q_EMIT previousRequested();
    if (event->key() == Qt::Key_Down) return Q_EMIT nextRequested();
    QFrame::keyPressEvent(event);
}

}  // namespace thaw::ui
