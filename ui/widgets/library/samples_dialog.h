// What the settings make of real pictures: augmentation from epoch to epoch, and how a picture becomes a square. Follows the
// settings while it is open; the pictures are read and changed in a thread of its own.
#pragma once

#include <QDialog>

#include <atomic>
#include <functional>

#include "core/api/augmentation_preview.h"
#include "ui/threads/background.h"

class QLabel;
class QScrollArea;
class QStackedWidget;

namespace thaw::ui {

class EmptyState;
class SampleGrid;
class SegmentedBar;

class SamplesDialog : public QDialog {
    Q_OBJECT
public:
    enum Page { Changes, Squares };
    /// Called in the dialog's thread; may throw core::Error.
    using Maker = std::function<core::AugmentationPreview(const core::RunConfig& config)>;
    static constexpr int kSamples = 4, kEpochs = 5;

    /// Without a maker it is core::previewAugmentation. Deletes itself when it is closed.
    explicit SamplesDialog(QWidget* parent = nullptr, Maker maker = {});
    ~SamplesDialog() override;  ///< ends what is being read

    void setConfig(const core::RunConfig& config);
    void showPage(Page page);
    bool isBusy() const { return m_making; }

private:
    void make();
    void take(const core::RunConfig& config, const core::AugmentationPreview& preview);
    void finish();
    void refresh();
    QString noteOfChanges() const;

    const Maker m_maker;
    core::RunConfig m_config, m_shownConfig;
    core::AugmentationPreview m_shown;
    std::string m_asked;  // the settings of the last preview that was asked for, as JSON
    bool m_making = false;
    QString m_problem;
    std::atomic<bool> m_closing{false};

    SegmentedBar* m_pages;
    QLabel *m_busy, *m_note;
    QStackedWidget* m_stack;
    SampleGrid* m_grid;
    EmptyState* m_empty;
    Background m_background;  // last: its jobs use everything above
};

}  // namespace thaw::ui
