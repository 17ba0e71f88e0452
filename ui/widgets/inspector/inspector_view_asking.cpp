// Asks the inspected run for what the page shows, and shows the answers.
#include "ui/widgets/inspector/inspector_view.h"

#include <QFileInfo>
#include <QLabel>
#include <QLocale>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>

#include "ui/bridge/session.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/picture_images.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/problem_text.h"
#include "ui/models/task_text.h"
#include "ui/widgets/inspector/channel_card.h"
#include "ui/widgets/inspector/channel_mosaic.h"
#include "ui/widgets/inspector/filter_tiles.h"
#include "ui/widgets/inspector/histogram_plot.h"
#include "ui/widgets/inspector/layer_head.h"
#include "ui/widgets/inspector/picture_card.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/page_scroll.h"
#include "ui/widgets/parts/segmented_bar.h"

namespace thaw::ui {
namespace {

using Lane = InspectionController::Lane;

constexpr std::int64_t kTopLimit = 1'000;  // test pictures that a channel is tried on
constexpr int kOutputBins = 48;

/// What the histogram of a layer's answer does not show.
QString outputRemark(const std::vector<float>& values) {
    const auto share = [&](auto counts) {
        return static_cast<double>(std::count_if(values.begin(), values.end(), counts)) / static_cast<double>(values.size());
    };
    const double strange = share([](float value) { return !std::isfinite(value); });
    return strange > 0 ? InspectorView::tr("%1 are not finite").arg(percentText(strange))
                       : InspectorView::tr("%1 are 0").arg(percentText(share([](float value) { return value == 0; })));
}

QString movedRemark(double moved) {
    if (!std::isfinite(moved)) return InspectorView::tr("the weights are not finite");
    if (moved == 0) return InspectorView::tr("moved 0");
    return moved < 5e-4 ? InspectorView::tr("moved less than %1").arg(percentText(0.001))
                        : InspectorView::tr("moved %1").arg(percentText(moved));
}

QString normRemark(double norm) {
    return std::isfinite(norm) ? InspectorView::tr("norm %1").arg(QLocale().toString(norm, 'g', 3))
                               : InspectorView::tr("the norm is not finite");
}

}  // namespace

QString InspectorView::statisticsKey() const { return checkpointKey() + kSeparator + layer(); }

void InspectorView::askStatistics() {
    const QString key = statisticsKey();
    if (m_statistics.contains(key) || m_statisticsAsked == key || !layerInfo()->hasParameters()) return;
    m_statisticsAsked = key;
    m_problem = {};
    m_session.inspection().ask<core::LayerStatistics>(
        this, QStringLiteral("statistics"), Lane::Long,
        [name = m_layer](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback& progress) {
            return inspector.statistics(checkpoint, name, progress);
        },
        [this, key](const core::LayerStatistics& statistics) {
            m_statisticsAsked.clear();
            m_statistics.insert(key, statistics);
            showStatistics();
        },
        [this](std::int64_t done, std::int64_t total) {
            if (!m_weights->hasContent()) m_weights->setMessage(tr("Measuring the layer, %1").arg(percentText(done, total)));
        },
        [this, key](const QString& what, const QString& hint) {
            m_statisticsAsked.clear();
            m_problem = {key, problemText(what, hint)};
            showStatistics();
        });
}

void InspectorView::showStatistics() {
    const auto found = m_statistics.constFind(statisticsKey());
    const bool known = found != m_statistics.constEnd();
    // Of the same layer at another checkpoint: stays until the new one is there.
    if (known || m_deadLayer != layer()) {
        m_deadLayer = layer();
        if (known && found->hasRelu && !found->gradientProblem.empty())
            m_head->setDeadProblem(QString::fromStdString(found->gradientProblem));
        else
            m_head->setDeadShare(known ? found->deadShare : -1, known ? found->sampleCount : 0);
    }
    const int part = m_weightsPart->current();
    const QString plotted = QString::number(part) + kSeparator + layer();
    m_weights->setAccessibleName(m_weightsTitle->text());
    const bool answered = !m_channels.isEmpty() && m_answersLayer == layer() && m_answersPicture == pictureKey();
    if (part == Output && answered) {
        const std::vector<float>& values = m_channels.maps().values;
        m_weights->setHistograms({}, histogramOf(values, kOutputBins), outputRemark(values));
    } else if (part == Weights && known) {
        m_weights->setHistograms(
            found->weightsStart, found->weightsNow,
            found->startProblem.empty() ? movedRemark(found->moved) : QString::fromStdString(found->startProblem));
    } else if (part == Gradients && known && found->gradientProblem.empty()) {
        m_weights->setHistograms({}, found->gradients, normRemark(found->gradientNorm));
    } else if (part == Gradients && known) {
        m_weights->setMessage(QString::fromStdString(found->gradientProblem));
    } else if (m_problem.first == statisticsKey() && part != Output) {
        m_weights->setMessage(m_problem.second);
        return;
    } else {
        // Numbers of another kind go at once, those of another layer or picture soon.
        const bool kept = m_plotted == plotted && (part != Output || m_foreign.isActive());
        const bool soon = m_plotted.section(kSeparator, 0, 0) == QString::number(part) && m_foreign.isActive();
        if (!kept && !soon && (m_weights->hasContent() || m_weights->message().isEmpty()))
            m_weights->setMessage(part == Output ? m_answersMessage->text() : tr("Measuring the layer"));
        return;
    }
    m_plotted = plotted;
}

void InspectorView::askPicture() {
    // Otherwise askAnswers says why not.
    if (m_picture.file.empty() && !m_session.inspection().subject()->pictures) return;
    const QString key = saidKey();
    if (m_pictureAsked == key || m_pictureShown == key) return;
    m_pictureAsked = key;
    const auto failure = [this, key](const QString& what, const QString& hint) {
        m_pictureAsked.clear();
        m_pictureProblem = {key, problemText(what, hint)};
        showPictureTexts();
    };
    const auto shown = [this, key] {
        m_pictureAsked.clear();
        m_pictureShown = key;
        m_pictureProblem = {};
        m_saidPicture = pictureKey();
        showPictureTexts();
    };
    if (m_picture.file.empty()) {
        m_session.inspection().ask<std::vector<float>>(
            this, QStringLiteral("picture"), Lane::Quick,
            [picture = m_picture](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback&) {
                return inspector.predict(checkpoint, picture);
            },
            [this, shown](const std::vector<float>& said) {
                m_file.reset();
                m_said = said;
                shown();
            },
            {}, failure);
        return;
    }
    m_session.inspection().ask<std::vector<core::FilePrediction>>(
        this, QStringLiteral("picture"), Lane::Quick,
        [file = m_picture.file](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback& progress) {
            return inspector.predictFiles(checkpoint, {file}, progress);
        },
        [this, shown](const std::vector<core::FilePrediction>& answers) {
            m_file = answers.front();
            m_said = m_file->probabilities;
            shown();
        },
        {}, failure);
}

void InspectorView::showPictureTexts() {
    const InspectionSubject* subject = m_session.inspection().subject();
    const QStringList names = classNames();
    QImage picture;
    QString name;
    if (!m_picture.file.empty()) {
        name = QFileInfo(pathText(m_picture.file)).fileName();
        if (m_file && m_file->file == m_picture.file && m_file->modelSize > 0)
            picture = QImage(m_file->modelRgb.data(), m_file->modelSize, m_file->modelSize, 3 * m_file->modelSize,
                             QImage::Format_RGB888)
                          .copy();
    } else if (subject->pictures && m_picture.index < subject->pictures->count()) {
        const core::PictureSet& set = *subject->pictures;
        picture = PictureImages::instance().image(subject->pictures, m_picture.index);
        const QString label = labelNames(set, m_picture.index, names);
        const QString number = QLocale().toString(static_cast<qlonglong>(m_picture.index + 1));
        name = !label.isEmpty() ? tr("%1, picture %2").arg(label, number) : tr("Picture %1").arg(number);
    }
    QString said;
    if (m_pictureProblem.first == saidKey()) {
        said = m_pictureProblem.second;
    } else if (m_saidPicture == pictureKey()) {
        if (m_file && !m_file->error.empty()) {
            said = QString::fromStdString(m_file->error);
        } else if (!m_said.empty()) {
            const auto best = std::max_element(m_said.begin(), m_said.end());
            said = std::isfinite(*best)
                       ? tr("says %1, %2")
                             .arg(shortClassName(names.value(static_cast<int>(best - m_said.begin()))), percentText(*best))
                       : tr("says: not finite");
        }
    }
    m_pictureCard->setPicture(picture);
    m_pictureCard->setTexts(name, said);
    m_channelCard->setPicture(picture);
}

void InspectorView::askAnswers() {
    const InspectionSubject* subject = m_session.inspection().subject();
    if (m_picture.file.empty() && !subject->pictures) {
        sayInAnswers(subject->problem);
        return;
    }
    const QString key = checkpointKey() + kSeparator + layer() + kSeparator + pictureKey();
    if (m_answersAsked == key || m_answersShown == key) return;
    m_answersAsked = key;
    if (m_channels.isEmpty()) sayInAnswers(tr("The network looks at the picture"));
    m_session.inspection().ask<core::ActivationMaps>(
        this, QStringLiteral("answers"), Lane::Quick,
        [picture = m_picture, name = m_layer](core::Inspector& inspector, const std::string& checkpoint,
                                              const core::CountCallback&) {
            return inspector.activations(checkpoint, picture, name);
        },
        [this, key](const core::ActivationMaps& maps) {
            m_answersAsked.clear();
            m_answersShown = key;
            m_answersLayer = layer();
            m_answersPicture = pictureKey();
            const bool last = !model().layers.empty() && model().layers.back().name == m_layer;
            m_channels.setMaps(maps, last && maps.channels == classNames().size() ? classNames() : QStringList());
            m_answers->setCurrentWidget(m_mosaic);
            showStatistics();
            // The strongest one says most of a picture; it stays over the checkpoints, so that they can be compared.
            const QString shown = layer() + kSeparator + pictureKey();
            if (m_chosenIn != layer() && m_strongestOf != shown) {
                m_strongestOf = shown;
                showChosenChannel(m_channels.strongestChannel());
            } else {
                showChannel();
                dropForeignTop();
            }
        },
        {},
        [this](const QString& what, const QString& hint) {
            m_answersAsked.clear();
            sayInAnswers(problemText(what, hint));
            dropForeignTop();
        });
}

void InspectorView::sayInAnswers(const QString& message) {
    m_answersShown.clear();
    m_channels.clear();
    m_answersMessage->setText(message);
    m_answers->setCurrentWidget(m_answersMessage);
    showChannel();
    showStatistics();
}

void InspectorView::askFilters() {
    const QString key = checkpointKey();
    if (m_lower->currentWidget() != m_filters || m_filtersAsked == key || m_filtersShown == key) return;
    m_filtersAsked = key;
    if (!m_filters->hasContent()) m_filters->setMessage(tr("Reading the filters"));
    m_session.inspection().ask<core::FilterTiles>(
        this, QStringLiteral("filters"), Lane::Quick,
        [](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback&) {
            return inspector.filters(checkpoint);
        },
        [this, key](const core::FilterTiles& tiles) {
            m_filtersAsked.clear();
            m_filtersShown = key;
            m_filters->setTiles(tiles);
        },
        {},
        [this](const QString& what, const QString& hint) {
            m_filtersAsked.clear();
            m_filters->setMessage(problemText(what, hint));
        });
}

void InspectorView::showChannel() { m_channelCard->showChannel(channel()); }

void InspectorView::askTop() {
    const InspectionSubject* subject = m_session.inspection().subject();
    if (!isVisible() || !subject || !subject->pictures || m_pages->currentWidget() != m_scroll ||
        m_lower->currentWidget() == m_filters)
        return;
    if (!m_answersAsked.isEmpty()) return;  // they may choose another channel, and ask again
    const QString key = topKey();
    if (m_topAsked == key || m_topShown == key) return;
    m_topAsked = key;
    m_session.inspection().ask<std::vector<core::TopPicture>>(
        this, QStringLiteral("top"), Lane::Long,
        [name = m_layer, channel = channel()](core::Inspector& inspector, const std::string& checkpoint,
                                              const core::CountCallback& progress) {
            return inspector.topActivating(checkpoint, core::Split::Test, name, channel, ChannelCard::kTopCount, kTopLimit,
                                           progress);
        },
        [this, key, pictures = subject->pictures](const std::vector<core::TopPicture>& top) {
            m_topAsked.clear();
            m_topShown = key;
            m_channelCard->setTop(pictures, top, classNames());
        },
        [this](std::int64_t done, std::int64_t total) {
            if (m_channelCard->topCount() == 0)
                m_channelCard->setTopMessage(tr("Trying it on pictures, %1").arg(percentText(done, total)), tr("Cancel"));
        },
        [this](const QString& what, const QString& hint) {
            m_topAsked.clear();
            m_channelCard->setTopMessage(problemText(what, hint));
        });
}

// --- events
// ---------------------------------------------------------------------------------------------------------------------

}  // namespace thaw::ui
