// The two lists beside a confusion matrix: every class with its scores as bars, and what is most often taken for what.
#pragma once

#include <QListView>
#include <QTableView>

namespace thaw::ui {

class ClassScoreModel;
class MixUpModel;

class ClassScoreTable : public QTableView {
    Q_OBJECT
public:
    explicit ClassScoreTable(ClassScoreModel& model, QWidget* parent = nullptr);

    void setRowHeight(int pixels);
    int headerHeight() const;
    /// Highlights a class without a signal; -1: none.
    void showClass(int classIndex);

Q_SIGNALS:
    void classChosen(int classIndex);  ///< by the user

protected:
    void resizeEvent(QResizeEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void fit();
    void choose(const QModelIndex& index);

    ClassScoreModel& m_scores;
    bool m_showing = false;
};

class MixUpList : public QListView {
    Q_OBJECT
public:
    explicit MixUpList(MixUpModel& model, QWidget* parent = nullptr);

    /// Highlights a row without a signal; none where this does not happen.
    void showMixUp(int truth, int predicted);

Q_SIGNALS:
    void mixUpChosen(int truth, int predicted);  ///< by the user

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void mousePressEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;  ///< where there are none, it says so

private:
    void choose(const QModelIndex& index);

    MixUpModel& m_mixUps;
    bool m_showing = false;
};

}  // namespace thaw::ui
