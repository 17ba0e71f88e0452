// The plan bar: a cell an epoch, over the whole width, in the right hue, for three epochs and for three hundred.
#include <QTest>

#include "ui/widgets/parts/theme.h"
#include "ui/widgets/window/plan_bar.h"

using namespace thaw::ui;

class TestPlanBar : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setLook(ColorScheme::Light, 1.0); }

    void cellsShareTheWidth_data() {
        QTest::addColumn<int>("epochs");
        for (const int epochs : {1, 3, 15, 60, 300}) QTest::addRow("%d", epochs) << epochs;
    }

    void cellsShareTheWidth() {
        QFETCH(int, epochs);
        PlanBar bar;
        bar.resize(620, bar.sizeHint().height());
        bar.setCells(std::vector<bool>(static_cast<std::size_t>(epochs)));
        QCOMPARE(bar.cellRect(1).left(), 2);
        QCOMPARE(bar.cellRect(epochs).right(), 617);
        for (int epoch = 1; epoch < epochs; ++epoch) QVERIFY(bar.cellRect(epoch).right() < bar.cellRect(epoch + 1).left());
        QVERIFY(bar.cellRect(0).isNull());
        QVERIFY(bar.cellRect(epochs + 1).isNull());
    }

    void huesTellWhatTrains() {
        PlanBar bar;
        bar.resize(400, bar.sizeHint().height());
        bar.setCells({false, false, true, true});
        bar.setProgress(2, 0.5);
        const QImage image = bar.grab().toImage();
        const auto colourOf = [&](int epoch, double share) {
            const QRect cell = bar.cellRect(epoch);
            return image.pixelColor(QPoint(cell.left() + static_cast<int>(share * cell.width()), cell.center().y()) *
                                    image.devicePixelRatio());
        };
        const Theme& theme = Theme::instance();
        QCOMPARE(colourOf(1, 0.5), theme.color(Tone::Ice));
        QCOMPARE(colourOf(2, 0.5), theme.color(Tone::Ice));
        QCOMPARE(colourOf(3, 0.25), theme.color(Tone::WarmFill));  // half of it is done
        QCOMPARE(colourOf(3, 0.75), theme.color(Tone::WarmBackground));
        QCOMPARE(colourOf(4, 0.5), theme.color(Tone::WarmBackground));
    }

    void tellsItsProgress() {
        PlanBar bar;
        bar.setCells(std::vector<bool>(15));
        bar.setProgress(12, 0.6);
        QCOMPARE(bar.accessibleDescription(), QStringLiteral("12 of 15 epochs finished"));
    }
};

QTEST_MAIN(TestPlanBar)
#include "tst_plan_bar.moc"
