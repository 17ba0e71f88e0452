// The verdict in two lines on its ground, with its mark.
#pragma once

#include <QWidget>

#include "ui/models/prediction_list_model.h"

namespace thaw::ui {

class VerdictPlate : public QWidget {
    Q_OBJECT
public:
    explicit VerdictPlate(QWidget* parent);

    void setItem(const PictureItem& item);
    QString text() const { return m_first + QLatin1Char('\n') + m_second; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent*) override { updateGeometry(); }
    void paintEvent(QPaintEvent*) override;

private:
    void setVerdict(Verdict verdict, bool failed, const QString& first, const QString& second);

    Verdict m_verdict = Verdict::Unknown;
    bool m_failed = false;
    QString m_first, m_second;
};

}  // namespace thaw::ui
