// One picture in full: large, with the verdict in words and the five best guesses. An own picture is shown beside what the
// model sees of it. Follows the model it is given: fresh predictions of the same picture appear by themselves.
#pragma once

#include <QFrame>

class QLabel;
class QToolButton;
class QWidget;

namespace thaw::ui {

class GuessBars;
class PictureCanvas;
class PinnedListModel;
class PredictionListModel;
class VerdictPlate;

class PredictionDetail : public QFrame {
    Q_OBJECT
public:
    explicit PredictionDetail(QWidget* parent = nullptr);

    void setPictureModel(PredictionListModel* model);
    void setPins(PinnedListModel* pins);
    void showPicture(int id);  ///< -1: none
    int picture() const { return m_id; }
    void setRawPixels(bool raw);
    QString verdict() const;  ///< the two lines of the plate, joined by a newline

Q_SIGNALS:
    void previousRequested();
    void nextRequested();
    void removeRequested(int id);  ///< an own picture

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void refresh();
    void refreshPin();
    void fitHeight();

    PredictionListModel* m_model = nullptr;
    PinnedListModel* m_pins = nullptr;
    int m_id = -1;
    bool m_raw = false;
    QLabel *m_title, *m_empty, *m_guessTitle;
    QToolButton *m_pin, *m_remove, *m_previous, *m_next;
    QWidget* m_content;
    PictureCanvas* m_canvas;
    VerdictPlate* m_plate;
    GuessBars* m_guesses;
};

}  // namespace thaw::ui
