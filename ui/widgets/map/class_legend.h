// Classes by their colours, in a column: a click takes one out of what is shown, or brings it back; with Ctrl it stays alone.
#pragma once

#include <QScrollArea>
#include <QStringList>

#include <vector>

class QToolButton;

namespace thaw::ui {

class ClassLegend : public QScrollArea {
    Q_OBJECT
public:
    explicit ClassLegend(QWidget* parent = nullptr);

    void setClasses(const QStringList& names);  ///< all shown
    const std::vector<bool>& hidden() const { return m_hidden; }
    QToolButton* button(int classIndex) const { return m_buttons[static_cast<std::size_t>(classIndex)]; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void changed();

private:
    void take(int classIndex);
    void refresh();
    void tint();

    std::vector<bool> m_hidden;
    QToolButton* m_all;
    std::vector<QToolButton*> m_buttons;
};

}  // namespace thaw::ui
