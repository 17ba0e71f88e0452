// How the next word is drawn: temperature, top-k, top-p, seed and length.
#pragma once

#include <QWidget>

#include <functional>

#include "core/api/continuation.h"

class QGridLayout;
class QSlider;
class QToolButton;

namespace thaw::ui {

class NumberBox;

class SamplingBox : public QWidget {
    Q_OBJECT
public:
    explicit SamplingBox(QWidget* parent = nullptr);

    void setSampling(const core::GenerationSettings& sampling);  ///< without a signal
    const core::GenerationSettings& sampling() const { return m_sampling; }
    QToolButton& dice() { return *m_dice; }

Q_SIGNALS:
    void samplingEdited();  ///< by the user
    void resetRequested();

private:
    struct Row {
        QSlider* slider = nullptr;
        NumberBox* box = nullptr;
    };
    Row addRow(QGridLayout& grid, int row, const QString& title, const QString& help, int steps, NumberBox* box);
    void showSampling();
    void edit(const std::function<void(core::GenerationSettings&)>& change);

    core::GenerationSettings m_sampling;
    Row m_temperature, m_topK, m_topP;
    NumberBox *m_seed, *m_length;
    QToolButton* m_dice;
};

}  // namespace thaw::ui
