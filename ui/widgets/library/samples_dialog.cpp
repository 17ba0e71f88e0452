#include "ui/widgets/library/samples_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "core/api/errors.h"
#include "core/api/reading_scope.h"
#include "ui/models/path_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/library/sample_grid.h"
#include "ui/widgets/parts/empty_state.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

QImage imageOfPicture(const core::RgbPicture& picture) {
    return picture.rgb.empty() ? QImage() : imageOf(picture.rgb.data(), picture.width, picture.height);
}

QString nameOf(const core::PreviewSample& sample) {
    const QString name = nameText(sample.name), file = nameText(sample.file);
    if (file.isEmpty()) return name;
    return name.isEmpty() ? file : SamplesDialog::tr("%1 (%2)", "class, file").arg(name, file);
}

}  // namespace

SamplesDialog::SamplesDialog(QWidget* parent, Maker maker)
    : QDialog(parent), m_maker(maker ? std::move(maker) : [](const core::RunConfig& config) {
          return core::previewAugmentation(config, kSamples, kEpochs);
      }) {
    setWindowTitle(tr("What the network sees"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_pages = new SegmentedBar(this);
    m_pages->setAccessibleName(tr("What to look at"));
    m_pages->addSegment(Changes, tr("Augmentation"));
    m_pages->addSegment(Squares, tr("Squares"));
    m_pages->setSegmentToolTip(Changes, tr("How the pictures change from epoch to epoch"));
    m_pages->setSegmentToolTip(Squares, tr("How a picture of any form becomes a square"));
    m_pages->setCurrent(Changes);
    m_busy = makeLabel(tr("The pictures are being read …"), "caption", this);
    m_note = makeLabel({}, "table", this);
    m_note->setWordWrap(true);
    m_grid = new SampleGrid;
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(m_grid);
    m_empty = new EmptyState;
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(scroll);
    m_stack->addWidget(m_empty);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    for (QAbstractButton* button : buttons->buttons()) button->setIcon({});
    auto* head = new QHBoxLayout;
    head->addWidget(m_pages);
    head->addStretch(1);
    head->addWidget(m_busy);
    const Theme& theme = Theme::instance();
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(14));
    rows->setSpacing(theme.px(10));
    rows->addLayout(head);
    rows->addWidget(m_stack, 1);
    rows->addWidget(m_note);
    rows->addWidget(buttons);
    connect(m_pages, &SegmentedBar::currentChanged, this, &SamplesDialog::refresh);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    connect(m_empty, &EmptyState::actionRequested, this, &SamplesDialog::make);
    resize(QSize(theme.px(740), theme.px(740)).boundedTo(screen()->availableSize() * 9 / 10));
    refresh();
}

SamplesDialog::~SamplesDialog() { m_closing = true; }

void SamplesDialog::setConfig(const core::RunConfig& config) {
    m_config = config;
    if (!m_making && core::toJson(m_config) != m_asked) make();
}

void SamplesDialog::showPage(Page page) {
    m_pages->setCurrent(page);
    refresh();
}

void SamplesDialog::make() {
    m_making = true;
    m_asked = core::toJson(m_config);
    m_background.add(
        [this, config = m_config]() -> std::function<void()> {
            const core::ReadingScope scope(m_closing);
            return [this, config, preview = m_maker(config)] { take(config, preview); };
        },
        [this](const QString& what, const QString& hint) {
            m_problem = problemText(what, hint);
            finish();
        });
    refresh();
}

void SamplesDialog::take(const core::RunConfig& config, const core::AugmentationPreview& preview) {
    m_shownConfig = config;
    m_shown = preview;
    m_problem.clear();
    finish();
}

void SamplesDialog::finish() {
    m_making = false;
    if (core::toJson(m_config) != m_asked) return make();  // the settings have changed meanwhile
    refresh();
}

QString SamplesDialog::noteOfChanges() const {
    const core::AugmentationConfig& kinds = m_shownConfig.augmentation;
    QString note = tr("Training pictures of %1 as the network gets them, with the seed %2.")
                       .arg(nameText(m_shown.dataset), QString::number(m_shownConfig.seed));
    if (!kinds.flip && !kinds.moves())
        note += QLatin1Char(' ') + tr("Augmentation changes none of them: every epoch is like the first.");
    else if (kinds.moves() && kinds.variants > 0)
        note += QLatin1Char(' ') +
                tr("%1 variants of each picture are drawn once, and each epoch takes one of them.").arg(kinds.variants);
    if (kinds.mixUp > 0) note += QLatin1Char(' ') + tr("Mix-up, which blends two pictures of a batch, is not shown here.");
    return note;
}

void SamplesDialog::refresh() {
    m_busy->setVisible(m_making && !m_shown.samples.empty());
    const bool squares = m_pages->current() == Squares;
    const bool nothing = m_shown.samples.empty();
    if (!m_problem.isEmpty() && !m_making)
        m_empty->say(tr("The samples cannot be shown"), m_problem, tr("Try again"));
    else if (nothing)
        m_empty->say(tr("The pictures are being read"), tr("Then you see what the settings make of some of them."));
    else if (squares && !m_shown.ownSizes)
        m_empty->say(tr("Nothing to choose here"),
                     tr("All pictures of %1 are squares of one size.").arg(nameText(m_shown.dataset)));
    const bool empty = (!m_problem.isEmpty() && !m_making) || nothing || (squares && !m_shown.ownSizes);
    m_stack->setCurrentIndex(empty ? 1 : 0);
    m_note->setVisible(!empty);
    if (empty) return;
    QStringList columns{squares ? tr("The picture") : tr("As it is")};
    if (squares)
        columns << tr("Centre") << tr("With bars") << tr("Stretched");
    else
        for (int epoch = 1; epoch < static_cast<int>(m_shown.samples.front().epochs.size()); ++epoch)
            columns << tr("Epoch %1").arg(epoch);
    std::vector<SampleGrid::Row> rows;
    for (const core::PreviewSample& sample : m_shown.samples) {
        SampleGrid::Row row{nameOf(sample), {}};
        if (squares) row.pictures.push_back(imageOfPicture(sample.whole));
        for (const core::RgbPicture& square : sample.squares)
            if (squares) row.pictures.push_back(imageOfPicture(square));
        for (const core::RgbPicture& epoch : sample.epochs)
            if (!squares) row.pictures.push_back(imageOfPicture(epoch));
        rows.push_back(std::move(row));
    }
    m_grid->setContent(columns, std::move(rows), squares ? 1 + static_cast<int>(m_shownConfig.data.squareFit) : -1);
    m_note->setText(squares ? tr("The setting “Squares” says which of these the network is trained on.") : noteOfChanges());
}

}  // namespace thaw::ui
