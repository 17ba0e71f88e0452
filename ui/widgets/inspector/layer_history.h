// How far each layer of a block has moved, or how strong its gradient is, at every kept checkpoint: the plot over the epochs in
// the layer inspector. Comparing the checkpoints takes a while: the plot says how far that is, and it can be cancelled and taken
// up again.
#pragma once

#include <QWidget>

#include <optional>
#include <string>

#include "core/api/inspector.h"

namespace thaw::ui {

class ElidedLabel;
class HistoryPlot;
class InspectionController;
class SegmentedBar;

class LayerHistoryPanel : public QWidget {
    Q_OBJECT
public:
    enum Part { Moved, GradientNorm };

    explicit LayerHistoryPanel(InspectionController& inspection, QWidget* parent = nullptr);

    void takeSubject(bool anotherRun);        ///< or the same one opened anew
    void showLayer(const std::string& name);  ///< of the subject's model, with what is known of it
    void ask();                               ///< for what is not known; there is a subject with a kept checkpoint

protected:
    void hideEvent(QHideEvent* event) override;  ///< nobody waits any more

private:
    bool isKnown() const;  ///< the part that is chosen
    void showTitle();
    void showKnown();
    void stopOrAsk();

    InspectionController& m_inspection;
    std::string m_layer;
    std::optional<core::LayerHistory> m_history;
    QString m_asked, m_shown;  // part and newest checkpoint
    bool m_stopped = false;    // by the user

    ElidedLabel* m_title;
    SegmentedBar* m_part;
    HistoryPlot* m_plot;
};

}  // namespace thaw::ui
