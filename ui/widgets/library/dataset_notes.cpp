#include "ui/widgets/library/dataset_notes.h"

#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QPushButton>
#include <QStringListModel>
#include <QVBoxLayout>

#include "ui/models/path_text.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

DatasetNotes::DatasetNotes(QWidget* parent)
    : QWidget(parent),
      m_rows(new QVBoxLayout(this)),
      m_sentences(new QVBoxLayout),
      m_button(new QPushButton(this)),
      m_files(new QListView(this)),
      m_list(new QStringListModel(this)) {
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->addLayout(m_sentences);
    m_rows->addWidget(m_button, 0, Qt::AlignLeft);
    m_rows->addWidget(m_files);
    m_button->setProperty("small", true);
    m_button->setCheckable(true);
    m_files->setModel(m_list);
    m_files->setUniformItemSizes(true);
    m_files->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_files->setTextElideMode(Qt::ElideMiddle);
    m_files->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_files->setObjectName(QStringLiteral("leftOutFiles"));
    m_files->setAccessibleName(tr("Files that are left out"));
    connect(m_button, &QPushButton::toggled, this, &DatasetNotes::showFiles);
    connect(&Theme::instance(), &Theme::changed, this, &DatasetNotes::applyTheme);
    applyTheme();
    setDataset(nullptr);
}

void DatasetNotes::setDataset(const core::DatasetInfo* dataset) {
    while (QLayoutItem* item = m_sentences->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    QStringList files;
    if (dataset) {
        for (const std::string& note : dataset->notes) {
            QLabel* sentence = makeLabel(QString::fromStdString(note), "table", this);
            sentence->setWordWrap(true);
            sentence->setTextFormat(Qt::PlainText);
            m_sentences->addWidget(sentence);
        }
        for (const core::LeftOutFile& file : dataset->leftOut) {
            const std::filesystem::path relative = file.file.lexically_relative(dataset->location);
            const bool below = !relative.empty() && *relative.begin() != "..";
            files << tr("%1: %2").arg(pathText(below ? relative : file.file), QString::fromStdString(file.reason));
        }
    }
    m_list->setStringList(files);
    m_button->setVisible(!files.isEmpty());
    m_button->setChecked(false);
    showFiles(false);
    setVisible(m_sentences->count() > 0 || !files.isEmpty());
}

void DatasetNotes::showFiles(bool open) {
    const auto count = m_list->rowCount();
    const QString all = QLocale().toString(count);
    m_button->setText(open         ? tr("Hide the list")
                      : count == 1 ? tr("Show what is left out")
                                   : tr("Show the %1 files and folders that are left out").arg(all));
    m_files->setVisible(open && count > 0);
}

void DatasetNotes::applyTheme() {
    const Theme& theme = Theme::instance();
    m_rows->setSpacing(theme.px(6));
    m_sentences->setSpacing(theme.px(2));
    m_files->setFixedHeight(theme.px(150));
}

}  // namespace thaw::ui
