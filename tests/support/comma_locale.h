// German numbers for a test's duration: a decimal comma and grouped thousands in the C library and in C++ streams.
#pragma once

#include <clocale>
#include <cstdlib>
#include <filesystem>
#include <locale>
#include <string>

namespace thaw::test {

class CommaLocale {
public:
    /// `folder`: where the C library's locale is made with localedef when the system does not have it.
    explicit CommaLocale(const std::filesystem::path& folder) {
        std::locale::global(std::locale(std::locale::classic(), new Comma));
        m_available = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
        if (m_available) return;
        const std::string target = (folder / "de_DE.UTF-8").string();
        if (std::system(("localedef -i de_DE -f UTF-8 '" + target + "' >/dev/null 2>&1").c_str()) == -1) return;
        setenv("LOCPATH", folder.c_str(), 1);
        m_available = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
        unsetenv("LOCPATH");
    }
    ~CommaLocale() {
        std::setlocale(LC_ALL, "C.UTF-8");
        std::locale::global(std::locale::classic());
    }
    CommaLocale(const CommaLocale&) = delete;
    CommaLocale& operator=(const CommaLocale&) = delete;

    /// False where the C library's part could not be had: only C++ streams are German then.
    bool available() const { return m_available; }

private:
    struct Comma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    bool m_available = false;
};

}  // namespace thaw::test
