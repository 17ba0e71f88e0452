// Every channel of a layer as a small tile: its plane in colours, its number below. Left and right walk over channels; up and
// down are left to whoever is around it.
#pragma once

#include <QListView>

#include "ui/models/color_map.h"

namespace thaw::ui {

class ChannelListModel;

/// The colours of what a layer answers, from nothing to most.
ColorRamp answerRamp();

class ChannelMosaic : public QListView {
    Q_OBJECT
public:
    explicit ChannelMosaic(ChannelListModel& model, QWidget* parent = nullptr);

    int currentChannel() const { return m_channel; }
    void setCurrentChannel(int channel);  ///< without a signal

Q_SIGNALS:
    void channelChosen(int channel);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void fit();
    void restore();
    ChannelListModel& m_model;
    int m_channel = 0;
    bool m_restoring = false;
};

}  // namespace thaw::ui
