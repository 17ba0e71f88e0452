#include "ui/widgets/evaluation/labels_page.h"

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/models/label_score_model.h"
#include "ui/widgets/parts/styling.h"
#include "ui/widgets/parts/theme.h"

namespace thaw::ui {
namespace {

constexpr int kRow = 31;

}  // namespace

LabelsPage::LabelsPage(QWidget* parent) : QWidget(parent), m_scores(new LabelScoreModel(this)) {
    QFrame* panel = makePanel(this);
    m_table = new QTableView(panel);
    m_table->setModel(m_scores);
    m_table->setAccessibleName(tr("Classes"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    auto* inside = new QVBoxLayout(panel);
    inside->addWidget(m_table);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(panel);
    const auto fit = [this] { m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().px(kRow)); };
    connect(&Theme::instance(), &Theme::changed, this, fit);
    fit();
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        if (const int classIndex = m_scores->classAt(index.row()); classIndex >= 0) Q_EMIT predictionsRequested(classIndex, -1);
    });
}

void LabelsPage::setEvaluated(const Evaluated& evaluated) { m_scores->setReport(evaluated.labels, evaluated.classNames); }

}  // namespace thaw::ui
