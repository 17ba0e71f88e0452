// Figures in the words of a report: no locale changes them.
#pragma once

#include <string>

#include "core/api/config.h"
#include "core/api/evaluation.h"

namespace thaw::core {

std::string fixedText(double value, int decimals);                    ///< "0.42"; a dash for what is not finite
std::string numberWords(double value);                                ///< "0.00001", "1e-08": a learning rate as people write it
std::string scoreWords(const MetricInfo& metric, double value);       ///< "73.1 %"; of a perplexity "23.42"
std::string percentWords(double share, int decimals = 1);             ///< "73.1 %", with a narrow space that keeps them together
std::string intervalWords(const Interval& interval);                  ///< "71.2 to 74.9 %"
std::string countWords(std::int64_t count);                           ///< "50,000"
std::string durationWords(double seconds);                            ///< "45 s", "3 min 56 s", "1 h 5 min"
std::string momentWords(double secondsSince1970);                     ///< "2026-09-01 14:30", local time
std::string shortened(const std::string& text, std::size_t letters);  ///< at most so many letters, with an ellipsis

std::string augmentationWords(const AugmentationConfig& augmentation);  ///< "horizontal flip, blur up to 2 pixels", "none"
std::string classBalanceWords(const ClassBalanceConfig& balance);       ///< "balanced class weights"; empty: none

}  // namespace thaw::core
