#include "ui/widgets/live/runs_panel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/models/path_text.h"
#include "ui/models/run_list_model.h"
#include "ui/models/run_text.h"
#include "ui/widgets/live/run_name_dialog.h"
#include "ui/widgets/live/run_row_delegate.h"
#include "ui/widgets/parts/focus_ring.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
RunsPanel::RunsPanel(QWidget* parent) : QFrame(parent) {
    setProperty("panel", true);
    m_list = new QListView(this);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new RunRowDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setAccessibleName(tr("Runs"));
    m_list->installEventFilter(this);
    new FocusRing(m_list);
    QLabel* empty = makeLabel(tr("Runs are listed here, the newest first."), "table", this);
    empty->setWordWrap(true);
    empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    empty->setContentsMargins(8, 2, 8, 0);
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_list);
    m_stack->addWidget(empty);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 0, 8, 0);
    head->addWidget(makeLabel(tr("Runs"), "panelTitle", this), 1);
    m_caption = makeLabel(tr("best validation"), "caption", this);
    head->addWidget(m_caption);
    m_columns = new RunColumns(this);
    m_columns->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 12, 8, 6);
    column->setSpacing(6);
    column->addLayout(head);
    column->addWidget(m_columns);
    column->addWidget(m_stack, 1);

    applyHeight();
    connect(&Theme::instance(), &Theme::changed, this, &RunsPanel::applyHeight);
    connect(m_list, &QListView::customContextMenuRequested, this, &RunsPanel::showMenu);
    connect(m_list, &QListView::doubleClicked, this,
            [this](const QModelIndex& index) { Q_EMIT openRequested(index.data(RunListModel::DirectoryRole).toString()); });
    refresh();
}

void RunsPanel::setRunModel(RunListModel* model) {
    m_model = model;
    m_list->setModel(model);
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(model, signal, this, &RunsPanel::refresh);
    connect(model, &QAbstractItemModel::modelReset, this, &RunsPanel::refresh);
    refresh();
}

void RunsPanel::setTall(bool tall) {
    m_tall = tall;
    applyHeight();
}

void RunsPanel::applyHeight() {
    const int low = Theme::instance().px(152);
    setMinimumHeight(low);
    setMaximumHeight(m_tall ? QWIDGETSIZE_MAX : low);
    m_columns->setVisible(m_tall);
    m_caption->setVisible(!m_tall);
}

void RunsPanel::refresh() {
    const int rows = m_model ? m_model->rowCount() : 0;
    m_stack->setCurrentIndex(rows > 0 ? 0 : 1);
    for (int row = 0; row < rows; ++row)
        if (const QModelIndex index = m_model->index(row, 0); index.data(RunListModel::CurrentRole).toBool())
            m_list->scrollTo(index);
}

void RunsPanel::showMenu(const QPoint& place) {
    const QModelIndex index = m_list->indexAt(place);
    if (!index.isValid()) return;
    const bool shown = index.data(RunListModel::ShownRole).toBool();
    const bool active = index.data(RunListModel::ActiveRole).toBool();
    const QPersistentModelIndex kept(index);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const Theme& theme = Theme::instance();
    if (index.data(RunListModel::ResumableRole).toBool())
        menu->addAction(theme.icon(QStringLiteral("play")), tr("Continue"), this,
                        [this, kept] {
                            if (kept.isValid()) Q_EMIT continueRequested(kept.data(RunListModel::DirectoryRole).toString());
                        })
            ->setEnabled(!m_model->hasActiveRun());
    QAction* openAction = menu->addAction(theme.icon(QStringLiteral("folder")), tr("Open"), this, [this, kept] {
        if (kept.isValid()) Q_EMIT openRequested(kept.data(RunListModel::DirectoryRole).toString());
    });
    openAction->setEnabled(!active);
    menu->addAction(theme.icon(QStringLiteral("layers")), tr("Look into it"), this, [this, kept] {
        if (kept.isValid()) Q_EMIT inspectRequested(kept.data(RunListModel::DirectoryRole).toString());
    });
    menu->addAction(theme.icon(shown ? QStringLiteral("eye-off") : QStringLiteral("eye")),
                    shown ? tr("Hide from the curves") : tr("Show in the curves"), this, [this, kept, shown] {
                        if (kept.isValid()) m_model->setData(kept, shown ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
                    });
    menu->addAction(tr("Rename…"), this, [this, kept] {
        if (kept.isValid()) askForName(kept.row());
    });
    menu->addSeparator();
    QAction* remove = menu->addAction(theme.icon(QStringLiteral("trash")), tr("Delete…"), this, [this, kept] {
        if (kept.isValid()) askToDelete(kept.row());
    });
    remove->setEnabled(!active);
    menu->popup(m_list->viewport()->mapToGlobal(place));
}

void RunsPanel::askForName(int row) {
    const core::RunSummary& run = m_model->run(row);
    const QString directory = pathText(run.directory);
    core::RunSummary unnamed = run;
    unnamed.named = false;
    auto* dialog = new RunNameDialog(runName(unnamed), run.named ? QString::fromStdString(run.title) : QString(),
                                     QString::fromStdString(run.note), this);
    connect(dialog, &RunNameDialog::named, this,
            [this, directory](const QString& name, const QString& note) { Q_EMIT renameRequested(directory, name, note); });
    dialog->open();
}

void RunsPanel::askToDelete(int row) {
    cancelQuestion();
    const QModelIndex index = m_model->index(row, 0);
    if (!index.isValid() || index.data(RunListModel::ActiveRole).toBool()) return;
    m_question = new QWidget;
    m_question->setProperty("ground", QStringLiteral("surface"));
    m_question->setAttribute(Qt::WA_StyledBackground);
    auto* yes = new QPushButton(tr("Delete %1").arg(m_model->name(row)), m_question);
    yes->setToolTip(tr("Its curves and checkpoints are deleted for good."));
    auto* no = new QPushButton(tr("Keep"), m_question);
    for (QPushButton* button : {yes, no}) button->setProperty("small", true);
    auto* layout = new QHBoxLayout(m_question);
    layout->setContentsMargins(8, 1, 4, 1);
    layout->setSpacing(6);
    layout->addWidget(yes);
    layout->addWidget(no);
    layout->addStretch(1);
    const QString directory = index.data(RunListModel::DirectoryRole).toString();
    connect(yes, &QPushButton::clicked, this, [this, directory] {
        cancelQuestion();
        Q_EMIT deleteRequested(directory);
    });
    connect(no, &QPushButton::clicked, this, &RunsPanel::cancelQuestion);
    m_question->installEventFilter(this);
    m_list->setIndexWidget(index, m_question);
    m_list->scrollTo(index);
    // The harmless answer is the one that Enter and Space give.
    no->setFocus();
}

void RunsPanel::cancelQuestion() {
    if (!m_question) return;
    QWidget* question = m_question;
    m_question.clear();
    question->hide();
    question->deleteLater();
    m_list->setFocus();
}

bool RunsPanel::eventFilter(QObject* watched, QEvent* event) {
    // Whoever comes by Tab sees where he is.
    if (watched == m_list && event->type() == QEvent::FocusIn && !m_list->currentIndex().isValid() && m_model)
        m_list->setCurrentIndex(m_model->index(0, 0));
    if (event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (watched == m_question && key == Qt::Key_Escape) {
        cancelQuestion();
        return true;
    }
    const QModelIndex index = m_list->currentIndex();
    if (watched == m_list && index.isValid()) {
        if (key == Qt::Key_Delete) {
            askToDelete(index.row());
            return true;
        }
        if (key == Qt::Key_F2) {
            askForName(index.row());
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            Q_EMIT openRequested(index.data(RunListModel::DirectoryRole).toString());
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

}  // namespace thaw::ui
