// A sentence about what a field holds, in a frame of its own below it, over whatever lies there: for fields in bars that have no
// room for one.
#pragma once

#include <QLabel>

namespace thaw::ui {

class FieldNote : public QLabel {
    Q_OBJECT
public:
    /// Belongs to the field; where the field cannot be seen, the note cannot either.
    explicit FieldNote(QWidget* field);

    void say(const QString& sentence, bool wrong);  ///< empty: none

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    QWidget* m_field;
};

}  // namespace thaw::ui
