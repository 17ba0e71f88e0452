// A text file line by line, of any size and with bounded memory.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace thaw::cli {

class TextLines {
public:
    /// "-" is standard input. A line may have `mostBytes`. Throws DataError.
    TextLines(const std::string& file, std::size_t mostBytes);
    ~TextLines();
    TextLines(const TextLines&) = delete;
    TextLines& operator=(const TextLines&) = delete;

    /// The next line without its end (\n or \r\n), and without a byte order mark at the file's begin. False behind the last.
    /// Throws DataError that names the line when it is too long, or when reading fails.
    bool next(std::string& line);
    std::size_t number() const { return m_number; }       ///< of the line that next() gave, from 1
    const std::string& title() const { return m_title; }  ///< of the file, in a sentence

private:
    std::string m_title;
    std::size_t m_mostBytes;
    std::FILE* m_stream;
    std::size_t m_number = 0;
};

}  // namespace thaw::cli
