// What the panels of the evaluation's pages have in common: texts in several lines, and content that scrolls.
#pragma once

#include <QFrame>
#include <QVBoxLayout>

#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {

/// Empty yet; as makeLabel, in as many lines as it needs.
inline QLabel* makeText(const char* type, QWidget* parent) {
    QLabel* label = makeLabel({}, type, parent);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    return label;
}

inline void scrollInPanel(QFrame* panel, QWidget* content, int bottomMargin = 12) {
    auto* scroll = new QScrollArea(panel);
    scrollDownOnly(*scroll);
    scroll->setWidget(content);
    auto* frame = new QVBoxLayout(panel);
    frame->setContentsMargins(16, 12, 8, bottomMargin);
    frame->addWidget(scroll);
}

}  // namespace thaw::ui
