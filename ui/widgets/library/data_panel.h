// The Data page: which pictures there are, what is in them, and how to get what is missing. No dialogs but those that choose a
// file; reading a folder and a download run in the page. A choice that cannot be used changes nothing: the page says why.
#pragma once

#include <QFrame>

#include <vector>

#include "ui/bridge/event_metatypes.h"
#include "ui/widgets/library/dataset_card.h"

class QButtonGroup;
class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace thaw::ui {

class Chip;
class ClassTable;
class TextExcerpts;
class DatasetNotes;
class ElidedLabel;
class LibraryController;
class TransferBar;
class WorkStrip;

class DataPanel : public QFrame {
    Q_OBJECT
public:
    static constexpr int kSamplesPerClass = 12;

    /// Lists come from the library; ask it for them (LibraryController::refreshDatasets).
    explicit DataPanel(LibraryController& library, QWidget* parent = nullptr);

    QString shownDataset() const { return m_shown; }  ///< a DataEntry's key

public Q_SLOTS:
    void setConfig(const thaw::core::RunConfig& config);  ///< what the next run uses
    /// While a run is active: looking and downloading only.
    void setLocked(bool locked);
    void setDatasets(const std::vector<thaw::core::DatasetInfo>& datasets);
    /// Places that were chosen before, the newest first.
    void setPlaces(const std::vector<thaw::core::DatasetInfo>& places);
    void showDataset(const QString& key);
    void showWhenListed(const QString& key);  ///< now, or as soon as it is listed
    void showChecking(const QString& path);   ///< empty: nothing is looked at
    void showProgress(qint64 files);
    /// Why what was chosen cannot be used; what was in use still is. Empty: nothing to say.
    void showRefusal(const QString& path, const QString& why);

Q_SIGNALS:
    void datasetChosen(const thaw::core::DatasetInfo& dataset);  ///< for the next run
    void locationChosen(const QString& path);                    ///< folder or archive, to be used if it can be
    void checkCancelled();
    void forgetRequested(const QString& place);
    void collectRequested();                                      ///< a data set by the camera
    void checkRequested(const thaw::core::DatasetInfo& dataset);  ///< what is wrong with it

protected:
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;  ///< a folder or file, as if it were chosen
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeList();
    QWidget* makeDetail();
    QWidget* makeHead();
    const DataEntry* entry(const QString& key) const;
    QString keyInUse() const;
    void collect();
    void fillList();
    void showContents();
    void refreshDetail();
    void refreshProblem(const DataEntry* shown);
    void loadSamples();
    void describeChoices();
    void chooseLocation(bool folder);
    void listenToDownloads();
    void sayProblem(const QString& sentence, bool wrong);
    void applyTheme();

    LibraryController& m_library;
    core::RunConfig m_config;
    std::vector<core::DatasetInfo> m_datasets, m_places;
    std::vector<DataEntry> m_entries;  ///< of both
    QString m_shown, m_toShow, m_samplesOf, m_downloadProblem;
    bool m_locked = false;
    QButtonGroup* m_cards;
    QVBoxLayout *m_cardRows = nullptr, *m_absentRows = nullptr;  // of the sets that are here, and of the others
    QScrollArea* m_listScroll = nullptr;
    QWidget *m_list = nullptr, *m_detail = nullptr;
    QLabel *m_title = nullptr, *m_description = nullptr, *m_problem = nullptr, *m_refusal = nullptr, *m_hint = nullptr,
           *m_absent = nullptr;
    Chip* m_substitute = nullptr;
    ElidedLabel* m_location = nullptr;
    QPushButton *m_use = nullptr, *m_get = nullptr, *m_check = nullptr, *m_forget = nullptr, *m_folder = nullptr,
                *m_archive = nullptr, *m_collect = nullptr;
    ClassTable* m_classes = nullptr;
    TextExcerpts* m_excerpts = nullptr;  ///< in its place for a text that is to be continued
    DatasetNotes* m_notes = nullptr;
    WorkStrip* m_checking = nullptr;
    TransferBar* m_transfer = nullptr;
};

}  // namespace thaw::ui
