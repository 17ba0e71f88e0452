// The pictures of a finding as tiles: what the network says in bold with its percentage, the label below, and on a picture that
// is decided what was decided. Pictures that show the same stand on one ground.
#pragma once

#include "ui/models/found_picture_model.h"
#include "ui/widgets/parts/navigated_list.h"

namespace thaw::ui {

class FoundTiles : public NavigatedList {
    Q_OBJECT
public:
    explicit FoundTiles(FoundPictureModel& pictures, QWidget* parent = nullptr);

    int currentRow() const { return currentIndex().row(); }

Q_SIGNALS:
    void currentRowChanged(int row);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
};

}  // namespace thaw::ui
