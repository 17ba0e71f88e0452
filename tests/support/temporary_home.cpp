#include "tests/support/temporary_home.h"

#include <stdlib.h>

#include <stdexcept>
#include <system_error>

namespace thaw::test {

namespace {

std::optional<std::string> variable(const std::string& name) {
    const char* value = getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
}

void setVariable(const std::string& name, const std::optional<std::string>& value) {
    if (value)
        setenv(name.c_str(), value->c_str(), 1);
    else
        unsetenv(name.c_str());
}

std::filesystem::path makeFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "thaw-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("cannot create " + pattern);
    return pattern;
}

}  // namespace

ScopedVariable::ScopedVariable(std::string name, const std::optional<std::string>& value)
    : m_name(std::move(name)), m_old(variable(m_name)) {
    setVariable(m_name, value);
}

ScopedVariable::~ScopedVariable() { setVariable(m_name, m_old); }

TemporaryHome::TemporaryHome(bool systemData)
    : m_path(makeFolder()),
      m_home("THAW_HOME", (m_path / "home").string()),
      m_data("THAW_DATA", std::nullopt),
      m_mirror("THAW_MIRROR", std::nullopt),
      m_keras("KERAS_HOME", (m_path / "keras").string()),
      m_shared("XDG_DATA_DIRS", systemData ? variable("XDG_DATA_DIRS") : (m_path / "share").string()) {}

TemporaryHome::~TemporaryHome() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

}  // namespace thaw::test
