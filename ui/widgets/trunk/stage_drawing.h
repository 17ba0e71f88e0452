// The small drawing of a trunk: a bar a block, groups of them side by side, as high as the picture is large there.
#pragma once

#include <QRectF>
#include <QString>

#include <vector>

#include "core/api/models.h"

class QPainter;

namespace thaw::ui {

class StageDrawing {
public:
    enum class Head { New, Thawed };  ///< a dashed box, or one that learns

    /// `thawed`: a flag a stage; fewer: the others are frozen.
    explicit StageDrawing(const std::vector<core::StageCard>& stages, const std::vector<bool>& thawed = {},
                          Head head = Head::New);

    /// Bars stand on the bottom of `area`, from its left; where there are many they become thin.
    void paint(QPainter& painter, const QRectF& area) const;
    /// The same over the whole width, with the groups' names and sides below where they find room; `area` holds both.
    void paintNamed(QPainter& painter, const QRectF& area) const;

private:
    struct Bar {
        QString block;
        int side = 0, heads = 0;
        bool thawed = false;
    };
    struct Group {
        QString name;
        std::vector<Bar> bars;  ///< none: the head
    };
    struct Lay {
        double bar = 0, gap = 0, groupGap = 0;
    };
    Lay layFor(double width, bool spread) const;
    double widthOf(const Group& group, const Lay& lay) const;
    void paintGroup(QPainter& painter, const Group& group, const Lay& lay, const QRectF& area) const;
    static void paintBar(QPainter& painter, const Bar& bar, const QRectF& box);
    std::vector<Group> m_groups;
    Head m_head;
};

}  // namespace thaw::ui
