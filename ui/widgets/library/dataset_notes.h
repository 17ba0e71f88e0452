// What Thaw has to say of a copy of a data set: what it left out, entered, guessed and holds back; and the list of the files that
// are left out, folded until somebody asks.
#pragma once

#include <QWidget>

#include "core/api/dataset_info.h"

class QListView;
class QPushButton;
class QStringListModel;
class QVBoxLayout;

namespace thaw::ui {

class DatasetNotes : public QWidget {
    Q_OBJECT
public:
    explicit DatasetNotes(QWidget* parent = nullptr);
    void setDataset(const core::DatasetInfo* dataset);  ///< null: nothing to say

private:
    void showFiles(bool open);
    void applyTheme();

    QVBoxLayout *m_rows, *m_sentences;
    QPushButton* m_button;
    QListView* m_files;
    QStringListModel* m_list;
};

}  // namespace thaw::ui
