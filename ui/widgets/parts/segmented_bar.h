// One choice out of a few, side by side in one frame.
#pragma once

#include <QFrame>

class QButtonGroup;

namespace thaw::ui {

class SegmentedBar : public QFrame {
    Q_OBJECT
public:
    explicit SegmentedBar(QWidget* parent = nullptr);

    void addSegment(int id, const QString& text);
    void setSegmentText(int id, const QString& text);
    QString segmentText(int id) const;
    void setSegmentToolTip(int id, const QString& text);
    void setSegmentEnabled(int id, bool enabled);
    void setSegmentVisible(int id, bool visible);
    bool isSegmentVisible(int id) const;
    int segmentWidth(int id) const;  ///< visible or not
    int current() const;
    void setCurrent(int id);  ///< without a signal

Q_SIGNALS:
    void currentChanged(int id);  ///< by the user

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QButtonGroup* m_group;
};

}  // namespace thaw::ui
