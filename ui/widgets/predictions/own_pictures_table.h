// The user's own pictures as a table that can be sorted; the chosen row is the chosen picture.
#pragma once

#include <QTableView>

namespace thaw::ui {

class OwnTableModel;
class PredictionListModel;

class OwnPicturesTable : public QTableView {
    Q_OBJECT
public:
    explicit OwnPicturesTable(QWidget* parent = nullptr);

    void setPictures(PredictionListModel* pictures);
    void setCurrentPicture(int id);  ///< without a signal

Q_SIGNALS:
    void pictureChosen(int id);
    void removeRequested(int id);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void fit();

    OwnTableModel* m_table;
    bool m_restoring = false;
};

}  // namespace thaw::ui
