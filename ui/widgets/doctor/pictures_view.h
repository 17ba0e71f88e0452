// All pictures of the data set that could be read, as tiles in pages, of one class or of all.
#pragma once

#include <QWidget>

#include <cstddef>
#include <vector>

#include "core/api/doctor.h"
#include "ui/models/found_picture_model.h"

class QLabel;
class QToolButton;

namespace thaw::ui {

class DoctorController;
class FoundTiles;
class SettingCombo;

class PicturesView : public QWidget {
    Q_OBJECT
public:
    static constexpr std::size_t kPage = 200;

    explicit PicturesView(DoctorController& doctor, QWidget* parent = nullptr);

    void setCheckup();  ///< of the controller; the same one again keeps the filters and the page
    FoundPictureModel& pictures() { return m_pictures; }
    FoundTiles& tiles() { return *m_tiles; }
    void showRow(int row);

Q_SIGNALS:
    void pictureChosen();

private:
    QWidget* makeHead();
    bool fits(const core::CheckedPicture& picture) const;
    void choose();
    void showPage(std::size_t page);

    DoctorController& m_doctor;
    FoundPictureModel m_pictures;
    std::vector<std::size_t> m_chosen;  // of the checkup's pictures those that the filters let through
    std::size_t m_page = 0;
    double m_checkedAt = 0;
    SettingCombo *m_class, *m_split;
    QLabel *m_title, *m_place;
    QToolButton *m_previous, *m_next;
    FoundTiles* m_tiles;
};

}  // namespace thaw::ui
