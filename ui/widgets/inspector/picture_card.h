// The picture in hand: small, with what it is and what the network says of it, and ways to another one.
#pragma once

#include <QImage>
#include <QWidget>

class QLabel;
class QToolButton;

namespace thaw::ui {

class MapPicture;

class PictureCard : public QWidget {
    Q_OBJECT
public:
    explicit PictureCard(QWidget* parent = nullptr);

    void setPicture(const QImage& picture);
    const QImage& picture() const;
    /// `name`: its class, or the file; `said`: what the network says.
    void setTexts(const QString& name, const QString& said);
    QString name() const;
    QString said() const;
    void setWalkable(bool walkable);  ///< there are others

Q_SIGNALS:
    void previousRequested();
    void nextRequested();
    void diceRequested();
    void fileRequested();

private:
    MapPicture* m_picture;
    QLabel *m_name, *m_said;
    QToolButton *m_previous, *m_next, *m_dice;
};

}  // namespace thaw::ui
