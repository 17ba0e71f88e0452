#include "app/cli/text_lines.h"

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

#include "core/api/errors.h"

namespace thaw::cli {

namespace {

[[noreturn]] void fail(const std::string& title, int code) {
    throw core::DataError("Cannot read " + title + ": " + std::generic_category().message(code) + '.', "Check the path.");
}

}  // namespace

TextLines::TextLines(const std::string& file, std::size_t mostBytes)
    : m_title(file == "-" ? "standard input" : file),
      m_mostBytes(mostBytes),
      m_stream(file == "-" ? stdin : std::fopen(file.c_str(), "rbe")) {
    if (!m_stream) fail(m_title, errno);
    struct stat info {};
    if (fstat(fileno(m_stream), &info) == 0 && S_ISDIR(info.st_mode)) {
        if (m_stream != stdin) std::fclose(m_stream);
        fail(m_title, EISDIR);
    }
}

TextLines::~TextLines() {
    if (m_stream != stdin) std::fclose(m_stream);
}

bool TextLines::next(std::string& line) {
    line.clear();
    int byte = EOF;
    while ((byte = getc_unlocked(m_stream)) != EOF && byte != '\n') {
        if (line.size() == m_mostBytes)
            throw core::DataError("Line " + std::to_string(m_number + 1) + " of " + m_title + " is longer than the " +
                                      std::to_string(m_mostBytes >> 20) + " MB that a text may have.",
                                  "Divide it into several lines.");
        line += static_cast<char>(byte);
    }
    if (byte == EOF && std::ferror(m_stream)) fail(m_title, errno);
    if (byte == EOF && line.empty()) return false;
    ++m_number;
    if (byte == '\n' && !line.empty() && line.back() == '\r') line.pop_back();
    if (m_number == 1 && line.compare(0, 3, "\xEF\xBB\xBF") == 0) line.erase(0, 3);
    return true;
}

}  // namespace thaw::cli
