// The Trunk page: the gallery of networks with their weights, how quick this machine is with each, and which one the next run
// starts from.
#pragma once

#include <QFrame>

#include "core/api/trunks.h"

class QBoxLayout;
class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;

namespace thaw::ui {

class EmptyState;
class SegmentedBar;
class Session;
class SettingCombo;
class TrunkDetail;
class TrunkFilter;
class TrunkListModel;
class TrunkSpeeds;
struct Trunk;

class TrunkPage : public QFrame {
    Q_OBJECT
public:
    /// Both must outlive the page. It is filled when it is first shown.
    TrunkPage(Session& session, TrunkSpeeds& speeds, QWidget* parent = nullptr);

    void setCompact(bool compact);
    QListView* list() const { return m_list; }  ///< null: not shown yet

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void make();
    QWidget* makeHead();
    QWidget* makeGallery();
    QWidget* makeFoot();
    void listen();
    void listenToDownloads();
    void fillFilters();
    void showCounts();
    void showInUse();
    void showSpeeds();
    void showCurrent();
    void choose(int row);  ///< of the list model
    QString problemOf(const Trunk& trunk) const;
    void use();
    void download(const QModelIndex& index);
    void arrange();
    void applyTheme();
    const Trunk* current() const;

    Session& m_session;
    TrunkSpeeds& m_speeds;
    bool m_compact = false;
    TrunkListModel* m_trunks = nullptr;
    TrunkFilter* m_filter = nullptr;
    QListView* m_list = nullptr;
    QStackedWidget* m_stack = nullptr;
    EmptyState* m_empty = nullptr;
    QWidget *m_head = nullptr, *m_foot = nullptr;
    QLabel *m_title = nullptr, *m_legend = nullptr;
    SegmentedBar* m_places = nullptr;
    SettingCombo *m_family = nullptr, *m_order = nullptr;
    QPushButton* m_measure = nullptr;
    QFrame* m_rule = nullptr;
    QBoxLayout* m_body = nullptr;
    TrunkDetail* m_detail = nullptr;
};

}  // namespace thaw::ui
