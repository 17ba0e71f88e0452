// A pill with an icon and a word: the phase, "Paused", "Finished". Never colour alone.
#pragma once

#include <QWidget>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

class Chip : public QWidget {
    Q_OBJECT
public:
    enum class Look { Ice, Warm, Right, Wrong, Quiet, Marked };  ///< Marked: quiet, and stands out

    explicit Chip(QWidget* parent = nullptr);
    void setContent(Look look, const QString& icon, const QString& text);  ///< icon empty: text alone
    QString text() const { return m_text; }
    void setCompact(bool compact);  ///< a little lower, without the outline, as on cards
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QFont textFont() const;
    Look m_look = Look::Quiet;
    QString m_icon, m_text;
    bool m_compact = false;
};

}  // namespace thaw::ui
