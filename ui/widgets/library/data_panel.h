// The Data page: which pictures and which weights there are, what is in them, and how to get what is missing. No dialogs but
// those that choose a file; a download runs in the page.
#pragma once

#include <QFrame>

#include <vector>

#include "ui/bridge/event_metatypes.h"

class QButtonGroup;
class QLabel;
class QPushButton;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace thaw::ui {

class Chip;
class ClassTable;
class ElidedLabel;
class LibraryController;
class SettingCombo;
class TransferBar;

class DataPanel : public QFrame {
    Q_OBJECT
public:
    static constexpr int kSamplesPerClass = 12;

    /// Lists come from the library; ask it for them (LibraryController::refreshDatasets, refreshWeights).
    explicit DataPanel(LibraryController& library, QWidget* parent = nullptr);

    QString shownDataset() const { return m_shown; }  ///< id

public Q_SLOTS:
    void setConfig(const thaw::core::RunConfig& config);  ///< what the next run uses
    /// While a run is active: looking and downloading only.
    void setLocked(bool locked);
    void setDatasets(const std::vector<thaw::core::DatasetInfo>& datasets);
    void setWeights(const std::vector<thaw::core::WeightsChoice>& weights);
    void showDataset(const QString& id);

Q_SIGNALS:
    void datasetChosen(const QString& id);     ///< for the next run
    void locationChosen(const QString& path);  ///< folder or archive to look in first
    void weightsChosen(const QString& file);   ///< empty: the built-in ones

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeList();
    QWidget* makeDetail();
    QWidget* makeWeights();
    const core::DatasetInfo* dataset(const QString& id) const;
    const core::DatasetInfo* inUse() const;
    void fillList();
    void refreshDetail();
    void refreshWeights();
    void refreshTransfer();
    void loadSamples();
    void startDownload(const QString& id, const QString& title, bool isDataset);
    void say(QLabel* label, const QString& sentence, bool wrong);
    void applyTheme();

    LibraryController& m_library;
    core::RunConfig m_config;
    std::vector<core::DatasetInfo> m_datasets;
    QString m_shown, m_samplesOf, m_download;
    bool m_downloadIsDataset = false, m_locked = false;
    QButtonGroup* m_cards;
    QVBoxLayout* m_cardRows = nullptr;
    QScrollArea* m_listScroll = nullptr;
    QWidget *m_list = nullptr, *m_detail = nullptr, *m_weightsBox = nullptr;
    QLabel *m_title = nullptr, *m_description = nullptr, *m_problem = nullptr, *m_weightsNote = nullptr, *m_weightsText = nullptr;
    Chip* m_substitute = nullptr;
    ElidedLabel* m_location = nullptr;
    QPushButton *m_use = nullptr, *m_get = nullptr, *m_folder = nullptr, *m_archive = nullptr, *m_import = nullptr,
                *m_getWeights = nullptr;
    SettingCombo* m_weights = nullptr;
    ClassTable* m_classes = nullptr;
    TransferBar* m_transfer = nullptr;
};

}  // namespace thaw::ui
