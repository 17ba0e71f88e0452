// A file's name in a frame, with the part on a ground of its own that makes its group.
#pragma once

#include <QWidget>

namespace thaw::ui {

class NamePart : public QWidget {
    Q_OBJECT
public:
    explicit NamePart(QWidget* parent = nullptr);

    /// `part` stands behind `before` and in front of `after`; what does not fit is cut at both ends.
    void setName(const QString& before, const QString& part, const QString& after);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_before, m_part, m_after;
};

}  // namespace thaw::ui
