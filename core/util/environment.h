// The process's environment beside threads that read it.
#pragma once

#include <string>

namespace thaw::core {

/// Keeps a place for one variable that is known only when there are threads: setenv() moves the others, under the eyes of whoever
/// reads them. Call it while there is one thread.
void reserveVariable();

/// Gives the variable that name and value, in the reserved place. Once in a process.
void setReservedVariable(const std::string& name, const std::string& value);

}  // namespace thaw::core
