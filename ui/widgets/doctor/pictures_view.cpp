#include "ui/widgets/doctor/pictures_view.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/bridge/doctor_controller.h"
#include "ui/models/split_text.h"
#include "ui/widgets/doctor/found_tiles.h"
#include "ui/widgets/parts/framed_button.h"
#include "ui/widgets/parts/setting_row.h"
#include "ui/widgets/parts/styling.h"

namespace thaw::ui {
namespace {

constexpr int kAny = -1, kClassWidth = 180;  // kClassWidth: design pixels

QString number(std::size_t count) { return QLocale().toString(static_cast<qlonglong>(count)); }

}  // namespace

PicturesView::PicturesView(DoctorController& doctor, QWidget* parent)
    : QWidget(parent), m_doctor(doctor), m_pictures([&doctor](const std::string& file) { return doctor.tile(file); }) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(16, 12, 16, 12);
    rows->setSpacing(8);
    rows->addWidget(makeHead());
    m_tiles = new FoundTiles(m_pictures, this);
    rows->addWidget(m_tiles, 1);
    connect(m_tiles, &FoundTiles::currentRowChanged, this, &PicturesView::pictureChosen);
    connect(&doctor, &DoctorController::imagesArrived, &m_pictures, &FoundPictureModel::imagesArrived);
    connect(&doctor, &DoctorController::decisionsChanged, this, [this] { m_pictures.setDecisions(m_doctor.decided()); });
}

QWidget* PicturesView::makeHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    m_title = makeLabel({}, "panelTitle", head);
    m_class = new SettingCombo(head);
    m_class->setAccessibleName(tr("Class"));
    m_split = new SettingCombo(head);
    m_split->setAccessibleName(tr("Split"));
    m_place = makeLabel({}, "table", head);
    m_previous = makeFramedButton(QStringLiteral("chevron-left"), {}, tr("The page before"), head);
    m_next = makeFramedButton(QStringLiteral("chevron-right"), {}, tr("The next page"), head);
    row->addWidget(m_title);
    row->addSpacing(8);
    row->addWidget(m_class);
    row->addWidget(m_split);
    row->addStretch(1);
    for (QWidget* widget : {static_cast<QWidget*>(m_place), static_cast<QWidget*>(m_previous), static_cast<QWidget*>(m_next)})
        row->addWidget(widget);
    for (SettingCombo* combo : {m_class, m_split}) connect(combo, &QComboBox::activated, this, &PicturesView::choose);
    connect(m_previous, &QToolButton::clicked, this, [this] { showPage(m_page - 1); });
    connect(m_next, &QToolButton::clicked, this, [this] { showPage(m_page + 1); });
    return head;
}

void PicturesView::setCheckup() {
    if (m_doctor.checkedAt() == m_checkedAt) return;
    m_checkedAt = m_doctor.checkedAt();
    const core::DatasetCheckup& checkup = m_doctor.checkup();
    m_class->clear();
    m_class->addItem(tr("Any class"), kAny);
    for (int i = 0; i < m_doctor.classNames().size(); ++i) m_class->addItem(m_doctor.classNames()[i], i);
    m_class->setMinimumWidth(std::min(m_class->widthForAll(), Theme::instance().px(kClassWidth)));
    m_split->clear();
    m_split->addItem(tr("Any split"), kAny);
    for (const core::Split split : {core::Split::Train, core::Split::HeldOut, core::Split::Test})
        if (std::any_of(checkup.pictures.begin(), checkup.pictures.end(),
                        [split](const core::CheckedPicture& picture) { return picture.split == split; }))
            m_split->addItem(picturesText(split), static_cast<int>(split));
    m_split->setMinimumWidth(m_split->widthForAll());
    choose();
}

bool PicturesView::fits(const core::CheckedPicture& picture) const {
    const int wanted = m_class->currentData().toInt(), split = m_split->currentData().toInt();
    return (split == kAny || static_cast<int>(picture.split) == split) &&
           (wanted == kAny || std::find(picture.labels.begin(), picture.labels.end(), wanted) != picture.labels.end());
}

void PicturesView::choose() {
    m_chosen.clear();
    const std::vector<core::CheckedPicture>& all = m_doctor.checkup().pictures;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (fits(all[i])) m_chosen.push_back(i);
    m_title->setText(picturesText(static_cast<std::int64_t>(m_chosen.size())));
    showPage(0);
}

void PicturesView::showPage(std::size_t page) {
    m_page = page;
    const std::size_t begin = page * kPage, end = std::min(m_chosen.size(), begin + kPage);
    Finding shown;
    for (std::size_t i = begin; i < end; ++i) {
        const core::CheckedPicture& picture = m_doctor.checkup().pictures[m_chosen[i]];
        FoundPicture found;
        found.file = picture.file;
        if (!picture.labels.empty()) found.label = picture.labels.front();
        shown.pictures.push_back(std::move(found));
    }
    m_pictures.setDecisions(m_doctor.decided());
    m_pictures.setFinding(shown, m_doctor.classNames());
    const bool several = m_chosen.size() > kPage;
    m_place->setText(several ? tr("%1 to %2 of %3").arg(number(begin + 1), number(end), number(m_chosen.size())) : QString());
    for (QWidget* widget : {static_cast<QWidget*>(m_previous), static_cast<QWidget*>(m_next)}) widget->setVisible(several);
    m_previous->setEnabled(page > 0);
    m_next->setEnabled(end < m_chosen.size());
    showRow(0);
}

void PicturesView::showRow(int row) {
    row = std::min(row, m_pictures.rowCount() - 1);
    m_tiles->setCurrentIndex(row < 0 ? QModelIndex() : m_pictures.index(row));
    if (row >= 0) m_tiles->scrollTo(m_pictures.index(row));
    Q_EMIT pictureChosen();
}

}  // namespace thaw::ui
