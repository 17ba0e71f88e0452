// Which words of the shown texts speak for a class: asks the inspection for what is wanted, one text after the other, and keeps
// the answers until another checkpoint is looked at.
#pragma once

#include <QObject>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/api/text_attribution.h"

namespace thaw::ui {

class InspectionController;

class TextAttributions : public QObject {
    Q_OBJECT
public:
    /// A text of the split that the run is judged on, and a class.
    using Key = std::pair<int, int>;

    explicit TextAttributions(QObject* parent = nullptr);

    void bindInspection(InspectionController* inspection);  ///< once; it outlives this
    /// nullopt: nothing is asked and nothing is known.
    void setMethod(std::optional<core::AttributionMethod> method);
    std::optional<core::AttributionMethod> method() const { return m_method; }

    /// Replaces what was wanted before; the first are asked for first.
    void want(std::vector<Key> keys);
    void wantNow(Key key);                                  ///< beside the others, before them
    const core::TextAttribution* of(const Key& key) const;  ///< null: not known

Q_SIGNALS:
    void changed();

private:
    void clear();
    void askNext();

    InspectionController* m_inspection = nullptr;
    std::optional<core::AttributionMethod> m_method = core::AttributionMethod::IntegratedGradients;
    std::vector<Key> m_wanted;
    std::map<Key, core::TextAttribution> m_known;
    bool m_asking = false;
};

}  // namespace thaw::ui
