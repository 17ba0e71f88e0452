// Above the user's own pictures: tiles or a table, and the way to save what the network says of them.
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace thaw::ui {

class Background;
class PredictionListModel;
class SegmentedBar;

class OwnPicturesBar : public QWidget {
    Q_OBJECT
public:
    /// Both outlive the bar; `background` writes the table.
    OwnPicturesBar(PredictionListModel& pictures, Background& background, QWidget* parent = nullptr);

    bool showsTable() const;
    void setShowsTable(bool table);

public Q_SLOTS:
    void chooseTableFile();               ///< opens the dialog
    void saveTable(const QString& file);  ///< CSV; an existing file is replaced

Q_SIGNALS:
    void lookChanged();
    void said(const QString& text);  ///< the table is saved, or why not
    void allRemoved();

private:
    void refresh();

    PredictionListModel& m_pictures;
    Background& m_background;
    SegmentedBar* m_look;
    QLabel* m_count;
    QToolButton *m_save, *m_removeAll;
};

}  // namespace thaw::ui
