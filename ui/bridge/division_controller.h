// What widgets talk to about how the open data set is divided by the settings of the next run. Lives in the GUI thread; the data
// set is listed and divided in a thread of its own.
#pragma once

#include <QObject>
#include <QStringList>

#include <filesystem>
#include <functional>
#include <memory>

#include "core/api/division_preview.h"
#include "ui/threads/background.h"

namespace thaw::ui {

class DivisionController : public QObject {
    Q_OBJECT
public:
    /// The core's function, or a stand-in in tests. May throw core::DataError.
    using Opener = std::function<std::unique_ptr<core::DivisiblePictures>(const std::filesystem::path& folder)>;

    explicit DivisionController(Opener opener = core::openDivisiblePictures, QObject* parent = nullptr);

    /// Lists the data set, also where it was listed before: its files or what was decided about them have changed.
    void open(const std::filesystem::path& location);
    void setSplit(const core::SplitConfig& split);
    const core::SplitConfig& split() const { return m_split; }

    bool isBusy() const { return m_busy; }
    const core::DivisionPreview* preview() const { return m_preview.get(); }  ///< null: not known yet, or there is a problem
    const QString& problem() const { return m_problem; }                      ///< why nothing can be divided so; empty: none
    bool isDivisible() const { return m_divisible; }                          ///< single pictures are files
    const QStringList& columns() const { return m_columns; }                  ///< of the data set's table

Q_SIGNALS:
    void changed();

private:
    struct Answer {
        std::shared_ptr<const core::DivisiblePictures> pictures;
        std::shared_ptr<const core::DivisionPreview> preview;
    };
    void ask();
    void take(const Answer& answer, const QString& problem);
    void finish();

    const Opener m_opener;
    std::filesystem::path m_location;
    core::SplitConfig m_split;
    std::shared_ptr<const core::DivisiblePictures> m_pictures;  // null: to be listed
    std::shared_ptr<const core::DivisionPreview> m_preview;
    QString m_problem;
    QStringList m_columns;
    bool m_busy = false, m_again = false, m_divisible = true;
    int m_listing = 0;     // counted up by open()
    Background m_divider;  // last: its jobs use everything above
};

}  // namespace thaw::ui
