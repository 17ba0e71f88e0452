// Grad-CAM of the picture in the detail: the switch, from which layer, by which method, how strongly it lies over the picture,
// and beside it the same at another checkpoint. Asks as long as it is switched on and visible; a map stays until the next one
// of the same picture is there.
#pragma once

#include <QWidget>

#include <optional>
#include <string>
#include <vector>

#include "core/api/inspector.h"

class QCheckBox;
class QLabel;
class QProgressBar;
class QSlider;
class QToolButton;

namespace thaw::ui {

class InspectionController;
class SettingCombo;

class ClassMapPanel : public QWidget {
    Q_OBJECT
public:
    struct Shown {
        QString moment;       ///< "after epoch 10"
        QString shortMoment;  ///< "epoch 10"
        QString said;         ///< "bird 71.2 %"
        core::ClassMap map;
    };

    explicit ClassMapPanel(QWidget* parent = nullptr);

    /// Once; the controller outlives the panel. Without one the panel stays hidden.
    void bindInspection(InspectionController* inspection);
    /// Empty: none, and `reason` says why. Another picture shows the class that is predicted for it.
    void setPicture(const std::optional<core::PictureChoice>& picture, const QString& reason = {});

    bool isOn() const;
    void setOn(bool on);
    void chooseClass(int classIndex);  ///< switches on; -1: the predicted one
    int chosenClass() const { return m_class; }
    int shownClass() const;  ///< -1: no map is shown
    /// Of the picture: none, one, or the one to compare with first.
    const std::vector<Shown>& maps() const { return m_maps; }
    double scaleTop() const;  ///< what the brightest colour stands for; the same for all maps
    double opacity() const;
    QString status() const;

    /// As high as its texts are at its width, so that the page around it can shrink its picture to what is left.
    bool hasHeightForWidth() const override { return false; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {QWidget::minimumSizeHint().width(), sizeHint().height()}; }

Q_SIGNALS:
    void changed();  ///< maps, opacity or on and off

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void takeSubject();
    void fillCompared();
    /// The end of the first phase, before fine-tuning; where that is the one shown, the best or the newest; else the start.
    QString usualComparison() const;
    void ask();
    void drop();  ///< the maps, when they are of something else
    void say(const QString& text, bool wrong = false);
    void refresh();
    void arrange();
    core::ClassMapMethod method() const;
    QString wantedKey() const;

    InspectionController* m_inspection = nullptr;
    std::optional<core::PictureChoice> m_picture;
    QString m_reason;
    int m_class = -1;
    bool m_comparedIsChosen = false;  // by the user
    std::vector<Shown> m_maps;
    QString m_asked, m_answered;
    QWidget *m_options, *m_working;
    QCheckBox* m_switch;
    QLabel *m_key, *m_from, *m_status, *m_workingText;
    SettingCombo *m_layer, *m_method, *m_compared;
    QSlider* m_opacity;
    QLabel* m_opacityTitle;
    QToolButton* m_compare;
    QProgressBar* m_progress;
};

}  // namespace thaw::ui
