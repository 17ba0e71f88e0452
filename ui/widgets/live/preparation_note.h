// What is done before the first batch, over the empty axes: how far it is, and in a sentence what it is good for.
#pragma once

#include <QFrame>

#include "core/api/events.h"

class QLabel;
class QProgressBar;

namespace thaw::ui {

class PreparationNote : public QFrame {
    Q_OBJECT
public:
    explicit PreparationNote(QWidget* parent = nullptr);

    void setProgress(const core::WorkProgress& progress);
    /// In the middle of `area`, as high as its words need.
    void placeIn(const QRect& area);

private:
    void applyTheme();
    QLabel *m_title, *m_text;
    QProgressBar* m_bar;
};

/// What an activity of a Trainer is good for, in a sentence; empty where its name says it all.
QString whyOf(const std::string& activity);

}  // namespace thaw::ui
