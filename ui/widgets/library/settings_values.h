// What the two files of the settings' rows share: values in and out of lists, and entries of theirs.
#pragma once

#include <QString>
#include <QVariant>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/api/config.h"

namespace thaw::ui {

inline const QString kMore = QStringLiteral(":more");  ///< the entry that leads to the page with more

template <class Enum>
QVariant variantOf(Enum value) {
    return static_cast<int>(value);
}

template <class Enum>
Enum enumOf(const QVariant& value) {
    return static_cast<Enum>(value.toInt());
}

inline int toInt(double value) {
    constexpr double kLimit = std::numeric_limits<int>::max();
    return static_cast<int>(std::clamp(value, -kLimit, kLimit));
}

inline QString text(const std::string& value) { return QString::fromStdString(value); }

inline std::vector<std::pair<QString, QVariant>> optimizers() {
    return {{QStringLiteral("Adam"), variantOf(core::OptimizerKind::Adam)},
            {QStringLiteral("AdamW"), variantOf(core::OptimizerKind::AdamW)},
            {QStringLiteral("SGD"), variantOf(core::OptimizerKind::Sgd)}};
}

}  // namespace thaw::ui
