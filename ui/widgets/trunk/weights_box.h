// The choice of pretrained weights for the trunk in use: a list, the import of a file, the download in full precision.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/bridge/event_metatypes.h"

class QLabel;
class QPushButton;

namespace thaw::ui {

class LibraryController;
class SettingCombo;

class WeightsBox : public QWidget {
    Q_OBJECT
public:
    explicit WeightsBox(LibraryController& library, QWidget* parent = nullptr);

    void setConfig(const core::RunConfig& config);
    void setLocked(bool locked);
    void setWeights(const std::vector<core::WeightsChoice>& weights);

Q_SIGNALS:
    void chosen(const QString& file);  ///< empty: the built-in ones

private:
    void refresh();
    void say(const QString& sentence, bool wrong);
    void chooseFile();
    bool isOwnDownload(const QString& id) const;

    LibraryController& m_library;
    QString m_file;
    bool m_locked = false;
    SettingCombo* m_weights;
    QLabel *m_text, *m_note;
    QPushButton *m_import, *m_get;
};

}  // namespace thaw::ui
