// What a run is called, and a few words about it.
#pragma once

#include <QDialog>

class QLineEdit;
class QPlainTextEdit;

namespace thaw::ui {

class RunNameDialog : public QDialog {
    Q_OBJECT
public:
    static constexpr int kLongestName = 80;  ///< letters

    /// `usual`: how it is called without a name of its own. Deletes itself when it is closed.
    RunNameDialog(const QString& usual, const QString& name, const QString& note, QWidget* parent);

Q_SIGNALS:
    void named(const QString& name, const QString& note);  ///< an empty name: the usual one again

private:
    QLineEdit* m_name;
    QPlainTextEdit* m_note;
};

}  // namespace thaw::ui
