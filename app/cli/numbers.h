// Numbers on the command line: what counts as one, and why something else does not. The same in every locale.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace thaw::cli {

/// Why `text` is no number that an option takes, in a sentence that quotes it; empty: it is one. Numbers are finite, decimal and
/// end with the text: no "0x10", "1e999", "nan" or "12abc".
std::string problemOfNumber(const std::string& text, bool whole);

/// "10,5" to {10, 5}. Throws core::ConfigError that names the option; so it does for lists that look like one number with a
/// decimal comma, such as "0,001".
std::vector<double> rateList(const std::string& option, const std::string& text);
std::vector<int> countList(const std::string& option, const std::string& text);

/// Every option of this command and its subcommands whose value is a number refuses what problemOfNumber() refuses. After all are
/// added.
void checkNumbers(CLI::App& app);

}  // namespace thaw::cli
