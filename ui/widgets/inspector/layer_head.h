// What the Layer inspector is about: the layer's tick, name and kind, the share of channels that never answer, and the button
// that freezes or thaws it.
#pragma once

#include <QPersistentModelIndex>
#include <QWidget>

class QLabel;
class QToolButton;

namespace thaw::core {
struct ModelInfo;
}

namespace thaw::ui {

class ElidedLabel;
class Session;

class LayerHead : public QWidget {
    Q_OBJECT
public:
    explicit LayerHead(Session& session, QWidget* parent = nullptr);

    /// `live`: the layer tree is about the same run, so its tick is this layer's.
    void showLayer(const core::ModelInfo& model, int layer, bool live);
    /// Of a layer with ReLU; negative: without, or not measured yet.
    void setDeadShare(double share, int sampleCount);
    void setDeadProblem(const QString& problem);  ///< why the share of a layer with ReLU cannot be known
    QString deadText() const;
    QToolButton& freezeButton() { return *m_freeze; }
    void toggle();  ///< as a click on the button

Q_SIGNALS:
    void previousRequested();
    void nextRequested();

private:
    void refresh();
    void applyTheme();
    Session& m_session;
    QPersistentModelIndex m_index;  ///< in the layer tree
    QWidget *m_mark, *m_deadBox;
    ElidedLabel* m_name;
    QLabel *m_description, *m_dead, *m_deadTitle;
    QToolButton* m_freeze;
};

}  // namespace thaw::ui
