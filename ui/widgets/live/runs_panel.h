// The runs under the test pictures: an eye that shows a run in the curves, its line, its name and state, and its best
// validation accuracy. Double click or Enter opens a run; the context menu continues, renames or looks into one, or deletes it
// after asking in its own row. Where it is wide, a page of its own, each thing has its column.
#pragma once

#include <QFrame>
#include <QPointer>

class QLabel;
class QListView;
class QStackedWidget;

namespace thaw::ui {

class RunColumns;
class RunListModel;

class RunsPanel : public QFrame {
    Q_OBJECT
public:
    explicit RunsPanel(QWidget* parent = nullptr);

    void setRunModel(RunListModel* model);
    /// As high as its page, with the names of the columns, instead of a few rows.
    void setTall(bool tall);
    /// Asks in the row whether to delete its run; a run that trains is refused.
    void askToDelete(int row);

Q_SIGNALS:
    void openRequested(const QString& directory);
    void continueRequested(const QString& directory);  ///< to train it on
    void inspectRequested(const QString& directory);   ///< to look into it, not to train it
    void deleteRequested(const QString& directory);    ///< confirmed
    void renameRequested(const QString& directory, const QString& name, const QString& note);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showMenu(const QPoint& place);
    void askForName(int row);
    void cancelQuestion();
    void refresh();
    void applyHeight();

    RunListModel* m_model = nullptr;
    bool m_tall = false;
    QLabel* m_caption;
    RunColumns* m_columns;
    QListView* m_list;
    QStackedWidget* m_stack;
    QPointer<QWidget> m_question;  // goes with its row when the model is read anew
};

}  // namespace thaw::ui
