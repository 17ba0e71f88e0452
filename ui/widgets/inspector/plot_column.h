// A plot under its title, with the choice of what it shows beside that.
#pragma once

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/segmented_bar.h"

namespace thaw::ui {

/// Shortened where it has no room.
inline ElidedLabel* makePlotTitle(QWidget* parent) {
    auto* title = new ElidedLabel(parent);
    title->setProperty("type", QStringLiteral("strong"));
    title->setElideMode(Qt::ElideRight);
    return title;
}

inline QVBoxLayout* makePlotColumn(ElidedLabel* title, SegmentedBar* part, QWidget* plot) {
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title, 1);
    head->addWidget(part);
    auto* column = new QVBoxLayout;
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(plot, 1);
    return column;
}

}  // namespace thaw::ui
