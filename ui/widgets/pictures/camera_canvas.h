// A moving picture with the part of it that the network gets, and what speaks there for a class.
#pragma once

#include <QImage>
#include <QWidget>

#include <memory>
#include <optional>

#include "core/api/inspector.h"

namespace thaw::ui {

class CameraCanvas : public QWidget {
    Q_OBJECT
public:
    explicit CameraCanvas(QWidget* parent = nullptr);

    void setPicture(std::shared_ptr<const core::RgbPicture> picture, std::optional<core::ClassMap> map);
    /// A word in the corner: "Mirrored", "Paused"; empty: none.
    void setNote(const QString& note);
    void setMapOpacity(double opacity);  ///< 0..1
    QString note() const { return m_note; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::shared_ptr<const core::RgbPicture> m_picture;
    std::optional<core::ClassMap> m_map;
    QString m_note;
    double m_opacity = 0.5;
};

}  // namespace thaw::ui
