// How the data set is divided, in short: what makes a group, on a real file's name, what lies on each side, and whether a group
// lies on both.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace thaw::ui {

class DivisionController;
class ElidedLabel;
class NamePart;
class SplitBars;

class SplitSummary : public QWidget {
    Q_OBJECT
public:
    explicit SplitSummary(DivisionController& division, QWidget* parent = nullptr);

    void setLow(bool low);  ///< the last sentence alone

Q_SIGNALS:
    void groupsRequested();  ///< those that lie on both sides are to be shown

private:
    void refresh();
    void say(const char* type, const QString& icon, const QString& sentence);

    DivisionController& m_division;
    QWidget* m_ruleRow;
    QLabel *m_mark, *m_sentence;
    ElidedLabel* m_rule;
    NamePart* m_example;
    SplitBars* m_bars;
    QPushButton* m_show;
    bool m_low = false;
};

}  // namespace thaw::ui
