// One family of exceptions leaves the core. what() is a sentence for people that names the file and the reason;
// hint() says what to do about it.
#pragma once

#include <stdexcept>
#include <string>

namespace thaw::core {

class Error : public std::runtime_error {
public:
    explicit Error(const std::string& what, std::string hint = {}) : std::runtime_error(what), m_hint(std::move(hint)) {}
    const std::string& hint() const noexcept { return m_hint; }

private:
    std::string m_hint;
};

class ConfigError : public Error {
    using Error::Error;
};  ///< a setting out of range, an unknown name
class DataError : public Error {
    using Error::Error;
};  ///< a data set that is missing or damaged
class WeightsError : public Error {
    using Error::Error;
};  ///< a weights file that is missing, damaged or does not fit
class StoreError : public Error {
    using Error::Error;
};  ///< reading or writing a run, a checkpoint or the cache
class NetworkError : public Error {
    using Error::Error;
};  ///< a download that failed
class TrainingError : public Error {
    using Error::Error;
};  ///< a loss that is not finite, memory that ran out
class Cancelled : public Error {
public:
    Cancelled() : Error("Cancelled.") {}
};

}  // namespace thaw::core
