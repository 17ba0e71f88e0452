#include "ui/widgets/predictions/class_map_panel.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>

#include "core/api/errors.h"
#include "ui/bridge/inspection_controller.h"
#include "ui/models/checkpoint_text.h"
#include "ui/models/layer_text.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/models/problem_text.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

const QString kTopic = QStringLiteral("class map");
const QString kStart = QStringLiteral("start");
constexpr int kComboFrame = 46;  // design pixels around its text
constexpr int kLeastSlider = 48;

}  // namespace

ClassMapPanel::ClassMapPanel(QWidget* parent) : QWidget(parent) {
    m_switch = new QCheckBox(tr("Grad-CAM"), this);
    m_switch->setProperty("switch", true);
    m_switch->setToolTip(toolTipWithKey(tr("What in the picture speaks for a class"), QKeySequence(Qt::Key_G)));
    m_key = makeLabel(QStringLiteral("G"), "key", this);
    m_key->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_from = makeLabel(tr("from"), "table", this);
    m_layer = new SettingCombo(this);
    m_layer->setAccessibleName(tr("Layer that Grad-CAM looks at"));
    m_layer->setToolTip(
        tr("From which layer. Deep layers know more and see less finely: the size of their plane stands behind the name."));
    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(m_switch);
    first->addWidget(m_key);
    first->addSpacing(4);
    first->addWidget(m_from);
    first->addWidget(m_layer, 1);

    m_options = new QWidget(this);
    m_method = new SettingCombo(m_options);
    m_method->setAccessibleName(tr("Method"));
    m_method->addItem(tr("Grad-CAM"), static_cast<int>(core::ClassMapMethod::GradCam));
    m_method->addItem(tr("Grad-CAM++"), static_cast<int>(core::ClassMapMethod::GradCamPlusPlus));
    m_method->addItem(tr("Occlusion"), static_cast<int>(core::ClassMapMethod::Occlusion));
    m_method->setItemData(0, tr("Weighs the channels of the layer by the gradient of the class"), Qt::ToolTipRole);
    m_method->setItemData(1, tr("The same with weights for each place: better where the thing is there several times"),
                          Qt::ToolTipRole);
    m_method->setItemData(
        2, tr("Covers place after place and sees how sure the network stays. Uses no gradient: a check on the other two"),
        Qt::ToolTipRole);
    m_opacity = new QSlider(Qt::Horizontal, m_options);
    m_opacity->setRange(0, 100);
    m_opacity->setValue(50);
    m_opacity->setAccessibleName(tr("How strongly the map lies over the picture"));
    m_opacity->setToolTip(m_opacity->accessibleName());
    m_compare = new QToolButton(m_options);
    m_compare->setProperty("framed", true);
    m_compare->setCheckable(true);
    m_compare->setFocusPolicy(Qt::StrongFocus);
    m_compare->setText(tr("Compare"));
    m_compare->setToolTip(tr("Beside it the same picture at another checkpoint: before and after fine-tuning"));
    auto* second = new QHBoxLayout;
    second->setSpacing(10);
    second->addWidget(m_method);
    m_opacityTitle = makeLabel(tr("Strength"), "caption", m_options);
    m_opacityTitle->setBuddy(m_opacity);
    second->addWidget(m_opacityTitle);
    second->addWidget(m_opacity, 1);
    second->addWidget(m_compare);
    m_compared = new SettingCombo(m_options);
    m_compared->setAccessibleName(tr("Checkpoint to compare with"));
    m_compared->setToolTip(tr("Which checkpoint stands beside the chosen one"));
    m_status = makeLabel({}, "caption", m_options);
    m_status->setWordWrap(true);
    m_working = new QWidget(m_options);
    m_workingText = makeLabel(tr("Covering place after place"), "caption", m_working);
    m_progress = new QProgressBar(m_working);
    m_progress->setTextVisible(false);
    m_progress->setAccessibleName(m_workingText->text());
    QToolButton* cancel = makeIconButton(QStringLiteral("cross"), tr("Stop this, back to Grad-CAM"), m_working);
    auto* working = new QHBoxLayout(m_working);
    working->setContentsMargins(0, 0, 0, 0);
    working->addWidget(m_workingText);
    working->addWidget(m_progress, 1);
    working->addWidget(cancel);
    auto* options = new QVBoxLayout(m_options);
    options->setContentsMargins(0, 0, 0, 0);
    options->setSpacing(8);
    options->addLayout(second);
    options->addWidget(m_compared);
    options->addWidget(m_working);
    options->addWidget(m_status);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(8);
    rows->addLayout(first);
    rows->addWidget(m_options);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    hide();

    connect(m_switch, &QCheckBox::toggled, this, [this](bool on) {
        if (!on) {
            m_class = -1;
            drop();
        }
        refresh();
        ask();
    });
    connect(m_compared, &QComboBox::currentIndexChanged, this, [this] { m_comparedIsChosen = true; });
    for (SettingCombo* combo : {m_layer, m_method, m_compared})
        connect(combo, &QComboBox::currentIndexChanged, this, [this] {
            refresh();
            ask();
        });
    connect(m_compare, &QToolButton::toggled, this, [this] {
        refresh();
        ask();
    });
    connect(m_opacity, &QSlider::valueChanged, this, &ClassMapPanel::changed);
    connect(cancel, &QToolButton::clicked, this, [this] { m_method->setCurrentIndex(0); });
    connect(&Theme::instance(), &Theme::changed, this, &ClassMapPanel::arrange);
    refresh();
}

void ClassMapPanel::bindInspection(InspectionController* inspection) {
    m_inspection = inspection;
    connect(inspection, &InspectionController::subjectChanged, this, &ClassMapPanel::takeSubject);
    connect(inspection, &InspectionController::checkpointsChanged, this, &ClassMapPanel::fillCompared);
    connect(inspection, &InspectionController::checkpointChanged, this, [this] {
        m_asked.clear();
        fillCompared();
        refresh();
        ask();
    });
    show();
    takeSubject();
}

void ClassMapPanel::takeSubject() {
    const InspectionSubject* subject = m_inspection->subject();
    m_asked.clear();
    m_class = -1;
    drop();
    {
        const QSignalBlocker blocker(m_layer);
        const QString before = m_layer->currentData().toString();
        m_layer->clear();
        if (subject) {
            const core::ModelInfo& model = subject->run.model;
            // What each group hands on comes first; all others below.
            QStringList stands;
            const std::vector<std::string> layers = core::classMapLayers(model);
            const auto info = [&](const std::string& name) -> const core::LayerInfo& {
                return model.layers[static_cast<std::size_t>(model.indexOf(name))];
            };
            for (auto name = layers.rbegin(); name != layers.rend(); ++name) {
                const core::LayerInfo& layer = info(*name);
                const QString block = QString::fromStdString(layer.block);
                const bool pools = layer.kind == core::LayerKind::MaxPool2d || layer.kind == core::LayerKind::AveragePool2d;
                if (pools || stands.contains(block)) continue;
                stands << block;
                m_layer->addItem(classMapLayerText(layer), QString::fromStdString(layer.name));
            }
            if (m_layer->count() > 0) m_layer->insertSeparator(m_layer->count());
            for (auto name = layers.rbegin(); name != layers.rend(); ++name)
                if (m_layer->findData(QString::fromStdString(*name)) < 0)
                    m_layer->addItem(classMapLayerText(info(*name)), QString::fromStdString(*name));
            const int kept = m_layer->findData(before);
            m_layer->setCurrentIndex(kept >= 0 ? kept
                                               : m_layer->findData(QString::fromStdString(core::usualClassMapLayer(model))));
        }
    }
    fillCompared();
    refresh();
    ask();
}

void ClassMapPanel::fillCompared() {
    const QSignalBlocker blocker(m_compared);
    const QString before = m_compared->currentData().toString();
    m_compared->clear();
    m_compared->addItem(tr("with the start"), kStart);
    if (const InspectionSubject* subject = m_inspection->subject())
        for (const core::KeptCheckpoint& one : subject->checkpoints)
            m_compared->addItem(tr("with %1").arg(checkpointTitle(one)), QString::fromStdString(one.name));
    const int kept = m_compared->findData(before);
    m_comparedIsChosen &= kept >= 0;
    m_compared->setCurrentIndex(m_comparedIsChosen ? kept : m_compared->findData(usualComparison()));
}

QString ClassMapPanel::usualComparison() const {
    const core::KeptCheckpoint* shown = m_inspection->checkpoint();
    if (!shown) return kStart;
    const std::vector<core::KeptCheckpoint>& all = m_inspection->subject()->checkpoints;
    const auto newest = std::prev(all.end());
    const auto firstPhase = std::find_if(all.begin(), newest, [](const core::KeptCheckpoint& one) { return one.endsPhase; });
    if (firstPhase == newest) return kStart;
    if (firstPhase->name != shown->name) return QString::fromStdString(firstPhase->name);
    const auto best = std::find_if(all.begin(), newest,
                                   [shown](const core::KeptCheckpoint& one) { return one.best && one.name != shown->name; });
    return QString::fromStdString(best->name);
}

void ClassMapPanel::setPicture(const std::optional<core::PictureChoice>& picture, const QString& reason) {
    const bool same = picture.has_value() == m_picture.has_value() &&
                      (!picture || (picture->index == m_picture->index && picture->file == m_picture->file));
    m_reason = reason;
    if (!same) {
        m_picture = picture;
        m_class = -1;
        drop();
    }
    refresh();
    ask();
}

bool ClassMapPanel::isOn() const { return m_switch->isChecked(); }

void ClassMapPanel::setOn(bool on) { m_switch->setChecked(on); }

void ClassMapPanel::chooseClass(int classIndex) {
    m_class = classIndex;
    setOn(true);
    ask();
}

int ClassMapPanel::shownClass() const { return m_maps.empty() ? -1 : m_maps.back().map.classIndex; }

double ClassMapPanel::opacity() const { return m_opacity->value() / 100.0; }

QString ClassMapPanel::status() const { return m_status->isHidden() ? QString() : m_status->text(); }

core::ClassMapMethod ClassMapPanel::method() const { return static_cast<core::ClassMapMethod>(m_method->currentData().toInt()); }

double ClassMapPanel::scaleTop() const {
    if (m_maps.empty() || m_maps.front().map.method != core::ClassMapMethod::Occlusion) return 1;
    float top = 0;
    for (const Shown& shown : m_maps)
        for (const float value : shown.map.values) top = std::max(top, value);
    return top;
}

void ClassMapPanel::drop() {
    if (m_inspection) m_inspection->cancel(this, kTopic);
    m_asked.clear();
    m_answered.clear();
    if (m_maps.empty()) return;
    m_maps.clear();
    Q_EMIT changed();
}

QString ClassMapPanel::wantedKey() const {
    const core::KeptCheckpoint* checkpoint = m_inspection ? m_inspection->checkpoint() : nullptr;
    if (!checkpoint || !m_picture || !isOn() || m_layer->currentIndex() < 0) return {};
    return QStringList{QString::fromStdString(checkpoint->name),
                       QString::number(m_picture->index),
                       pathText(m_picture->file),
                       m_layer->currentData().toString(),
                       m_method->currentData().toString(),
                       m_compare->isChecked() ? m_compared->currentData().toString() : QString(),
                       QString::number(m_class)}
        .join(QLatin1Char('|'));
}

void ClassMapPanel::ask() {
    const QString key = wantedKey();
    if (key.isEmpty() || !isVisible() || key == m_asked || key == m_answered) return;
    m_asked = key;
    const bool occlusion = method() == core::ClassMapMethod::Occlusion;
    QStringList moments{checkpointName(*m_inspection->checkpoint())}, shortMoments{checkpointLabel(*m_inspection->checkpoint())};
    std::string compared;
    if (m_compare->isChecked()) {
        compared = m_compared->currentData().toString().toStdString();
        const auto& kept = m_inspection->subject()->checkpoints;
        const auto found = std::find_if(kept.begin(), kept.end(), [&](const auto& one) { return one.name == compared; });
        const bool same = found != kept.end() && found->name == m_inspection->checkpoint()->name;
        moments.prepend(found == kept.end() ? tr("before training") : same ? tr("the same checkpoint") : checkpointName(*found));
        shortMoments.prepend(found == kept.end() ? tr("before") : same ? tr("the same") : checkpointLabel(*found));
    }
    m_working->setVisible(occlusion);
    if (occlusion) m_progress->setRange(0, 0);
    m_inspection->ask<std::vector<core::ClassMap>>(
        this, kTopic, occlusion ? InspectionController::Lane::Long : InspectionController::Lane::Quick,
        [picture = *m_picture, layer = m_layer->currentData().toString().toStdString(), way = method(), compared,
         wanted = m_class](core::Inspector& inspector, const std::string& checkpoint, const core::CountCallback& progress) {
            int classIndex = wanted;
            if (classIndex < 0) {
                const std::vector<float> probabilities = inspector.predict(checkpoint, picture);
                classIndex = core::topK(probabilities.data(), static_cast<int>(probabilities.size()), 1).front();
            }
            std::vector<std::string> checkpoints{checkpoint};
            if (!compared.empty()) checkpoints.insert(checkpoints.begin(), compared);
            std::vector<core::ClassMap> maps;
            for (const std::string& one : checkpoints) {
                const auto count = static_cast<std::int64_t>(checkpoints.size()), before = static_cast<std::int64_t>(maps.size());
                if (way == core::ClassMapMethod::Occlusion)
                    maps.push_back(inspector.occlusion(
                        one, picture, classIndex, 0, 0,
                        [&](std::int64_t done, std::int64_t total) { return progress(before * total + done, count * total); }));
                else
                    maps.push_back(inspector.gradCam(one, picture, layer, classIndex, way));
                if (!progress(before + 1, count)) throw core::Cancelled();
            }
            return maps;
        },
        [this, key, moments, shortMoments](const std::vector<core::ClassMap>& maps) {
            m_asked.clear();
            m_answered = key;
            m_maps.clear();
            for (std::size_t i = 0; i < maps.size(); ++i) {
                const QString name =
                    nameText(m_inspection->subject()->run.classNames[static_cast<std::size_t>(maps[i].classIndex)]);
                m_maps.push_back({moments[static_cast<qsizetype>(i)], shortMoments[static_cast<qsizetype>(i)],
                                  tr("%1 %2").arg(name, percentText(maps[i].probability)), maps[i]});
            }
            m_working->hide();
            refresh();
            Q_EMIT changed();
        },
        [this](std::int64_t done, std::int64_t total) {
            m_progress->setRange(0, static_cast<int>(total));
            m_progress->setValue(static_cast<int>(done));
        },
        [this](const QString& what, const QString& hint) {
            m_asked.clear();
            m_working->hide();
            say(problemText(what, hint), true);
        });
}

void ClassMapPanel::say(const QString& text, bool wrong) {
    setStyleProperty(m_status, "type", QLatin1String(wrong ? "wrong" : "caption"));
    m_status->setText(text);
    m_status->setVisible(!text.isEmpty());
    updateGeometry();
}

void ClassMapPanel::refresh() {
    const InspectionSubject* subject = m_inspection ? m_inspection->subject() : nullptr;
    const bool on = isOn();
    m_options->setVisible(on);
    m_compared->setVisible(m_compare->isChecked());
    m_layer->setEnabled(on && method() != core::ClassMapMethod::Occlusion && m_layer->count() > 0);
    if (m_asked.isEmpty()) m_working->hide();
    arrange();
    if (!on) return;
    if (!subject) {
        say(tr("Run the lesson or open a run: Grad-CAM looks into one of its checkpoints."));
    } else if (!m_inspection->checkpoint()) {
        say(tr("The first checkpoint comes after the first epoch. Then Grad-CAM can look into it."));
    } else if (!m_picture) {
        say(m_reason);
    } else if (m_maps.empty()) {
        say({});
    } else {
        const Shown& shown = m_maps.back();
        const bool nothing =
            std::none_of(shown.map.values.begin(), shown.map.values.end(), [](float value) { return value > 0; });
        const QString name = nameText(subject->run.classNames[static_cast<std::size_t>(shown.map.classIndex)]);
        if (nothing)
            say(tr("Nothing here speaks for %1.").arg(name));
        else if (shown.map.method == core::ClassMapMethod::Occlusion)
            say(tr("Covering the brightest place costs %1 of %2").arg(percentText(scaleTop()), name));
        else
            say(m_maps.size() > 1 ? tr("What speaks for %1").arg(name)
                                  : tr("What speaks for %1 %2").arg(shown.said, shown.moment));
    }
}

void ClassMapPanel::arrange() {
    const Theme& theme = Theme::instance();
    // The choices are read in full; what only explains them goes first.
    const auto wide = [&](const SettingCombo* combo, const QString& text) {
        return combo->fontMetrics().horizontalAdvance(text) + theme.px(kComboFrame);
    };
    m_method->setMinimumWidth(wide(m_method, m_method->itemText(1)));
    const int gap = 8, choice = wide(m_layer, m_layer->currentText());
    int room = width() - m_switch->sizeHint().width() - gap - 4 - choice;
    const auto fits = [&](QLabel* label) {
        room -= label->sizeHint().width() + gap;
        label->setVisible(room >= 0);
    };
    fits(m_key);
    fits(m_from);
    m_opacityTitle->setVisible(width() - m_method->minimumWidth() - m_compare->sizeHint().width() - 3 * 10 -
                                   theme.px(kLeastSlider) >=
                               m_opacityTitle->sizeHint().width());
}

void ClassMapPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    ask();
}

void ClassMapPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
    if (event->size().width() != event->oldSize().width()) updateGeometry();
}

QSize ClassMapPanel::sizeHint() const {
    const QSize hint = QWidget::sizeHint();
    return {hint.width(), layout()->hasHeightForWidth() && width() > 0 ? layout()->totalHeightForWidth(width()) : hint.height()};
}

}  // namespace thaw::ui
