#include "ui/widgets/live/run_row_delegate.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/models/run_list_model.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

// Design pixels.
constexpr int kRowHeight = 33, kEyeWidth = 34, kLineWidth = 26, kGap = 12, kBestWidth = 64;
constexpr int kLeastWide = 560;  ///< of a row with columns
constexpr int kLeastAbout = 40;  ///< words cut to a letter or two say nothing; the tool tip has them

/// What a narrow row says besides: the state where it is not plainly finished, and the data.
QString aboutText(const QModelIndex& index) {
    const QString data = index.siblingAtColumn(RunListModel::DataColumn).data().toString();
    const bool finished =
        index.data(RunListModel::StatusRole).toInt() == static_cast<int>(core::RunStatus::Finished) && !data.isEmpty();
    QStringList parts;
    if (!finished) parts += index.siblingAtColumn(RunListModel::StateColumn).data().toString();
    if (!index.data(RunListModel::RivalRole).toBool()) parts += RunRowDelegate::tr("other data");
    if (!data.isEmpty()) parts += data;
    return parts.join(QStringLiteral(" · "));
}

}  // namespace

RunRowDelegate::Places RunRowDelegate::placesIn(const QRect& row) {
    const Theme& theme = Theme::instance();
    Places places;
    places.eye = QRect(row.left() + theme.px(2), row.top(), theme.px(kEyeWidth), row.height());
    places.line = QRect(places.eye.right() + theme.px(4), row.top(), theme.px(kLineWidth), row.height());
    QRect rest = row.adjusted(places.line.right() + theme.px(kGap) - row.left(), 0, -theme.px(10), 0);
    places.best = QRect(rest.right() - theme.px(kBestWidth) + 1, row.top(), theme.px(kBestWidth), row.height());
    rest.setRight(places.best.left() - theme.px(10));
    places.name = rest;
    if (row.width() < theme.px(kLeastWide)) return places;
    // Shares of what is left, in percent.
    int left = rest.left();
    const auto take = [&](int share) {
        const QRect place(left, row.top(), rest.width() * share / 100 - theme.px(kGap), row.height());
        left += rest.width() * share / 100;
        return place;
    };
    places.name = take(28);
    places.about = take(22);
    places.data = take(20);
    places.epochs = take(14);
    places.day = take(16);
    return places;
}

QSize RunRowDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const {
    return {Theme::instance().px(200), Theme::instance().px(kRowHeight)};
}

void RunRowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Theme& theme = Theme::instance();
    const qreal ratio = painter->device()->devicePixelRatioF();
    const bool shown = index.data(RunListModel::ShownRole).toBool();
    const bool current = index.data(RunListModel::CurrentRole).toBool();
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF plate = QRectF(option.rect).adjusted(1, 1, -1, -1);
    const bool focused = (option.state & QStyle::State_HasFocus) && selected;
    if (current || selected || (option.state & QStyle::State_MouseOver)) {
        painter->setPen(focused ? QPen(theme.color(Tone::Accent), 1.5) : QPen(Qt::NoPen));
        painter->setBrush(theme.color(current || selected ? Tone::AccentBackground : Tone::Surface2));
        painter->drawRoundedRect(plate, theme.px(6), theme.px(6));
    }
    const Places places = placesIn(option.rect);
    painter->drawPixmap(
        places.eye.center() - QPoint(theme.px(8), theme.px(8)),
        theme.pixmap(shown ? QStringLiteral("eye") : QStringLiteral("eye-off"), shown ? Tone::Ink2 : Tone::Ink3, 16, ratio));
    QPen line = theme.runPen(index.data(RunListModel::LineIndexRole).toInt(), (current ? 3.6 : 2.4) * theme.scale());
    line.setCapStyle(Qt::FlatCap);
    painter->setPen(line);
    painter->drawLine(places.line.left(), places.line.center().y(), places.line.right(), places.line.center().y());

    const auto cell = [&](int column) { return index.siblingAtColumn(column).data().toString(); };
    painter->setFont(theme.font(TextRole::BodyStrong));
    painter->setPen(theme.color(Tone::Ink));
    painter->drawText(places.best, Qt::AlignRight | Qt::AlignVCenter, cell(RunListModel::BestColumn));
    const QString name = painter->fontMetrics().elidedText(cell(RunListModel::NameColumn), Qt::ElideRight, places.name.width());
    painter->drawText(places.name, Qt::AlignLeft | Qt::AlignVCenter, name);
    const int nameWidth = painter->fontMetrics().horizontalAdvance(name) + theme.px(14);
    painter->setFont(theme.font(TextRole::Table));
    painter->setPen(theme.color(Tone::Ink2));
    const auto say = [&](const QRect& place, const QString& text) {
        painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
    };
    if (places.about.isEmpty()) {
        if (places.name.width() > nameWidth + theme.px(kLeastAbout))
            say(places.name.adjusted(nameWidth, 0, 0, 0), aboutText(index));
    } else {
        const bool rival = index.data(RunListModel::RivalRole).toBool();
        say(places.about, cell(RunListModel::StateColumn));
        say(places.data, rival ? cell(RunListModel::DataColumn) : tr("%1, other").arg(cell(RunListModel::DataColumn)));
        say(places.epochs, index.data(RunListModel::EpochsRole).toString());
        say(places.day, index.data(RunListModel::DayRole).toString());
    }
    painter->restore();
}

bool RunRowDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                 const QModelIndex& index) {
    // The eye is wider than the tick box that the base class would look for.
    const bool eye = (event->type() == QEvent::MouseButtonRelease || event->type() == QEvent::MouseButtonDblClick) &&
                     placesIn(option.rect).eye.contains(static_cast<QMouseEvent*>(event)->position().toPoint());
    if (eye && event->type() == QEvent::MouseButtonDblClick) return true;
    const bool space = event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space;
    if (!eye && !space) return false;
    const bool shown = index.data(RunListModel::ShownRole).toBool();
    return model->setData(index, shown ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

void RunRowDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const {
    editor->setGeometry(option.rect);
}

bool RunRowDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                               const QModelIndex& index) {
    if (event->type() != QEvent::ToolTip) return false;
    const int column = placesIn(option.rect).eye.contains(event->pos()) ? RunListModel::EyeColumn : RunListModel::NameColumn;
    QToolTip::showText(event->globalPos(), index.siblingAtColumn(column).data(Qt::ToolTipRole).toString(), view);
    return true;
}

RunColumns::RunColumns(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, &QWidget::updateGeometry);
}

QSize RunColumns::sizeHint() const { return {Theme::instance().px(200), Theme::instance().px(24)}; }

void RunColumns::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::instance();
    const RunRowDelegate::Places places = RunRowDelegate::placesIn(rect());
    QPainter painter(this);
    painter.setFont(theme.font(TextRole::Caption));
    painter.setPen(theme.color(Tone::Ink3));
    const auto title = [&](const QRect& place, const QString& text, int side = Qt::AlignLeft) {
        painter.drawText(place, side | Qt::AlignVCenter, painter.fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
    };
    title(places.name, tr("Run"));
    title(places.best, tr("Best"), Qt::AlignRight);
    if (places.about.isEmpty()) return;
    title(places.about, tr("State"));
    title(places.data, tr("Data"));
    title(places.epochs, tr("Epochs"));
    title(places.day, tr("Begun"));
}

}  // namespace thaw::ui
