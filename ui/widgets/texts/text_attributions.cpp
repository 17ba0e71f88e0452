#include "ui/widgets/texts/text_attributions.h"

#include <algorithm>

#include "ui/bridge/inspection_controller.h"

namespace thaw::ui {
namespace {

const QString kTopic = QStringLiteral("words");
constexpr std::size_t kMostKept = 2000;

}  // namespace

TextAttributions::TextAttributions(QObject* parent) : QObject(parent) {}

void TextAttributions::bindInspection(InspectionController* inspection) {
    m_inspection = inspection;
    connect(inspection, &InspectionController::checkpointChanged, this, &TextAttributions::clear);
}

void TextAttributions::setMethod(std::optional<core::AttributionMethod> method) {
    if (method == m_method) return;
    m_method = method;
    clear();
}

void TextAttributions::clear() {
    if (m_inspection) m_inspection->cancel(this, kTopic);
    m_asking = false;
    m_known.clear();
    Q_EMIT changed();
    askNext();
}

void TextAttributions::want(std::vector<Key> keys) {
    m_wanted = std::move(keys);
    askNext();
}

void TextAttributions::wantNow(Key key) {
    m_wanted.erase(std::remove(m_wanted.begin(), m_wanted.end(), key), m_wanted.end());
    m_wanted.insert(m_wanted.begin(), key);
    askNext();
}

const core::TextAttribution* TextAttributions::of(const Key& key) const {
    const auto found = m_known.find(key);
    return found == m_known.end() ? nullptr : &found->second;
}

void TextAttributions::askNext() {
    if (m_asking || !m_method || !m_inspection || !m_inspection->checkpoint()) return;
    const auto next = std::find_if(m_wanted.begin(), m_wanted.end(), [this](const Key& key) { return !m_known.count(key); });
    if (next == m_wanted.end()) return;
    m_asking = true;
    m_inspection->ask<core::TextAttribution>(
        this, kTopic, InspectionController::Lane::Quick,
        [key = *next, method = *m_method](core::Inspector& inspector, const std::string& name,
                                          const core::CountCallback& progress) {
            core::PictureChoice text;
            text.index = key.first;
            return inspector.attribution(name, text, key.second, method, progress);
        },
        [this, key = *next](const core::TextAttribution& made) {
            m_asking = false;
            if (m_known.size() >= kMostKept) m_known.clear();
            m_known[key] = made;
            Q_EMIT changed();
            askNext();
        },
        {},
        [this, key = *next](const QString&, const QString&) {
            m_asking = false;
            m_wanted.erase(std::remove(m_wanted.begin(), m_wanted.end(), key), m_wanted.end());
            askNext();
        });
}

}  // namespace thaw::ui
