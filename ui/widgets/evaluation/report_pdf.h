// A report as PDF, A4: the content of core/api/report.h set by Qt, charts and texts as vectors.
#pragma once

#include <QByteArray>
#include <QString>

#include "core/api/report.h"

namespace thaw::ui {

/// Any thread. A second or so for the usual report.
QByteArray reportPdf(const core::Report& report);

/// The same into a file; an existing one is replaced whole. Throws core::StoreError.
void writeReportPdf(const core::Report& report, const QString& file);

}  // namespace thaw::ui
