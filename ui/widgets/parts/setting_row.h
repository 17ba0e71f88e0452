// One line of a form: a name, a field, and below it a sentence where there is something to say.
#pragma once

#include <QComboBox>
#include <QWidget>

#include <vector>

class QLabel;

namespace thaw::ui {

/// A list that the wheel turns only while it has the focus, so that scrolling a form changes nothing.
class SettingCombo : public QComboBox {
    Q_OBJECT
public:
    explicit SettingCombo(QWidget* parent = nullptr);
    void showEntry(const QVariant& entry);  ///< the one with this data; none when there is none
    void showPopup() override;              ///< as wide as its longest entry
    QSize minimumSizeHint() const override;
    int widthFor(const QString& entry) const;  ///< that shows it in full
    int widthForAll() const;                   ///< that shows any of its entries in full

Q_SIGNALS:
    void popupAboutToShow();

protected:
    bool event(QEvent* event) override;            ///< a tool tip that begins with the entry where it is elided
    void paintEvent(QPaintEvent* event) override;  ///< elides what does not fit
    void wheelEvent(QWheelEvent* event) override;
};

class SettingRow : public QWidget {
    Q_OBJECT
public:
    enum class Note { Plain, Warning, Wrong, Live };

    /// `field` becomes a child; `help` explains the setting in plain words.
    SettingRow(const QString& name, const QString& help, QWidget* field, QWidget* parent = nullptr);
    QWidget* field() const { return m_field; }
    QString name() const;
    void setName(const QString& name);
    void setNote(Note kind, const QString& sentence);  ///< empty: none
    QString note() const;
    void setStacked();                                     ///< the field below the name, as wide as the row: for long entries
    void addBeside(const std::vector<QWidget*>& widgets);  ///< small buttons behind the field

private:
    void applyTheme();
    QLabel *m_name, *m_note;
    QWidget *m_field, *m_line;
    std::vector<QWidget*> m_beside;
    bool m_stacked = false;
};

}  // namespace thaw::ui
