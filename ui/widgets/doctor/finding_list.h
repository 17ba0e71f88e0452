// The findings of a data set, one under the other: icon, name, one fact and how many; a tick where all is decided.
#pragma once

#include "ui/models/finding_list_model.h"
#include "ui/widgets/parts/navigated_list.h"

namespace thaw::ui {

class FindingList : public NavigatedList {
    Q_OBJECT
public:
    explicit FindingList(FindingListModel& findings, QWidget* parent = nullptr);
};

}  // namespace thaw::ui
