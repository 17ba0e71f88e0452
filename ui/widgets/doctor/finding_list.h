// The findings of a data set, one under the other: icon, name, one fact and how many; a tick where all is decided.
#pragma once

#include <QListView>

#include "ui/models/finding_list_model.h"

namespace thaw::ui {

class FindingList : public QListView {
    Q_OBJECT
public:
    explicit FindingList(FindingListModel& findings, QWidget* parent = nullptr);
};

}  // namespace thaw::ui
