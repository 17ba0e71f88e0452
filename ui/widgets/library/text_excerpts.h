// A text that a model is to continue: what of it trains and what tests, by place, and some beginnings of its sections.
#pragma once

#include <QWidget>

#include <memory>

#include "core/api/dataset_info.h"

class QLabel;
class QVBoxLayout;

namespace thaw::ui {

class CountBar;

class TextExcerpts : public QWidget {
    Q_OBJECT
public:
    explicit TextExcerpts(QWidget* parent = nullptr);

    void setDataset(const core::DatasetInfo& dataset);
    void setTexts(const std::shared_ptr<const core::PictureSet>& texts);  ///< null: none yet

private:
    QLabel *m_division, *m_title;
    QVBoxLayout *m_bar, *m_excerpts;
};

}  // namespace thaw::ui
