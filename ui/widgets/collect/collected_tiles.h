// The newest pictures of a class in one or two rows. Those of the recording under way have a frame; several can be selected.
#pragma once

#include <vector>

#include "ui/models/collected_list_model.h"
#include "ui/widgets/parts/navigated_list.h"

namespace thaw::ui {

class CollectedTiles : public NavigatedList {
    Q_OBJECT
public:
    explicit CollectedTiles(CollectedListModel& pictures, QWidget* parent = nullptr);

    void setRows(int rows);
    int shownCount() const;  ///< pictures in sight without scrolling
    std::vector<core::CollectedPicture> selectedPictures() const;

Q_SIGNALS:
    void removeRequested(const std::vector<thaw::core::CollectedPicture>& pictures);
    void shownChanged();

protected:
    void keyPressEvent(QKeyEvent* event) override;  ///< digits, Space and Delete are the page's
    void keyReleaseEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyTheme();
    int m_rows = 2;
};

}  // namespace thaw::ui
