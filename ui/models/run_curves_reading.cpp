// The figures of a run: at the crosshair, best and last, and as a table.
#include <QIODevice>
#include <QLocale>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "ui/models/run_curves.h"

namespace thaw::ui {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void appendNumber(QByteArray& line, double value) {
    if (!std::isfinite(value)) return;
    char text[32];
    const auto result = std::to_chars(text, text + sizeof text, value);
    line.append(text, result.ptr - text);
}

QByteArray csvField(const QString& text) {
    QByteArray field = text.toUtf8();
    if (!field.contains(',') && !field.contains('"') && !field.contains('\n') && !field.contains('\r')) return field;
    return '"' + field.replace('"', "\"\"") + '"';
}

}  // namespace

// --- reading ----------------------------------------------------------------------------------------------------------------

ReadOut RunCurves::readOutOfEpoch(int epoch, SeriesAxis axis) const {
    const auto found = m_epochs.find(epoch);
    if (found == m_epochs.end()) return {{}, {}, 0, false, kNaN, kNaN, kNaN, kNaN, m_config.task};
    const core::EpochFinished& figures = found->second;
    ReadOut out{tr("Epoch %1").arg(QLocale().toString(epoch)),
                {},
                0,
                true,
                figures.valScore,
                figures.valLoss,
                figures.trainScore,
                figures.trainLoss,
                m_config.task};
    const std::size_t index = m_valScore.nearest(SeriesAxis::Epoch, epoch);
    out.x = m_valScore.x(index, axis);
    switch (axis) {
        case SeriesAxis::Epoch:
            out.axisTag = QLocale().toString(epoch);
            break;
        case SeriesAxis::Step:
            out.axisTag = QLocale().toString(static_cast<qint64>(out.x));
            break;
        case SeriesAxis::Time:
            out.axisTag = clockText(out.x);
            break;
    }
    return out;
}

ReadOut RunCurves::readOut(double x, SeriesAxis axis, double reach) const {
    if (!m_trainLoss.empty())
        x = std::min(x, std::max(m_trainLoss.x(m_trainLoss.size() - 1, axis),
                                 m_valLoss.empty() ? 0 : m_valLoss.x(m_valLoss.size() - 1, axis)));
    const std::size_t epoch = m_valScore.nearest(axis, x);
    const std::size_t batch = m_trainLoss.nearest(axis, x);
    const bool hasEpoch = epoch < m_valScore.size(), hasBatch = batch < m_trainLoss.size();
    const double epochDistance = hasEpoch ? std::abs(m_valScore.x(epoch, axis) - x) : 0;
    const bool farFromBatches = !hasBatch || std::abs(m_trainLoss.x(batch, axis) - x) > reach;
    if (hasEpoch && (epochDistance <= reach || farFromBatches))
        return readOutOfEpoch(static_cast<int>(std::lround(m_valScore.at(epoch).epochPosition)), axis);
    if (!hasBatch) return {{}, {}, 0, false, kNaN, kNaN, kNaN, kNaN, m_config.task};
    const SeriesPoint point = m_trainLoss.at(batch);
    const QString step = QLocale().toString(static_cast<qint64>(point.step));
    ReadOut out{tr("Step %1").arg(step),
                step,
                m_trainLoss.x(batch, axis),
                false,
                kNaN,
                kNaN,
                m_trainScore.value(batch, MetricSeries::Values::Smoothed),
                m_trainLoss.value(batch, MetricSeries::Values::Smoothed),
                m_config.task};
    if (axis == SeriesAxis::Epoch) out.axisTag = QLocale().toString(point.epochPosition, 'f', 2);
    if (axis == SeriesAxis::Time) out.axisTag = clockText(point.seconds);
    return out;
}

ReadOut RunCurves::restingReadOut(SeriesAxis axis) const {
    if (!m_epochs.empty()) return readOutOfEpoch(m_epochs.rbegin()->first, axis);
    return readOut(std::numeric_limits<double>::max(), axis, 0);
}

const core::EpochFinished* RunCurves::lastEpoch() const { return m_epochs.empty() ? nullptr : &m_epochs.rbegin()->second; }

const core::EpochFinished* RunCurves::bestEpoch() const {
    const core::EpochFinished* best = nullptr;
    for (const auto& [number, epoch] : m_epochs)
        if (epoch.best || !best) best = &epoch;
    return best;
}

std::optional<double> RunCurves::bestFrozen() const {
    const double thaw = firstThaw();
    std::optional<double> best;
    for (const auto& [number, epoch] : m_epochs)
        if (number <= thaw + halfStep() && core::taskInfo(epoch.task).isBetter(epoch.valScore, best.value_or(-1)))
            best = epoch.valScore;
    return best;
}

std::optional<double> RunCurves::pointsSinceThaw() const {
    const std::optional<double> frozen = bestFrozen();
    if (!frozen || m_epochs.rbegin()->first <= firstThaw() + halfStep()) return {};
    const double unit = core::taskInfo(m_config.task).score.isShare ? 100 : 1;
    return unit * (m_epochs.rbegin()->second.valScore - *frozen);
}

bool RunCurves::writeCsv(QIODevice& device, const QString& runName, bool withHeader) const {
    QByteArray buffer;
    const QByteArray score = QByteArray::fromStdString(core::taskInfo(m_config.task).score.name);
    if (withHeader)
        buffer = QByteArrayLiteral("run,kind,step,epoch,seconds,training_loss,training_") + score +
                 ",validation_loss,validation_" + score + ",learning_rate\n";
    const QByteArray name = csvField(runName);
    const auto row = [&](const char* kind, std::int64_t step, double position, double seconds,
                         std::initializer_list<double> figures) {
        buffer.append(name)
            .append(',')
            .append(kind)
            .append(',')
            .append(QByteArray::number(static_cast<qint64>(step)))
            .append(',');
        appendNumber(buffer, position);
        buffer.append(',');
        appendNumber(buffer, seconds);
        for (const double figure : figures) {
            buffer.append(',');
            appendNumber(buffer, figure);
        }
        buffer.append('\n');
        if (buffer.size() < (1 << 16)) return true;
        const bool taken = device.write(buffer) == buffer.size();
        buffer.clear();
        return taken;
    };
    std::size_t batch = 0;
    std::size_t epochIndex = 0;
    for (auto epoch = m_epochs.begin();; ++epoch, ++epochIndex) {
        const bool hasEpoch = epoch != m_epochs.end();
        for (; batch < m_trainLoss.size() && (!hasEpoch || m_trainLoss.at(batch).epochPosition <= epoch->first); ++batch) {
            const SeriesPoint loss = m_trainLoss.at(batch);
            const double accuracy = m_trainScore.at(batch).value;
            if (!row("batch", loss.step, loss.epochPosition, loss.seconds,
                     {loss.value, accuracy, kNaN, kNaN, m_batchRates[batch]}))
                return false;
        }
        if (!hasEpoch) break;
        const core::EpochFinished& figures = epoch->second;
        const SeriesPoint point = m_valLoss.at(epochIndex);
        if (!row("epoch", point.step, point.epochPosition, point.seconds,
                 {figures.trainLoss, figures.trainScore, figures.valLoss, figures.valScore, figures.learningRate}))
            return false;
    }
    return device.write(buffer) == buffer.size();
}

}  // namespace thaw::ui
