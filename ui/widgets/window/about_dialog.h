// Version, machine, licences and credits.
#pragma once

#include <QDialog>

#include "core/api/engine_info.h"

namespace thaw::ui {

class AboutDialog : public QDialog {
    Q_OBJECT
public:
    explicit AboutDialog(const core::EngineInfo& info, QWidget* parent = nullptr);
};

}  // namespace thaw::ui
