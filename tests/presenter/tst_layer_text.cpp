// What people call the layers of a network.
#include <QTest>

#include "core/api/models.h"
#include "ui/models/layer_text.h"

using namespace thaw;
using namespace thaw::ui;

namespace {

core::ModelInfo modelOf(const char* name) {
    core::RunConfig config;
    core::chooseModel(config, name);
    return core::describeModel(config, 10);
}

QStringList groupTitles(const core::ModelInfo& model) {
    QStringList titles;
    for (const core::LayerGroup& group : model.groups) titles << groupTitle(group);
    return titles;
}

}  // namespace

class TestLayerText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void layersOfTexts() {
        const core::ModelInfo model = modelOf("minilm");
        QStringList titles;
        for (int layer = 0; layer < static_cast<int>(model.layers.size()); ++layer) {
            if (model.layer(layer).block != "embeddings" && model.layer(layer).block != "encoder.layer.5") continue;
            if (model.layer(layer).hasParameters()) titles << layerTitle(model, layer);
        }
        QCOMPARE(titles, QStringList({"words", "types", "positions", "norm", "query", "key", "value", "attended", "norm 1",
                                      "feed 1", "feed 2", "norm 2"}));
        QVERIFY(groupTitles(model).contains(QStringLiteral("Layer 5")));
        QCOMPARE(layerShapeText(model.layer(0).outputShape), QStringLiteral("384 a token"));
    }

    void layersOfPictures() {
        QVERIFY(groupTitles(modelOf("vgg16")).contains(QStringLiteral("Block 5")));
        QVERIFY(groupTitles(modelOf("resnet18")).contains(QStringLiteral("layer4")));
        const core::ModelInfo model = modelOf("resnet18");
        QCOMPARE(layerTitle(model, model.indexOf("layer4.1.conv2")), QStringLiteral("conv2"));
    }
};

QTEST_APPLESS_MAIN(TestLayerText)
#include "tst_layer_text.moc"
