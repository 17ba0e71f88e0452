// Images of a data set's pictures for painting. Of a set that is not in memory they are read in another thread.
#pragma once

#include <QCache>
#include <QImage>
#include <QObject>

#include <memory>
#include <utility>
#include <vector>

#include "core/api/dataset_info.h"
#include "ui/threads/background.h"

namespace thaw::ui {

/// 8-bit RGB, row-major, as an image of its own.
QImage imageOf(const std::uint8_t* rgb, int width, int height);

/// Belongs to the GUI thread.
class PictureImages : public QObject {
    Q_OBJECT
public:
    static PictureImages& instance();

    /// Of a text a small page with its first words. At once where the set is in memory or the picture was asked for lately; else
    /// null, and arrived() follows. A picture that cannot be read is a grey one.
    QImage image(const std::shared_ptr<const core::PictureSet>& pictures, std::int64_t index);

Q_SIGNALS:
    void arrived();  ///< some that were asked for

private:
    using Key = std::pair<const core::PictureReader*, std::int64_t>;
    struct Kept {
        std::weak_ptr<const core::PictureReader> of;
        QImage image;
    };
    struct Wanted {
        std::shared_ptr<const core::PictureSet> pictures;
        std::int64_t index = 0;
    };
    PictureImages();
    void readNext();
    void keep(const std::shared_ptr<const core::PictureSet>& pictures, const std::vector<std::int64_t>& rows,
              const std::vector<QImage>& images);

    QCache<Key, Kept> m_kept;
    std::vector<Wanted> m_wanted;  // the newest last, which is read first
    bool m_reading = false;
    Background m_background;
};

}  // namespace thaw::ui
