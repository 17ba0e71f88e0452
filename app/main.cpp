#include <QApplication>

#include "app/application.h"
#include "app/display.h"
#include "core/api/engine_info.h"
#include "core/api/weights_info.h"

int main(int argc, char** argv) {
    // The process may be the child that reads an HDF5 file: before anything else.
    if (const int code = thaw::core::runHdf5ImportChild(argc, argv); code >= 0) return code;
    thaw::Application::answerWithoutWindow(argc, argv);
    thaw::core::prepareProcess(argc, argv);

    const std::unique_ptr<QApplication> application = thaw::openDisplay(argc, argv);
    return thaw::Application(*application).run();
}
