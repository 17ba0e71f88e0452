// A folder of its own for one test, with Thaw's folders (THAW_HOME) in it and no data set of the machine's in sight.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace thaw::test {

/// Sets an environment variable and puts the old value back; an empty optional unsets it.
class ScopedVariable {
public:
    ScopedVariable(std::string name, const std::optional<std::string>& value);
    ~ScopedVariable();
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;

private:
    std::string m_name;
    std::optional<std::string> m_old;
};

/// Deleted with everything in it at the end. systemData: leaves the machine's data folders (and so Debian's Fashion-MNIST)
/// visible.
class TemporaryHome {
public:
    explicit TemporaryHome(bool systemData = false);
    ~TemporaryHome();
    TemporaryHome(const TemporaryHome&) = delete;
    TemporaryHome& operator=(const TemporaryHome&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
    ScopedVariable m_home, m_data, m_mirror, m_keras, m_shared;
};

}  // namespace thaw::test
