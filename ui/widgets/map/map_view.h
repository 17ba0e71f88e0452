// The Map tab: test pictures as points by what the network's last but one layer makes of them, so that pictures that it takes for
// alike lie side by side. Principal axes first, t-SNE when asked for; one checkpoint, or two side by side on the same axes.
#pragma once

#include <QHash>
#include <QWidget>

#include <memory>
#include <vector>

#include "core/api/inspector.h"

class QFrame;
class QGridLayout;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace thaw::ui {

class ClassLegend;
class EmbeddingPlot;
class EmptyState;
class MessageLine;
class PictureRow;
class SegmentedBar;
class Session;
class SettingCombo;
class WorkStrip;

class MapView : public QWidget {
    Q_OBJECT
public:
    explicit MapView(Session& session, QWidget* parent = nullptr);
    ~MapView() override;

    EmbeddingPlot& plot() { return *m_now; }
    EmbeddingPlot& plotBefore() { return *m_before; }
    PictureRow& chosenPictures() { return *m_row; }

Q_SIGNALS:
    void pictureChosen(int id);     ///< to be selected in Predictions
    void pictureRequested(int id);  ///< to be shown there

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    enum Method { Axes, Neighbours };
    /// One checkpoint's points.
    struct Side {
        core::KeptCheckpoint checkpoint;
        core::Embedding embedding;
        std::shared_ptr<const core::PredictionSet> predictions;
    };
    struct Map {
        Side now;
        std::shared_ptr<const Side> before;  ///< null: not compared
    };
    struct Request {
        std::string checkpoint, before;
        core::EmbeddingMethod method = core::EmbeddingMethod::Pca;
        bool operator==(const Request& other) const {
            return checkpoint == other.checkpoint && before == other.before && method == other.method;
        }
        QString key() const;
    };
    /// A map that is being made: its points and what the network says of the pictures come one after the other.
    struct Making {
        Request request;
        Map map;
        std::shared_ptr<Side> before;
        bool hasPoints = false, hasGuesses = false;
    };

    QWidget* makeHead();
    void connectPlot(EmbeddingPlot& plot, EmbeddingPlot& other);
    void takeSubject();
    void takeCheckpoints();
    Request wanted() const;
    void follow();
    void ask(const Request& request);
    void finish(const Making& making);
    void drop();
    void show(const Request& request, const std::shared_ptr<const Map>& map);
    void cancel();
    void choose(const std::vector<int>& ids);
    void refresh();
    void arrange();

    Session& m_session;
    QHash<QString, std::shared_ptr<const Map>> m_maps;  // of this run, so that scrubbing back is immediate
    QStringList m_mapOrder;                             // oldest answer first
    std::shared_ptr<const Map> m_map;                   // that is shown
    Request m_shown, m_asked;
    bool m_asking = false, m_cancelled = false;

    QFrame* m_panel;
    QGridLayout* m_headGrid;
    QLabel *m_title, *m_about;
    SegmentedBar *m_method, *m_look, *m_which;
    QWidget *m_comparing, *m_looks, *m_tools;
    SettingCombo* m_compare;
    QToolButton *m_lasso, *m_fit;
    WorkStrip* m_work;
    MessageLine* m_message;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    EmbeddingPlot *m_before, *m_now;
    QFrame* m_rule;
    ClassLegend* m_legend;
    PictureRow* m_row;
};

}  // namespace thaw::ui
