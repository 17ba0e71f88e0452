// One channel enlarged: its plane over the picture in hand, its figures, and the test pictures that it answers to most.
#pragma once

#include <QImage>
#include <QWidget>

#include <array>
#include <vector>

#include "core/api/inspector.h"

class QBoxLayout;
class QLabel;
class QPushButton;
class QSlider;
class QToolButton;

namespace thaw::ui {

class ChannelListModel;
class MapPicture;

class ChannelCard : public QWidget {
    Q_OBJECT
public:
    static constexpr int kTopCount = 8;

    explicit ChannelCard(const ChannelListModel& model, QWidget* parent = nullptr);

    void setPicture(const QImage& picture);
    void showChannel(int channel);  ///< as the model has it now
    void setTop(const std::shared_ptr<const core::PictureSet>& pictures, const std::vector<core::TopPicture>& top,
                const QStringList& classNames);
    /// In place of the pictures. `action` is what the button below says; empty: there is none.
    void setTopMessage(const QString& message, const QString& action = {});
    int topCount() const;
    QString topMessage() const;
    QPushButton& topButton() { return *m_topAction; }
    QString title() const;
    void setWide(bool wide);  ///< the pictures beside the channel instead of below

Q_SIGNALS:
    void pictureChosen(qint64 index);
    void topActionRequested();

private:
    void applyTheme();
    void takeImages();
    const ChannelListModel& m_model;
    QLabel *m_title, *m_figures, *m_topTitle, *m_topMessage, *m_opacityTitle;
    QPushButton* m_topAction;
    MapPicture* m_picture;
    QSlider* m_opacity;
    std::array<QToolButton*, kTopCount> m_top{};
    std::array<qint64, kTopCount> m_indices{};
    std::shared_ptr<const core::PictureSet> m_topPictures;
    std::array<QImage, kTopCount> m_images;
    QBoxLayout* m_parts;
};

}  // namespace thaw::ui
