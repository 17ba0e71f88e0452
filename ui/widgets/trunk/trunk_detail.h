// One trunk of the gallery in full: what it is, its stages by name, its figures, the presets that it brings, its weights where it
// is in use, and the buttons that take it or get it.
#pragma once

#include <QFrame>

#include <array>

namespace thaw::core {
struct RunConfig;
}

class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace thaw::ui {

class Chip;
class Session;
class StageView;
class WeightsBox;
struct Trunk;

class TrunkDetail : public QFrame {
    Q_OBJECT
public:
    explicit TrunkDetail(Session& session, QWidget* parent = nullptr);

    void show(const Trunk& trunk);
    /// What the buttons do. None: the sentence says why it cannot be used, or is empty where it is in use.
    void setUsable(bool usable, const QString& why);
    void setPresetsShown(bool shown);  ///< they are what a low window does without
    WeightsBox& weights() { return *m_weights; }

Q_SIGNALS:
    void useRequested();
    void downloadRequested();
    void otherRequested();  ///< the card with labels

private:
    enum Row { Parameters, MultiplyAdds, Features, Input, Accuracy, Speed, BatchNorms, Weights, Licence, RowCount };
    QWidget* makeContents();
    void fillRows(const Trunk& trunk);
    void fillPresets(const Trunk& trunk);
    void showButtons(const Trunk& trunk);
    void applyTheme();
    void arrangePresets();

    Session& m_session;
    QScrollArea* m_scroll;
    QLabel *m_title, *m_note, *m_problem, *m_presetTitle;
    Chip* m_mark;
    QFrame* m_noteBox;
    StageView* m_stages;
    QVBoxLayout* m_figures;
    std::array<QLabel*, RowCount> m_values{};
    QWidget* m_presets;
    QString m_presetsOf;
    WeightsBox* m_weights;
    QPushButton *m_use, *m_other, *m_get;
    QVBoxLayout* m_rows;
    bool m_presetsShown = true;
};

}  // namespace thaw::ui
