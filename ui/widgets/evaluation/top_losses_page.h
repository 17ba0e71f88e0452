// The pictures that cost most: what was predicted, what it is, the loss, and both probabilities.
#pragma once

#include <QFrame>

#include "ui/models/evaluated.h"
#include "ui/models/prediction_list_model.h"

class QLabel;
class QListView;
class QPushButton;

namespace thaw::ui {

class TopLossesPage : public QFrame {
    Q_OBJECT
public:
    /// So many pictures are shown.
    static constexpr int kMostPictures = 96;

    explicit TopLossesPage(QWidget* parent = nullptr);
    ~TopLossesPage() override;

    void setEvaluated(const Evaluated& evaluated);
    PredictionListModel& pictures() { return m_pictures; }

Q_SIGNALS:
    void pictureRequested(int id);  ///< double click, Enter or the button

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fit();
    int currentId() const;

    PredictionListModel m_pictures;
    QLabel *m_title, *m_caption;
    QPushButton* m_open;
    QListView* m_list;
};

}  // namespace thaw::ui
