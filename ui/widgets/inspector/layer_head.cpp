#include "ui/widgets/inspector/layer_head.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/session.h"
#include "ui/models/layer_text.h"
#include "ui/models/percent_text.h"
#include "ui/models/prediction_list_model.h"
#include "ui/widgets/layers/layer_delegate.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kMarkSide = 26;

/// The box of the layer tree, larger.
class LayerMark : public QWidget {
public:
    LayerMark(const QPersistentModelIndex& index, QWidget* parent) : QWidget(parent), m_index(index) {}

protected:
    void paintEvent(QPaintEvent*) override {
        if (!m_index.isValid()) return;
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        LayerDelegate::paintBox(&painter, QRectF(rect()).adjusted(1, 1, -1, -1), m_index, devicePixelRatioF());
    }

private:
    const QPersistentModelIndex& m_index;
};

TrainState wantedState(const QModelIndex& index) {
    return static_cast<TrainState>(index.data(LayerTreeModel::PendingTrainStateRole).toInt());
}

}  // namespace

LayerHead::LayerHead(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    m_mark = new LayerMark(m_index, this);
    m_name = new ElidedLabel(this);
    m_name->setProperty("type", QStringLiteral("cardTitle"));
    m_description = makeLabel({}, "table", this);
    m_description->setWordWrap(true);
    m_dead = makeLabel({}, "strong", this);
    m_dead->setAlignment(Qt::AlignRight | Qt::AlignBottom);
    m_deadTitle = makeLabel(tr("dead ReLUs"), "caption", this);
    m_deadTitle->setAlignment(Qt::AlignRight | Qt::AlignTop);
    QToolButton* previous = makeIconButton(QStringLiteral("chevron-up"), tr("Layer before"), this);
    QToolButton* next = makeIconButton(QStringLiteral("chevron-down"), tr("Next layer"), this);
    previous->setToolTip(toolTipWithKey(tr("Layer before"), QStringLiteral("↑")));
    next->setToolTip(toolTipWithKey(tr("Next layer"), QStringLiteral("↓")));
    m_freeze = new QToolButton(this);
    m_freeze->setProperty("framed", true);
    m_freeze->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_freeze->setFocusPolicy(Qt::StrongFocus);

    auto* names = new QVBoxLayout;
    names->setSpacing(2);
    names->addWidget(m_name);
    names->addWidget(m_description);
    m_deadBox = new QWidget(this);
    auto* dead = new QVBoxLayout(m_deadBox);
    dead->setContentsMargins(8, 0, 4, 0);
    dead->setSpacing(0);
    dead->addWidget(m_dead);
    dead->addWidget(m_deadTitle);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 14, 10);
    row->setSpacing(8);
    row->addWidget(m_mark);
    row->addSpacing(2);
    row->addLayout(names, 1);
    row->addWidget(m_deadBox);
    row->addWidget(previous);
    row->addWidget(next);
    row->addWidget(m_freeze);

    connect(previous, &QToolButton::clicked, this, &LayerHead::previousRequested);
    connect(next, &QToolButton::clicked, this, &LayerHead::nextRequested);
    connect(m_freeze, &QToolButton::clicked, this, &LayerHead::toggle);
    connect(&session.layers(), &QAbstractItemModel::dataChanged, this, &LayerHead::refresh);
    connect(&session, &Session::actionsChanged, this, &LayerHead::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &LayerHead::applyTheme);
    applyTheme();
    setDeadShare(-1, 0);
}

void LayerHead::applyTheme() {
    const Theme& theme = Theme::instance();
    m_mark->setFixedSize(theme.px(kMarkSide), theme.px(kMarkSide));
    m_freeze->setIconSize({theme.px(16), theme.px(16)});
    refresh();
}

void LayerHead::showLayer(const core::ModelInfo& model, int layer, bool live) {
    const LayerTreeModel& tree = m_session.layers();
    const std::string& name = model.layers[static_cast<std::size_t>(layer)].name;
    m_index = live ? tree.indexOfLayer(tree.modelInfo().indexOf(name)) : QModelIndex();
    m_name->setText(QString::fromStdString(name));
    m_description->setText(layerDescription(model, layer));
    refresh();
}

void LayerHead::refresh() {
    const bool trainable = m_index.isValid() && wantedState(m_index) != TrainState::NoParameters;
    m_mark->setVisible(trainable);
    m_freeze->setVisible(trainable);
    if (!trainable) return;
    m_mark->update();
    m_mark->setToolTip(QModelIndex(m_index).data(Qt::AccessibleTextRole).toString());
    const bool thawed = wantedState(m_index) == TrainState::Thawed;
    m_freeze->setText(QLatin1Char(' ') + (thawed ? tr("Freeze") : tr("Thaw")) + QStringLiteral("  F"));
    m_freeze->setIcon(Theme::instance().icon(thawed ? QStringLiteral("snowflake") : QStringLiteral("drop")));
    m_freeze->setAccessibleName(thawed ? tr("Freeze this layer") : tr("Thaw this layer"));
    m_freeze->setToolTip(toolTipWithKey(
        thawed ? tr("Its weights stay as they are from the next batch on") : tr("Its weights train from the next batch on"),
        QKeySequence(Qt::Key_F)));
    m_freeze->setEnabled(m_session.actions().editLive);
}

void LayerHead::toggle() {
    if (!m_freeze->isEnabled() || m_freeze->isHidden()) return;
    m_session.layers().setData(m_index, wantedState(m_index) == TrainState::Thawed ? Qt::Unchecked : Qt::Checked,
                               Qt::CheckStateRole);
}

void LayerHead::setDeadShare(double share, int sampleCount) {
    m_deadBox->setVisible(share >= 0);
    m_dead->setText(percentText(std::max(0.0, share)));
    const QString pictures = sampleCount == 1 ? tr("one training picture") : tr("each of %1 training pictures").arg(sampleCount);
    m_deadBox->setToolTip(tr("Share of the channels that answer 0 everywhere to %1. No gradient flows through them, so training "
                             "does not wake them.")
                              .arg(pictures));
    m_deadBox->setAccessibleName(tr("%1 dead ReLUs").arg(m_dead->text()));
}

void LayerHead::setDeadProblem(const QString& problem) {
    m_deadBox->show();
    m_dead->setText(QStringLiteral("–"));
    m_deadBox->setToolTip(problem);
    m_deadBox->setAccessibleName(tr("dead ReLUs: %1").arg(problem));
}

QString LayerHead::deadText() const { return m_deadBox->isHidden() ? QString() : m_dead->text(); }

}  // namespace thaw::ui
