// What is in a data set: a row a class with its number of pictures as a bar, and some of the pictures.
#pragma once

#include <QWidget>

#include <memory>
#include <vector>

#include "core/api/dataset_info.h"

class QGridLayout;
class QPainter;

namespace thaw::ui {

/// A number as a bar, relative to the largest.
class CountBar : public QWidget {
    Q_OBJECT
public:
    CountBar(double part, QWidget* parent);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double m_part;
};

/// As many of the pictures as there is room for.
class PictureStrip : public QWidget {
    Q_OBJECT
public:
    explicit PictureStrip(QWidget* parent);
    void setPictures(std::shared_ptr<const core::PictureSet> pictures, std::vector<std::int64_t> indices);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintTexts(QPainter* painter) const;
    std::shared_ptr<const core::PictureSet> m_pictures;
    std::vector<std::int64_t> m_indices;
};

class ClassTable : public QWidget {
    Q_OBJECT
public:
    explicit ClassTable(QWidget* parent = nullptr);
    void setDataset(const core::DatasetInfo& dataset);  ///< without pictures
    void setPictures(const std::shared_ptr<const core::PictureSet>& pictures);

private:
    QGridLayout* m_grid;
    std::vector<PictureStrip*> m_strips;
};

}  // namespace thaw::ui
