#include "ui/widgets/predictions/own_pictures_bar.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QToolButton>

#include "core/api/evaluation.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/problem_text.h"
#include "ui/threads/background.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/segmented_bar.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

enum Look { Tiles, Table };

}  // namespace

OwnPicturesBar::OwnPicturesBar(PredictionListModel& pictures, Background& background, QWidget* parent)
    : QWidget(parent),
      m_pictures(pictures),
      m_background(background),
      m_look(new SegmentedBar(this)),
      m_count(makeLabel({}, "table", this)) {
    m_look->setAccessibleName(tr("How your pictures are shown"));
    m_look->addSegment(Tiles, tr("Tiles"));
    m_look->addSegment(Table, tr("Table"));
    m_look->setCurrent(Tiles);
    m_removeAll =
        makeFramedButton(QStringLiteral("trash"), tr("Remove all"), tr("Remove all of my pictures from this page"), this);
    m_removeAll->setToolTip(tr("Remove all of your pictures from this page. The files stay where they are."));
    m_save =
        makeFramedButton(QStringLiteral("export"), tr("Save table..."), tr("Save what the network says of my pictures"), this);
    m_save->setToolTip(tr("Save file, prediction and the five best guesses of each picture as CSV, for a spreadsheet"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_look);
    row->addSpacing(6);
    row->addWidget(m_count);
    row->addStretch(1);
    row->addWidget(m_removeAll);
    row->addWidget(m_save);
    connect(m_look, &SegmentedBar::currentChanged, this, &OwnPicturesBar::lookChanged);
    connect(m_save, &QToolButton::clicked, this, &OwnPicturesBar::chooseTableFile);
    connect(m_removeAll, &QToolButton::clicked, this, [this] {
        m_pictures.removeOwnPictures();
        Q_EMIT allRemoved();
    });
    connect(&m_pictures, &PredictionListModel::summaryChanged, this, &OwnPicturesBar::refresh);
    refresh();
}

bool OwnPicturesBar::showsTable() const { return m_look->current() == Table; }

void OwnPicturesBar::setShowsTable(bool table) {
    m_look->setCurrent(table ? Table : Tiles);
    Q_EMIT lookChanged();
}

void OwnPicturesBar::refresh() {
    const int count = m_pictures.count(PictureFilter::Mine);
    QString text = count == 1 ? tr("1 picture") : tr("%1 pictures").arg(QLocale().toString(count));
    const auto [right, labelled] = m_pictures.ownRight();
    m_count->setToolTip({});
    if (labelled > 0) {
        const core::Interval interval = core::wilsonInterval(right, labelled);
        text += tr(":  %1 of %2 right, %3")
                    .arg(QLocale().toString(right), QLocale().toString(labelled), percentText(right, labelled));
        m_count->setToolTip(tr("Their folders' names say what they show. With 95 % certainty the accuracy on such pictures lies "
                               "between %1 and %2.")
                                .arg(percentText(interval.low), percentText(interval.high)));
    }
    m_count->setText(text);
    m_save->setEnabled(count > 0);
}

void OwnPicturesBar::chooseTableFile() {
    auto* dialog = new QFileDialog(this, tr("Save the table"), {}, tr("Table for spreadsheets (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(tr("my-pictures") + QStringLiteral(".csv"));
    connect(dialog, &QFileDialog::fileSelected, this, &OwnPicturesBar::saveTable);
    dialog->open();
}

void OwnPicturesBar::saveTable(const QString& file) {
    std::vector<std::string> names;
    for (const QString& name : m_pictures.classNames()) names.push_back(name.toStdString());
    m_background.add(
        [this, answers = m_pictures.ownAnswers(), names, file]() -> std::function<void()> {
            core::writePredictionTable(answers, names, file.toStdString());
            return [this, file] { Q_EMIT said(tr("Saved: %1").arg(file)); };
        },
        [this](const QString& what, const QString& hint) { Q_EMIT said(problemText(what, hint)); });
}

}  // namespace thaw::ui
