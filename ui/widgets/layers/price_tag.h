// What the ticks cost: trainable parameters, speed, time of an epoch, memory; below it the pass through the frozen layers that is
// still to come, or what the pending ticks would cost.
#pragma once

#include <QFrame>

#include "core/api/layer_info.h"

class QGridLayout;
class QLabel;

namespace thaw::ui {

class Session;

class PriceTag : public QFrame {
    Q_OBJECT
public:
    explicit PriceTag(Session& session, QWidget* parent = nullptr);

    /// Under a hovered preset: its price instead of that of the pending ticks. Empty mask: none.
    void setPreview(const QString& title, const core::LayerMask& mask);

private:
    void refresh();
    void showNext(const core::LayerMask& now, const core::Price& price);
    void applyTheme();
    QString differenceTitle(const core::LayerMask& now, const core::LayerMask& then, bool* thaws) const;

    Session& m_session;
    QString m_previewTitle;
    core::LayerMask m_preview;
    QLabel *m_parameters, *m_parametersOf, *m_speed, *m_speedUnit, *m_epoch, *m_epochUnit, *m_memory;
    QLabel *m_title, *m_nextIcon, *m_next;
    QGridLayout* m_grid;
};

}  // namespace thaw::ui
