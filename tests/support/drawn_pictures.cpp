#include "tests/support/drawn_pictures.h"

#include <QImage>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "core/api/evaluation.h"

namespace thaw::test {
namespace {

constexpr int kClassCount = 10;
constexpr std::array<const char*, kClassCount> kNames{"airplane", "automobile", "bird",  "cat",  "deer",
                                                      "dog",      "frog",       "horse", "ship", "truck"};

/// Draws in a square of 100 by 100.
class Scene {
public:
    Scene(QPainter& painter, std::mt19937& random) : m_painter(painter), m_random(random) {}

    void draw(int label) {
        const bool air = label == 0 || label == 2;
        const bool road = label == 1 || label == 9;
        ground(air          ? QColor(150, 195, 235)
               : label == 8 ? QColor(190, 215, 235)
               : road       ? QColor(205, 205, 200)
                            : QColor(200, 220, 180),
               air          ? QColor(185, 220, 245)
               : label == 8 ? QColor(45, 95, 145)
               : road       ? QColor(95, 95, 100)
                            : QColor(95, 135, 70));
        m_painter.translate(50 + number(-6, 6), 50 + number(-5, 5));
        const double scale = number(0.85, 1.1);
        m_painter.scale(number(0, 1) < 0.5 ? -scale : scale, scale);
        m_painter.translate(-50, -50);
        switch (label) {
            case 0:
                airplane();
                break;
            case 1:
                car();
                break;
            case 2:
                bird();
                break;
            case 3:
                face(tone(30, 60), true);
                break;
            case 4:
                quadruped(QColor(165, 110, 60), true);
                break;
            case 5:
                face(tone(25, 200), false);
                break;
            case 6:
                frog();
                break;
            case 7:
                quadruped(tone(22, 150), false);
                break;
            case 8:
                ship();
                break;
            case 9:
                truck();
                break;
        }
    }

private:
    double number(double low, double high) { return std::uniform_real_distribution<double>(low, high)(m_random); }
    QColor tone(int hue, int saturation) { return QColor::fromHsv(hue, saturation, static_cast<int>(number(120, 220))); }
    QColor paint() { return QColor::fromHsv(static_cast<int>(number(0, 359)), 190, static_cast<int>(number(140, 220))); }
    void fill(const QColor& color) {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(color);
    }
    void shape(std::initializer_list<QPointF> points) { m_painter.drawPolygon(QPolygonF(QList<QPointF>(points))); }
    void disc(double x, double y, double width, double height) { m_painter.drawEllipse(QRectF(x, y, width, height)); }

    void ground(const QColor& above, const QColor& below) {
        const double horizon = number(52, 68);
        m_painter.fillRect(QRectF(-10, -10, 120, 120), above.lighter(static_cast<int>(number(90, 112))));
        m_painter.fillRect(QRectF(-10, horizon, 120, 60), below.lighter(static_cast<int>(number(88, 115))));
    }
    void wheels(double y, std::initializer_list<double> xs) {
        for (const double x : xs) {
            fill(QColor(25, 25, 28));
            disc(x - 8, y - 8, 16, 16);
            fill(QColor(170, 170, 175));
            disc(x - 3, y - 3, 6, 6);
        }
    }
    void airplane() {
        fill(QColor(228, 232, 238));
        disc(10, 42, 80, 15);
        fill(QColor(165, 175, 190));
        shape({{45, 50}, {60, 50}, {38, 82}, {28, 82}});
        shape({{48, 46}, {58, 46}, {44, 24}, {37, 24}});
        fill(paint());
        shape({{12, 48}, {24, 48}, {14, 26}, {8, 26}});
    }
    void car() {
        const QColor body = paint();
        fill(body.darker(115));
        shape({{26, 50}, {38, 33}, {64, 33}, {78, 50}});
        fill(QColor(190, 220, 240));
        shape({{33, 48}, {41, 37}, {61, 37}, {70, 48}});
        fill(body);
        m_painter.drawRoundedRect(QRectF(10, 48, 82, 22), 8, 8);
        wheels(70, {28, 74});
    }
    void bird() {
        const QColor body = number(0, 1) < 0.5 ? QColor(60, 50, 45) : tone(210, 160);
        fill(body);
        disc(26, 42, 46, 24);
        disc(62, 32, 20, 20);
        shape({{30, 50}, {58, 50}, {34, 14}});
        shape({{30, 50}, {8, 60}, {12, 68}, {34, 62}});
        fill(QColor(240, 170, 40));
        shape({{80, 40}, {94, 44}, {80, 47}});
        fill(Qt::white);
        disc(72, 37, 5, 5);
    }
    void face(const QColor& fur, bool pointed) {
        fill(fur.darker(115));
        disc(28, 62, 44, 44);
        if (pointed) {
            shape({{24, 44}, {26, 10}, {48, 28}});
            shape({{76, 44}, {74, 10}, {52, 28}});
        } else {
            disc(14, 24, 20, 40);
            disc(66, 24, 20, 40);
        }
        fill(fur);
        disc(22, 20, 56, 52);
        fill(pointed ? QColor(200, 220, 90) : Qt::white);
        disc(34, 36, 12, 12);
        disc(54, 36, 12, 12);
        fill(QColor(20, 20, 20));
        disc(38, 38, pointed ? 4 : 7, 9);
        disc(58, 38, pointed ? 4 : 7, 9);
        fill(pointed ? QColor(225, 130, 140) : QColor(30, 25, 25));
        disc(pointed ? 46 : 42, 54, pointed ? 8 : 16, pointed ? 6 : 11);
    }
    void quadruped(const QColor& fur, bool antlers) {
        fill(fur.darker(120));
        for (const double x : {26.0, 36.0, 60.0, 70.0}) m_painter.drawRect(QRectF(x, 58, 6, 32));
        fill(fur);
        disc(20, 40, 60, 26);
        shape({{66, 50}, {80, 48}, {86, 18}, {74, 20}});
        disc(72, 12, 24, 14);
        m_painter.setPen(QPen(antlers ? QColor(110, 80, 50) : fur.darker(190), antlers ? 3 : 6));
        if (antlers) {
            m_painter.drawLine(QPointF(78, 14), QPointF(70, -4));
            m_painter.drawLine(QPointF(75, 6), QPointF(64, 2));
            m_painter.drawLine(QPointF(84, 14), QPointF(88, -4));
        } else {
            m_painter.drawLine(QPointF(74, 16), QPointF(66, 44));
            m_painter.drawLine(QPointF(22, 50), QPointF(12, 74));
        }
    }
    void frog() {
        const QColor skin = tone(100, 190);
        fill(skin.darker(120));
        disc(8, 56, 32, 26);
        disc(60, 56, 32, 26);
        fill(skin);
        disc(18, 36, 64, 44);
        disc(22, 22, 24, 24);
        disc(54, 22, 24, 24);
        fill(Qt::white);
        disc(28, 27, 13, 13);
        disc(59, 27, 13, 13);
        fill(Qt::black);
        disc(33, 30, 6, 8);
        disc(62, 30, 6, 8);
    }
    void ship() {
        fill(paint());
        shape({{8, 58}, {94, 58}, {80, 78}, {20, 78}});
        fill(QColor(240, 240, 238));
        m_painter.drawRect(QRectF(30, 42, 44, 16));
        m_painter.drawRect(QRectF(40, 30, 24, 12));
        fill(QColor(190, 60, 50));
        m_painter.drawRect(QRectF(50, 14, 10, 16));
    }
    void truck() {
        const QColor body = paint();
        fill(QColor(225, 225, 220));
        m_painter.drawRect(QRectF(6, 26, 56, 44));
        fill(body);
        m_painter.drawRoundedRect(QRectF(64, 38, 30, 32), 4, 4);
        fill(QColor(180, 210, 235));
        m_painter.drawRect(QRectF(78, 42, 13, 12));
        wheels(72, {22, 44, 80});
    }

    QPainter& m_painter;
    std::mt19937& m_random;
};

}  // namespace

core::DatasetInfo drawnDataset(int perClass, bool substitute) {
    core::DatasetInfo dataset;
    dataset.id = substitute ? "fashion-mnist" : "cifar10";
    dataset.title = substitute ? "Fashion-MNIST" : "CIFAR-10";
    dataset.description = substitute ? "Grey pictures of ten kinds of clothing, 28 by 28 pixels."
                                     : "Colour pictures of ten kinds of things, 32 by 32 pixels.";
    dataset.pictureKind = {32};
    dataset.substitute = substitute;
    dataset.present = true;
    dataset.location = "/home/pupil/.local/share/thaw/data/" + dataset.id;
    dataset.classNames.assign(kNames.begin(), kNames.end());
    dataset.testPerClass.assign(kClassCount, perClass);
    dataset.trainPerClass.assign(kClassCount, 5 * perClass);
    dataset.testCount = kClassCount * perClass;
    dataset.trainCount = 5 * dataset.testCount;
    return dataset;
}

std::shared_ptr<const core::PictureSet> drawnPictures(int perClass, int size, unsigned seed) {
    auto set = std::make_shared<core::PictureSet>();
    set->width = set->height = size;
    std::mt19937 random(seed);
    for (int i = 0; i < perClass * kClassCount; ++i) {
        const int label = i % kClassCount;
        QImage image(size * 4, size * 4, QImage::Format_RGB888);
        QPainter painter(&image);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(image.width() / 100.0, image.height() / 100.0);
        Scene(painter, random).draw(label);
        painter.end();
        const QImage small =
            image.scaled(size, size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation).convertToFormat(QImage::Format_RGB888);
        for (int y = 0; y < size; ++y) set->rgb.insert(set->rgb.end(), small.constScanLine(y), small.constScanLine(y) + 3 * size);
        set->labels.push_back(label);
    }
    return set;
}

std::shared_ptr<const core::PredictionSet> drawnPredictions(const core::PictureSet& pictures, double accuracy, int epoch,
                                                            std::int64_t step) {
    // What is easily taken for what: airplane and ship, cat and dog, deer and horse, automobile and truck, bird and frog.
    constexpr std::array<int, kClassCount> kTwin{8, 9, 6, 5, 7, 3, 2, 4, 0, 1};
    constexpr double kTakenForTwin = 0.6;  // of the wrong ones; the others are called anything else
    auto set = std::make_shared<core::PredictionSet>();
    set->step = step;
    set->epoch = epoch;
    set->classCount = kClassCount;
    set->labels = pictures.labels;
    std::mt19937 random(7), randomMistakes(11);
    const auto mistake = [&](int label) {
        const int other = (label + 1 + static_cast<int>(randomMistakes() % (kClassCount - 1))) % kClassCount;
        return randomMistakes() % 1000 < 1000 * kTakenForTwin ? kTwin[static_cast<std::size_t>(label)] : other;
    };
    std::uniform_real_distribution<double> uniform(0, 1);
    double loss = 0;
    std::int64_t right = 0;
    for (const int label : set->labels) {
        const double difficulty = uniform(random), sharpness = uniform(random);
        const bool correct = difficulty < accuracy;
        const double gap = std::abs(accuracy - difficulty);
        const double top = std::min(0.995, 0.42 + 0.3 * sharpness + 0.5 * gap);
        const int wrong =
            mistake(label);  // drawn for every picture, so that the accuracy does not change whose mistakes are which
        const auto first = static_cast<std::size_t>(correct ? label : wrong);
        const auto second = static_cast<std::size_t>(correct ? kTwin[static_cast<std::size_t>(label)] : label);
        std::array<double, kClassCount> row{};
        double rest = 0;
        for (double& value : row) rest += value = 0.05 + uniform(random);
        rest -= row[first] + row[second];
        const double runnerUp = (1 - top) * 0.6;
        for (double& value : row) value *= (1 - top - runnerUp) / rest;
        row[first] = top;
        row[second] = runnerUp;
        for (const double value : row) set->probabilities.push_back(static_cast<float>(value));
        loss -= std::log(row[static_cast<std::size_t>(label)]);
        right += correct ? 1 : 0;
    }
    const auto count = static_cast<double>(std::max<std::size_t>(set->labels.size(), 1));
    set->loss = loss / count;
    set->score = static_cast<double>(right) / count;
    return set;
}

std::shared_ptr<const core::PictureSet> withSeveralLabels(const core::PictureSet& pictures) {
    auto set = std::make_shared<core::PictureSet>(pictures);
    set->labelSets.resize(set->labels.size() * kClassCount);
    for (std::size_t i = 0; i < set->labels.size(); ++i) {
        const auto label = static_cast<std::size_t>(set->labels[i]);
        set->labelSets[i * kClassCount + label] = 1;
        if (i % 2 == 0) set->labelSets[i * kClassCount + (label + 1) % kClassCount] = 1;
        if (i % 2 == 0 && label + 1 == kClassCount) set->labels[i] = 0;  // the first of its classes
    }
    return set;
}

std::shared_ptr<const core::PredictionSet> withSeveralLabels(const core::PredictionSet& predictions,
                                                             const core::PictureSet& pictures) {
    auto set = std::make_shared<core::PredictionSet>(predictions);
    set->task = core::TaskKind::SeveralLabels;
    set->labels = pictures.labels;
    set->labelSets = pictures.labelSets;
    for (std::size_t i = 0; i < set->probabilities.size(); ++i) {
        const float told = predictions.probabilities[i];
        set->probabilities[i] = std::clamp(set->labelSets[i] ? 0.4f + told : 1.2f * told, 0.01f, 0.99f);
    }
    set->score = core::severalLabelsReport(*set).meanAveragePrecision;
    return set;
}

}  // namespace thaw::test
