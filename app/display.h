// Opens the window system. Qt itself ends the process by abort() where there is none.
#pragma once

#include <memory>

class QApplication;

namespace thaw {

/// The application, on the platform that QT_QPA_PLATFORM or the session names or, where that is not there, on the one whose
/// display is. Where none is there it says so in a sentence on standard error and ends the process with exit code 1. Once, in
/// main(), while there is one thread; `argc` and `argv` must outlive the result.
std::unique_ptr<QApplication> openDisplay(int& argc, char** argv);

}  // namespace thaw
