// A text in lines of one height, with its marked words on coloured grounds: a solid line below speaks for the class, a dashed one
// against it. GUI thread only.
#pragma once

#include <QColor>
#include <QFont>
#include <QPointF>
#include <QTextLayout>

#include <vector>

#include "ui/models/word_marks.h"

class QPainter;

namespace thaw::ui {

class MarkedTextLayout {
public:
    /// mostLines 0: all; else the last one ends in "…" where more would follow.
    MarkedTextLayout(MarkedText text, const QFont& font, double width, double lineHeight, int mostLines = 0);

    double height() const;
    bool isCut() const { return m_cut; }
    void draw(QPainter* painter, const QPointF& at) const;
    /// The marked word at a place that is relative to the text's corner; null: none.
    const WordMark* wordAt(const QPointF& place) const;
    const MarkedText& text() const { return m_text; }

private:
    std::vector<QRectF> placesOf(const WordMark& mark) const;  ///< one a line

    MarkedText m_text;
    double m_lineHeight;
    bool m_cut = false;
    QTextLayout m_layout;
};

/// The ground and the line of a word whose strength is above 0.
QColor groundOf(const WordMark& mark);
QColor lineOf(const WordMark& mark);

/// "berries: +2.3 for food" or "annual: −0.4 against food"
QString markText(const MarkedText& text, const WordMark& mark, const QString& className);

}  // namespace thaw::ui
