// Ties the Layer inspector to the layer tree and to the picture that is chosen in Predictions.
#pragma once

namespace thaw::ui {

class InspectorView;
class LayerTreeView;
class PredictionView;
class Session;

void linkInspector(InspectorView& inspector, LayerTreeView& tree, PredictionView& predictions, Session& session);

}  // namespace thaw::ui
