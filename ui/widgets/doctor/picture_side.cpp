#include "ui/widgets/doctor/picture_side.h"

#include <QDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/bridge/doctor_controller.h"
#include "ui/models/path_text.h"
#include "ui/models/percent_text.h"
#include "ui/widgets/parts/elided_label.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kHeight = 134, kNear = 54;  // design pixels

/// Scaled, sharp at any pixel ratio; null stays null.
QPixmap fitted(const QImage& image, QSize size, Qt::AspectRatioMode mode, double ratio) {
    if (image.isNull()) return {};
    QImage scaled = image.scaled(size * ratio, mode, Qt::SmoothTransformation);
    scaled.setDevicePixelRatio(ratio);
    return QPixmap::fromImage(scaled);
}

}  // namespace

PictureSide::PictureSide(DoctorController& doctor, QWidget* parent) : QWidget(parent), m_doctor(doctor) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(8);
    rows->addWidget(makeHead());
    m_image = new QLabel(this);
    m_image->setAlignment(Qt::AlignCenter);
    m_image->setFixedHeight(Theme::instance().px(kHeight));
    m_image->setCursor(Qt::PointingHandCursor);
    m_image->installEventFilter(this);
    m_image->setToolTip(toolTipWithKey(tr("The picture as large as it is"), tr("Space")));
    rows->addWidget(m_image);
    auto* words = new QHBoxLayout;
    m_label = makeLabel({}, "table", this);
    m_says = makeLabel({}, "tableStrong", this);
    words->addWidget(m_label, 1);
    words->addWidget(m_says);
    rows->addLayout(words);
    m_nearTitle = makeLabel({}, "caption", this);
    rows->addWidget(m_nearTitle);
    m_near = new QWidget(this);
    auto* grid = new QGridLayout(m_near);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(4);
    for (int i = 0; i < core::kNearest; ++i) {
        m_nearImages.push_back(new QLabel(m_near));
        m_nearImages.back()->setAlignment(Qt::AlignCenter);
        m_nearLabels.push_back(new ElidedLabel(m_near));
        m_nearLabels.back()->setProperty("type", "caption");
        m_nearLabels.back()->setAlignment(Qt::AlignCenter);
        m_nearLabels.back()->setElideMode(Qt::ElideRight);
        grid->addWidget(m_nearImages.back(), 0, i);
        grid->addWidget(m_nearLabels.back(), 1, i);
        grid->setColumnStretch(i, 1);
    }
    rows->addWidget(m_near);
    rows->addWidget(makeButtons());
    connect(&doctor, &DoctorController::pictureArrived, this, [this](const std::string& file, const QImage& picture) {
        if (!m_has || file != m_picture.file) return;
        m_whole = picture;
        m_image->setPixmap(fitted(m_whole, {width(), Theme::instance().px(kHeight)}, Qt::KeepAspectRatio, devicePixelRatioF()));
        if (m_whole.isNull()) m_image->setText(tr("This picture cannot be read."));
    });
    connect(&doctor, &DoctorController::imagesArrived, this, &PictureSide::refreshNear);
    connect(&doctor, &DoctorController::decisionsChanged, this, &PictureSide::refreshButtons);
    refresh();
}

QWidget* PictureSide::makeHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    m_title = makeLabel({}, "panelTitle", head);
    row->addWidget(m_title, 1);
    m_previous = makeFramedButton(QStringLiteral("chevron-left"), {}, tr("The picture before"), head);
    m_next = makeFramedButton(QStringLiteral("chevron-right"), {}, tr("The next picture"), head);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    connect(m_previous, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(1); });
    return head;
}

QWidget* PictureSide::makeButtons() {
    auto* holder = new QWidget(this);
    auto* rows = new QVBoxLayout(holder);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(6);
    auto* first = new QHBoxLayout;
    m_main = new QPushButton(holder);
    m_main->setProperty("filled", true);
    m_main->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_move = makeFramedButton(QStringLiteral("chevron-down"), {}, tr("Move to another class"), holder);
    m_classes = new QMenu(m_move);
    m_move->setMenu(m_classes);
    m_move->setPopupMode(QToolButton::InstantPopup);
    first->addWidget(m_main, 1);
    first->addWidget(m_move);
    rows->addLayout(first);
    auto* second = new QHBoxLayout;
    m_leaveOut = new QPushButton(tr("Leave out"), holder);
    m_leaveOut->setToolTip(toolTipWithKey(tr("The picture is not used any more"), QKeySequence(Qt::Key_X)));
    m_keep = new QPushButton(holder);
    m_keep->setToolTip(toolTipWithKey(tr("It is right as it is"), QKeySequence(Qt::Key_K)));
    second->addWidget(m_leaveOut, 1);
    second->addWidget(m_keep, 1);
    rows->addLayout(second);
    connect(m_main, &QPushButton::clicked, this, [this] {
        if (m_picture.group >= 0) return Q_EMIT onlyThisRequested();
        Q_EMIT decided(core::DecisionKind::Move, m_doctor.classNames().value(m_picture.suggested));
    });
    connect(m_leaveOut, &QPushButton::clicked, this, [this] { Q_EMIT decided(core::DecisionKind::LeaveOut, {}); });
    connect(m_keep, &QPushButton::clicked, this, [this] {
        if (m_picture.group >= 0) return Q_EMIT allKeptRequested();
        Q_EMIT decided(core::DecisionKind::Keep, {});
    });
    connect(m_classes, &QMenu::aboutToShow, this, [this] {
        m_classes->clear();
        for (int i = 0; i < m_doctor.classNames().size(); ++i) {
            if (i == m_picture.label) continue;
            const QString name = m_doctor.classNames()[i];
            QString shown = name;
            m_classes->addAction(shown.replace(QLatin1Char('&'), QStringLiteral("&&")), this,
                                 [this, name] { Q_EMIT decided(core::DecisionKind::Move, name); });
        }
    });
    return holder;
}

void PictureSide::setPicture(const FoundPicture* picture, int place, int count, std::vector<FoundPicture> others) {
    const bool same = picture && m_has && picture->file == m_picture.file;
    m_has = picture != nullptr;
    m_picture = picture ? *picture : FoundPicture();
    m_others = std::move(others);
    m_title->setText(picture ? tr("Picture %1 of %2").arg(place).arg(count) : tr("No picture chosen"));
    m_previous->setEnabled(picture && place > 1);
    m_next->setEnabled(picture && place < count);
    if (!same) {
        m_whole = {};
        m_image->clear();
        if (picture) m_doctor.loadPicture(picture->file);
    }
    refresh();
}

void PictureSide::setLow(bool low) {
    m_low = low;
    refresh();
}

void PictureSide::refresh() {
    const QStringList& names = m_doctor.classNames();
    m_label->setText(!m_has || m_picture.label < 0 ? QString() : tr("Label %1").arg(names.value(m_picture.label)));
    m_says->setText(m_has && m_picture.suggested >= 0
                        ? tr("network %1 %2").arg(names.value(m_picture.suggested), shortPercentText(m_picture.figure))
                        : QString());
    m_label->setTextFormat(Qt::PlainText);
    m_says->setTextFormat(Qt::PlainText);
    m_image->setAccessibleName(m_has ? nameText(m_picture.file) : QString());
    refreshNear();
    refreshButtons();
}

void PictureSide::refreshNear() {
    const bool grouped = m_picture.group >= 0;
    const std::size_t count = std::min(m_nearImages.size(), grouped ? m_others.size() : m_picture.nearest.size());
    const bool shown = m_has && !m_low && count > 0;
    m_nearTitle->setVisible(shown);
    m_near->setVisible(shown);
    if (!shown) return;
    m_nearTitle->setText(grouped ? tr("The same picture, and its labels") : tr("Nearest pictures and their labels"));
    const int side = Theme::instance().px(kNear);
    for (std::size_t i = 0; i < m_nearImages.size(); ++i) {
        m_nearImages[i]->setVisible(i < count);
        m_nearLabels[i]->setVisible(i < count);
        if (i >= count) continue;
        const std::string& file = grouped ? m_others[i].file : m_picture.nearest[i].file;
        const int label = grouped ? m_others[i].label : m_picture.nearest[i].label;
        m_nearImages[i]->setPixmap(fitted(m_doctor.tile(file), {side, side}, Qt::KeepAspectRatio, devicePixelRatioF()));
        m_nearImages[i]->setToolTip(nameText(file));
        m_nearLabels[i]->setText(m_doctor.classNames().value(label));
    }
}

void PictureSide::refreshButtons() {
    const bool grouped = m_picture.group >= 0, can = m_has && m_doctor.canDecide();
    const QString suggested = m_doctor.classNames().value(m_picture.suggested);
    m_main->setVisible(grouped || !suggested.isEmpty());
    QString words = grouped ? tr("Keep only this one") : tr("Move to %1").arg(suggested);
    words = m_main->fontMetrics().elidedText(words, Qt::ElideRight, Theme::instance().px(180));
    m_main->setText(words.replace(QLatin1Char('&'), QStringLiteral("&&")));
    m_main->setToolTip(
        toolTipWithKey(grouped ? tr("The other pictures that show the same are left out") : tr("The class that the network says"),
                       QKeySequence(Qt::Key_M)));
    m_keep->setText(grouped ? tr("Keep all") : tr("Keep"));
    m_move->setVisible(m_doctor.canJudge() && m_doctor.classNames().size() > 1);
    m_move->setText(m_main->isHidden() ? tr("Move to") : QString());
    m_move->setToolButtonStyle(m_main->isHidden() ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    for (QWidget* button : {static_cast<QWidget*>(m_main), static_cast<QWidget*>(m_move), static_cast<QWidget*>(m_leaveOut),
                            static_cast<QWidget*>(m_keep)})
        button->setEnabled(can);
}

bool PictureSide::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_image && event->type() == QEvent::MouseButtonRelease) openWhole();
    return QWidget::eventFilter(watched, event);
}

void PictureSide::openWhole() {
    if (m_whole.isNull()) return;
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(nameText(m_picture.file));
    auto* rows = new QVBoxLayout(dialog);
    rows->setContentsMargins(0, 0, 0, 0);
    auto* picture = new QLabel(dialog);
    picture->setPixmap(fitted(m_whole, m_whole.size(), Qt::KeepAspectRatio, devicePixelRatioF()));
    rows->addWidget(picture);
    dialog->open();
}

}  // namespace thaw::ui
