// Names over columns or beside rows, without boxes around them. Works on the header data of any model.
#pragma once

#include <QHeaderView>

#include <functional>

#include "ui/widgets/parts/theme.h"

namespace thaw::ui {

class NameHeader : public QHeaderView {
    Q_OBJECT
public:
    explicit NameHeader(Qt::Orientation orientation, QWidget* parent = nullptr);

    /// A second line over the first `sections` columns.
    void setTitle(const QString& title, int sections);
    /// The names under the title stand upright, for columns that are narrower than their names.
    void setUpright(bool upright);
    bool isUpright() const { return m_upright; }
    /// Only the first `sections` take clicks; by default all do.
    void setClickableSections(int sections) { m_clickable = sections; }
    /// Colour of a name; by default that of second text.
    void setTone(std::function<Tone(int section)> tone);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void paintSection(QPainter* painter, const QRect& rect, int section) const override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    int widestName(int sections) const;
    int nameHeight() const;

    QString m_title;
    int m_titleSections = 0, m_clickable = -1;
    bool m_upright = false;
    std::function<Tone(int)> m_tone;
};

}  // namespace thaw::ui
