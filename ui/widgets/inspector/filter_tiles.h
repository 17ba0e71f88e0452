// The filters of the first layer as small pictures, three times: before training, now, and the difference. Each filter has the
// scale of its largest weight, grey is 0; the differences share one. Where the start is not known, why stands in its place.
#pragma once

#include <QImage>
#include <QWidget>

#include <array>
#include <vector>

#include "core/api/inspector.h"

namespace thaw::ui {

class FilterTilesView : public QWidget {
    Q_OBJECT
public:
    explicit FilterTilesView(QWidget* parent = nullptr);

    void setTiles(core::FilterTiles tiles);
    void setMessage(const QString& message);  ///< in place of tiles
    bool hasContent() const { return m_tiles.count > 0; }
    QString message() const { return m_message; }
    int count() const { return m_tiles.count; }
    void setCurrentFilter(int filter);
    double largestChange() const { return m_largestChange; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void filterChosen(int filter);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum Group { Before, Now, Difference, GroupCount };
    struct Frame {
        int columns = 1, tile = 1, pitch = 1, groupWidth = 1, groupPitch = 1, top = 0, left = 0;
        int groupLeft(int group) const { return left + group * groupPitch; }
        QRect tileRect(int group, int filter) const {
            return {groupLeft(group) + filter % columns * pitch, top + filter / columns * pitch, tile, tile};
        }
    };
    Frame frame() const;
    bool hasGroup(int group) const { return group == Now || !m_tiles.before.empty(); }
    int filterAt(const QPoint& point) const;
    float weight(int group, int filter, int place) const;
    QImage tileImage(int group, int filter) const;
    QString title(int group) const;

    core::FilterTiles m_tiles;
    std::array<std::vector<QImage>, GroupCount> m_images;
    double m_largestChange = 0;
    int m_current = -1;
    QString m_message;
};

}  // namespace thaw::ui
