// One picture in full: large, with the verdict in words and the five best guesses. An own picture is shown beside what the
// model sees of it. Follows the model it is given: fresh predictions of the same picture appear by themselves.
#pragma once

#include <QFrame>

class QLabel;
class QToolButton;
class QWidget;

namespace thaw::ui {

class ClassMapPanel;
class GuessBars;
class InspectionController;
class PageScroll;
class PictureCanvas;
class PinnedListModel;
class PredictionListModel;
class VerdictPlate;
struct PictureItem;

class PredictionDetail : public QFrame {
    Q_OBJECT
public:
    explicit PredictionDetail(QWidget* parent = nullptr);

    void setPictureModel(PredictionListModel* model);
    void setPins(PinnedListModel* pins);
    /// Once; the controller outlives the detail. With it the detail shows what in the picture speaks for a class.
    void bindInspection(InspectionController* inspection);
    void showPicture(int id);  ///< -1: none
    int picture() const { return m_id; }
    void setRawPixels(bool raw);
    void toggleClassMap();  ///< the G key
    ClassMapPanel& classMap() { return *m_classMap; }
    QString verdict() const;  ///< the two lines of the plate, joined by a newline

Q_SIGNALS:
    void previousRequested();
    void nextRequested();
    void removeRequested(int id);  ///< an own picture
    void pictureShown(int id);     ///< -1: none

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void refresh();
    void refreshPin();
    void askClassMap(const PictureItem& item);
    void showPictures(const PictureItem& item);
    void fitHeight();

    PredictionListModel* m_model = nullptr;
    PinnedListModel* m_pins = nullptr;
    InspectionController* m_inspection = nullptr;
    int m_id = -1;
    bool m_raw = false;
    QLabel *m_title, *m_empty, *m_guessTitle;
    QToolButton *m_pin, *m_remove, *m_previous, *m_next;
    PageScroll* m_scroll;
    QWidget* m_content;
    PictureCanvas* m_canvas;
    ClassMapPanel* m_classMap;
    VerdictPlate* m_plate;
    GuessBars* m_guesses;
};

}  // namespace thaw::ui
