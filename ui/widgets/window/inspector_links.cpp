#include "ui/widgets/window/inspector_links.h"

#include "ui/bridge/session.h"
#include "ui/widgets/inspector/inspector_view.h"
#include "ui/widgets/layers/layer_tree_view.h"
#include "ui/widgets/predictions/prediction_view.h"

namespace thaw::ui {

void linkInspector(InspectorView& inspector, LayerTreeView& tree, PredictionView& predictions, Session& session) {
    QObject::connect(&tree, &LayerTreeView::layerChosen, &inspector, &InspectorView::showLayer);
    QObject::connect(&inspector, &InspectorView::layerChanged, &tree, &LayerTreeView::selectLayer);
    QObject::connect(&predictions, &PredictionView::pictureShown, &inspector, [&](int id) {
        // Whoever looks into a layer has chosen nothing in Predictions: the picture in hand is not taken away by what comes
        // there.
        if (inspector.isVisible() || predictions.pictures().readsTexts()) return;
        const PictureItem item = predictions.pictures().item(id);
        const InspectionSubject* subject = session.inspection().subject();
        if (item.isOwn() && item.error.isEmpty())
            inspector.showPictureFile(item.file);
        else if (id >= 0 && subject && subject->pictures &&
                 subject->pictures->labels == predictions.pictures().pictures()->labels)
            inspector.showPicture(id);
    });
}

}  // namespace thaw::ui
