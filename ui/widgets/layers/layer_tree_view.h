// The layer tree on screen: grounds and edges of the rows, folding, ticks by mouse and keys, the fade of a thaw.
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QTimer>
#include <QTreeView>
#include <QVariantMap>

#include <array>

namespace thaw::ui {

class LayerDelegate;
class LayerTreeModel;

class LayerTreeView : public QTreeView {
    Q_OBJECT
public:
    explicit LayerTreeView(LayerTreeModel& model, QWidget* parent = nullptr);

    void setEditable(bool editable);
    /// No Kind column, lower rows, frozen blocks folded.
    void setCompact(bool compact);
    void toggleCurrent();                   ///< the F key: as a click on the current row's box
    void selectLayer(const QString& name);  ///< Keras's name
    void unfoldAll(bool unfold);            ///< or folds all blocks
    /// Which blocks the user has opened (true) or folded, by name; the others open when something in them trains.
    QVariantMap folds() const { return m_folds; }
    void setFolds(const QVariantMap& folds);

Q_SIGNALS:
    void layerChosen(const QString& name);  ///< the current row is this layer's
    void layerOpened(const QString& name);  ///< double click, Enter, or the menu: to look into

protected:
    void drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void drawBranches(QPainter* painter, const QRect& rect, const QModelIndex& index) const override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void resizeEvent(QResizeEvent* event) override;
    void updateGeometries() override;
    bool edit(const QModelIndex& index, EditTrigger trigger, QEvent* event) override;

private:
    struct Fade {
        QColor from;
        QElapsedTimer since;
    };
    bool foldAt(const QPoint& point);
    void applyTheme();
    void measureColumns();
    void layoutColumns();
    void fitRowHeight();
    void unfold(const QModelIndex& block, bool unfold);  ///< not by the user: forgotten
    void keepFold(const QModelIndex& block);
    void unfoldTraining();  ///< opens blocks in which something trains and folds the rest, but for those that the user has chosen
                            ///< himself
    void noticeChanges();   ///< starts fades, opens blocks that began to train
    QColor groundOf(const QModelIndex& index) const;
    LayerTreeModel& m_model;
    LayerDelegate* m_delegate;
    QHash<QString, int> m_states;  ///< last shown state by name
    mutable QHash<QString, Fade> m_fades;
    QTimer m_fadeTimer, m_noticeTimer;
    std::array<int, 5> m_columnWidths{};  ///< that show all texts; the last column has its own
    bool m_editable = true;
    bool m_compact = false;
    bool m_layingOut = false;
    bool m_unfolding = false;
    QVariantMap m_folds;
};

}  // namespace thaw::ui
