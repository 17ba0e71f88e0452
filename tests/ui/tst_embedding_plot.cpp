// Points in the plane: where they are, what is hit, what a lasso holds, how view and keys move; dots, crosses and pictures.
#include <QElapsedTimer>
#include <QLocale>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <cmath>
#include <random>

#include "tests/support/drawn_pictures.h"
#include "tests/support/shot.h"
#include "ui/widgets/map/embedding_plot.h"
#include "ui/widgets/parts/theme.h"

using namespace thaw;
using ui::EmbeddingPlot;
using ui::Theme;
using ui::Tone;

namespace {

QStringList classNames() {
    QStringList names;
    for (const std::string& name : test::drawnDataset().classNames) names << QString::fromStdString(name);
    return names;
}

/// Four pictures at the corners of a square, the fifth in its middle.
core::Embedding corners() {
    core::Embedding square;
    square.indices = {0, 1, 2, 3, 4};
    square.points = {-1, -1, 1, -1, -1, 1, 1, 1, 0, 0};
    return square;
}

struct Plot {
    explicit Plot(int perClass = 2) : pictures(test::drawnPictures(perClass)) {
        plot.setPictures(pictures, classNames());
        plot.resize(600, 400);
        plot.setPoints(corners(), test::drawnPredictions(*pictures, 1.0));
        plot.setBounds(plot.pointBounds());
        plot.show();
    }
    std::shared_ptr<const core::PictureSet> pictures;
    EmbeddingPlot plot;
};

void wheel(EmbeddingPlot& plot, QPointF at, int steps) {
    QWheelEvent event(at, plot.mapToGlobal(at), {}, {0, 120 * steps}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&plot, &event);
}

void move(EmbeddingPlot& plot, QPoint place, Qt::MouseButtons buttons = {}, Qt::KeyboardModifiers modifiers = {}) {
    QMouseEvent event(QEvent::MouseMove, place, plot.mapToGlobal(place), Qt::NoButton, buttons, modifiers);
    QCoreApplication::sendEvent(&plot, &event);
}

void drag(EmbeddingPlot& plot, const QList<QPoint>& way, Qt::KeyboardModifiers modifiers = {}) {
    QTest::mousePress(&plot, Qt::LeftButton, modifiers, way.front());
    for (const QPoint& place : way) move(plot, place, Qt::LeftButton, modifiers);
    QTest::mouseRelease(&plot, Qt::LeftButton, modifiers, way.back());
}

}  // namespace

class TestEmbeddingPlot : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        Theme::instance().setLook(ui::ColorScheme::Light, 1.0);
    }

    void showsAllOfTheBounds() {
        Plot p;
        for (int id = 0; id < 5; ++id) QVERIFY(p.plot.rect().adjusted(10, 10, -10, -10).contains(p.plot.placeOf(id).toPoint()));
        QVERIFY(p.plot.placeOf(2).y() < p.plot.placeOf(0).y());  // upwards
        QVERIFY(p.plot.placeOf(1).x() > p.plot.placeOf(0).x());
        // The same scale both ways.
        QVERIFY(std::abs((p.plot.placeOf(1).x() - p.plot.placeOf(0).x()) - (p.plot.placeOf(0).y() - p.plot.placeOf(2).y())) <
                0.01);
        QVERIFY(!p.plot.rect().contains(p.plot.placeOf(9).toPoint()));  // no point
    }

    void zoomsAroundTheMouseAndMovesWithTheHand() {
        Plot p;
        QSignalSpy moved(&p.plot, &EmbeddingPlot::viewChanged);
        const QPointF corner = p.plot.placeOf(3);
        wheel(p.plot, corner, 5);
        QCOMPARE(moved.size(), 1);
        QVERIFY(QLineF(p.plot.placeOf(3), corner).length() < 0.01);
        QVERIFY(p.plot.view().zoom > 2);
        drag(p.plot, {{300, 200}, {320, 210}, {340, 215}});
        QVERIFY2(QLineF(p.plot.placeOf(3), corner + QPointF(40, 15)).length() < 0.01, "the point stays under the hand");
        QTest::mouseDClick(&p.plot, Qt::LeftButton, {}, QPoint(300, 390));
        QCOMPARE(p.plot.view().zoom, 1.0);
        wheel(p.plot, {300, 200}, -50);
        QVERIFY(p.plot.view().zoom >= 0.5);
    }

    void hitsWhatIsNear() {
        Plot p;
        QCOMPARE(p.plot.pictureAt(p.plot.placeOf(4) + QPointF(5, 5)), 4);
        QCOMPARE(p.plot.pictureAt(p.plot.placeOf(4) + QPointF(30, 0)), -1);
        QSignalSpy chosen(&p.plot, &EmbeddingPlot::pictureChosen), activated(&p.plot, &EmbeddingPlot::pictureActivated);
        QSignalSpy pointed(&p.plot, &EmbeddingPlot::highlighted);
        move(p.plot, p.plot.placeOf(1).toPoint());
        QCOMPARE(pointed.back().front().toInt(), 1);
        QVERIFY2(p.plot.accessibleDescription().startsWith(QLatin1String("Picture 2: ")),
                 qPrintable(p.plot.accessibleDescription()));
        QTest::mouseClick(&p.plot, Qt::LeftButton, {}, p.plot.placeOf(1).toPoint());
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.front().front().toInt(), 1);
        QTest::mouseDClick(&p.plot, Qt::LeftButton, {}, p.plot.placeOf(1).toPoint());
        QCOMPARE(activated.front().front().toInt(), 1);
        std::vector<bool> hidden(10);
        hidden[static_cast<std::size_t>(p.pictures->labels[1])] = true;
        p.plot.setHiddenClasses(hidden);
        QCOMPARE(p.plot.pictureAt(p.plot.placeOf(1)), -1);
    }

    void aLassoHoldsWhatItGoesAround() {
        Plot p;
        std::vector<int> ids;
        int times = 0;
        connect(&p.plot, &EmbeddingPlot::picturesChosen, this, [&](const std::vector<int>& chosen) {
            ids = chosen;
            ++times;
        });
        const QPoint low = p.plot.placeOf(0).toPoint(), middle = p.plot.placeOf(4).toPoint();
        const QList<QPoint> around{low + QPoint(-10, 10), middle + QPoint(15, 5), middle + QPoint(5, -15),
                                   low + QPoint(-15, -10)};
        drag(p.plot, around);
        QCOMPARE(times, 0);  // that moved the plane
        p.plot.fit();
        drag(p.plot, around, Qt::ShiftModifier);
        QCOMPARE(ids, (std::vector<int>{0, 4}));
        p.plot.setDrag(EmbeddingPlot::Drag::Lasso);
        drag(p.plot, around);
        QCOMPARE(times, 2);
        QCOMPARE(ids, (std::vector<int>{0, 4}));
        p.plot.setSelection(ids);
        QTest::mouseClick(&p.plot, Qt::LeftButton, {}, QPoint(300, 395));
        QCOMPARE(times, 3);
        QVERIFY(ids.empty());
    }

    void keysWalkFromPointToPoint() {
        Plot p;
        QSignalSpy pointed(&p.plot, &EmbeddingPlot::highlighted), chosen(&p.plot, &EmbeddingPlot::pictureChosen);
        const auto press = [&](Qt::Key key) {
            QTest::keyClick(&p.plot, key);
            return pointed.isEmpty() ? -1 : pointed.back().front().toInt();
        };
        QCOMPARE(press(Qt::Key_Right), 4);  // the nearest to the middle first
        const int corner = press(Qt::Key_Right);
        QVERIFY(corner == 1 || corner == 3);
        QTest::keyClick(&p.plot, Qt::Key_Escape);
        QCOMPARE(press(Qt::Key_Up), 4);
        QTest::keyClick(&p.plot, Qt::Key_Space);
        QCOMPARE(chosen.front().front().toInt(), 4);
        const double zoom = p.plot.view().zoom;
        QTest::keyClick(&p.plot, Qt::Key_Plus);
        QVERIFY(p.plot.view().zoom > zoom);
        QTest::keyClick(&p.plot, Qt::Key_0);
        QCOMPARE(p.plot.view().zoom, 1.0);
        const QPointF before = p.plot.placeOf(4);
        QTest::keyClick(&p.plot, Qt::Key_Right, Qt::ShiftModifier);
        QVERIFY(p.plot.placeOf(4).x() < before.x());
        std::vector<int> ids;
        connect(&p.plot, &EmbeddingPlot::picturesChosen, this, [&](const std::vector<int>& all) { ids = all; });
        QTest::keyClick(&p.plot, Qt::Key_0);
        QTest::keyClick(&p.plot, Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(ids.size(), std::size_t(5));
    }

    void wrongOnesAreCrosses() {
        Plot p;
        p.plot.setPictures(p.pictures, {});  // without names over the points
        const core::Embedding points = corners();
        const auto draw = [&](double accuracy) {
            p.plot.setPoints(points, test::drawnPredictions(*p.pictures, accuracy));
            p.plot.setBounds(p.plot.pointBounds());
            p.plot.fit();
            return p.plot.grab().toImage();
        };
        const auto at = [&](const QImage& image, QPointF by) {
            return image.pixelColor(((p.plot.placeOf(0) + by) * image.devicePixelRatio()).toPoint());
        };
        const QColor color = Theme::instance().classColor(p.pictures->labels[0]);
        const QImage right = draw(1), wrong = draw(0);
        QCOMPARE(at(right, {0, 0}), color);
        QCOMPARE(at(right, {3, 0}), color);
        QCOMPARE(at(wrong, {0, 0}), color);
        QVERIFY(at(wrong, {3, 0}) != color);
        QCOMPARE(at(wrong, {4, 4}), color);
        p.plot.setWrongOnly(true);
        QCOMPARE(p.plot.shownCount(), 5);
        draw(1);
        QCOMPARE(p.plot.shownCount(), 0);
        QCOMPARE(at(p.plot.grab().toImage(), {0, 0}), Theme::instance().color(Tone::Surface));
    }

    void whatIsNotChosenFades() {
        Plot p;
        p.plot.setPictures(p.pictures, {});
        p.plot.setPoints(corners(), nullptr);
        p.plot.setBounds(p.plot.pointBounds());
        p.plot.setSelection({0});
        const QImage image = p.plot.grab().toImage();
        QCOMPARE(image.pixelColor(p.plot.placeOf(0).toPoint()), Theme::instance().classColor(p.pictures->labels[0]));
        const QColor faded = image.pixelColor(p.plot.placeOf(1).toPoint());
        QVERIFY(faded != Theme::instance().classColor(p.pictures->labels[1]) && faded.lightness() > 200);
    }

    void picturesTakeTheirPlaces() {
        Plot p;
        p.plot.setShowsPictures(true);
        const QImage image = p.plot.grab().toImage();
        const QPoint frame = p.plot.placeOf(0).toPoint() - QPoint(15, 0);
        QCOMPARE(image.pixelColor(frame), Theme::instance().classColor(p.pictures->labels[0]));
        // Two at one place: the second one stays a dot.
        core::Embedding twice = corners();
        twice.points = {0, 0, 0.01f, 0, 1, 1, 1, 1, -1, -1};
        p.plot.setPoints(twice, nullptr);
        p.plot.grab();
    }

    /// A class's colour is far from every other's, in both schemes, and can be seen on its ground.
    void classColorsAreToldApart() {
        const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
        const auto luminance = [&](QColor c) {
            return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
        };
        const auto lab = [&](QColor c) {
            const double r = linear(c.redF()), g = linear(c.greenF()), b = linear(c.blueF());
            const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
            const double x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047),
                         y = f(0.2126729 * r + 0.7151522 * g + 0.0721750 * b),
                         z = f((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
            return std::array<double, 3>{116 * y - 16, 500 * (x - y), 200 * (y - z)};
        };
        for (const bool dark : {false, true}) {
            Theme::instance().setScheme(dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light);
            const double ground = luminance(Theme::instance().color(Tone::Surface)) + 0.05;
            for (int i = 0; i < Theme::kClassColors; ++i) {
                const double ink = luminance(Theme::instance().classColor(i)) + 0.05;
                QVERIFY2(std::max(ink, ground) / std::min(ink, ground) >= 2, qPrintable(QString::number(i)));
                for (int j = 0; j < i; ++j) {
                    const auto a = lab(Theme::instance().classColor(i)), b = lab(Theme::instance().classColor(j));
                    const double apart = std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
                    QVERIFY2(apart >= 30, qPrintable(QStringLiteral("%1 %2: %3").arg(i).arg(j).arg(apart)));
                }
            }
        }
        Theme::instance().setScheme(ui::ColorScheme::Light);
        QCOMPARE(Theme::instance().classColor(10), Theme::instance().classColor(0));
    }

    void tenThousandPoints() {
        const auto pictures = test::drawnPictures(1000);
        EmbeddingPlot plot;
        plot.resize(1000, 600);
        plot.setPictures(pictures, classNames());
        core::Embedding cloud;
        std::mt19937 random(7);
        std::normal_distribution<float> spread(0, 1);
        for (std::int64_t i = 0; i < pictures->count(); ++i) {
            const float angle = 0.628f * static_cast<float>(pictures->labels[static_cast<std::size_t>(i)]);
            cloud.indices.push_back(i);
            cloud.points.push_back(3 * std::cos(angle) + spread(random));
            cloud.points.push_back(3 * std::sin(angle) + spread(random));
        }
        plot.setPoints(cloud, test::drawnPredictions(*pictures, 0.73));
        plot.setBounds(plot.pointBounds());
        plot.show();
        QPixmap target(plot.size());
        const auto milliseconds = [&](const std::function<void(int)>& change) {
            QElapsedTimer clock;
            std::vector<qint64> each;
            for (int i = 0; i < 15; ++i) {
                change(i);
                clock.start();
                plot.render(&target);
                each.push_back(clock.nsecsElapsed());
            }
            std::nth_element(each.begin(), each.begin() + 7, each.end());
            return static_cast<double>(each[7]) / 1e6;
        };
        const double pointing = milliseconds([&](int i) { plot.setHighlight(i); });
        const double zooming = milliseconds([&](int) { plot.zoomBy(1.05, {500, 300}); });
        plot.setShowsPictures(true);
        const double withPictures = milliseconds([&](int) { plot.zoomBy(1 / 1.05, {500, 300}); });
        qInfo("10,000 points at 1000 x 600: pointing %.1f ms, zooming %.1f ms, zooming with pictures %.1f ms", pointing, zooming,
              withPictures);
        // What only points at something does not paint the points again.
        QVERIFY2(pointing < zooming, qPrintable(QStringLiteral("%1 %2").arg(pointing).arg(zooming)));
        test::saveShot(plot, QStringLiteral("plot-pictures"));
        plot.setShowsPictures(false);
        plot.fit();
        test::saveShot(plot, QStringLiteral("plot-points"));
    }
};

QTEST_MAIN(TestEmbeddingPlot)
#include "tst_embedding_plot.moc"
