// The Layers dock: preset, tree of layers, price of the ticks.
#pragma once

#include <QFrame>

#include "ui/widgets/parts/setting_row.h"

class QCheckBox;
class QLabel;
class QPushButton;

namespace thaw::ui {

class ElidedLabel;
class LayerTreeView;
class PriceTag;
class Session;

/// Tells which entry of its open list is pointed at, so that it can be previewed, and when the list closes.
class PresetCombo : public SettingCombo {
    Q_OBJECT
public:
    explicit PresetCombo(QWidget* parent = nullptr);
    void showPopup() override;
    void hidePopup() override;

Q_SIGNALS:
    void pointedAt(int row);
    void popupHidden();

private:
    bool m_open = false;
};

class LayerPanel : public QFrame {
    Q_OBJECT
public:
    explicit LayerPanel(Session& session, QWidget* parent = nullptr);

    LayerTreeView& tree() { return *m_tree; }
    void setCompact(bool compact);

Q_SIGNALS:
    void collapseRequested();
    void trunkRequested();  ///< to choose another one

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyTheme();
    void arrangeHeader();
    void fillPresets();
    QWidget* makeTrunkLine();
    QWidget* makeStatisticsLine();
    void showTrunk();  ///< whose layers these are, and what its batch norms do
    QWidget* makeKeepLine();
    void showKeep();
    void showPreset();
    void showOwner();  ///< whose ticks these are, where that is not plain
    Session& m_session;
    QLabel *m_title, *m_presetLabel;
    PresetCombo* m_preset;
    LayerTreeView* m_tree;
    PriceTag* m_price;
    QWidget *m_header, *m_trunkLine, *m_statisticsLine, *m_keepLine;
    ElidedLabel* m_origin;
    QLabel *m_trunk, *m_statisticsIcon, *m_statisticsText;
    QCheckBox* m_statistics;
    QString m_trunkShown;
    QLabel* m_keepText;
    QPushButton* m_keep;
    QLabel* m_owner;
};

}  // namespace thaw::ui
