// What widgets talk to about live pictures: frames of a camera or a video, each with what the chosen checkpoint says of it. Lives
// in the GUI thread; frames are read, decoded and predicted in a thread of its own with an Inspector of its own, beside the
// training and the other views. Frames never queue up: a window that is busy misses some.
#pragma once

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/api/camera.h"
#include "core/api/inspector.h"

namespace thaw::ui {

class InspectionController;

/// Opens cameras and videos; tests give one that opens scripted ones. Called in the camera's thread; may throw core::Error.
struct FrameSources {
    std::function<std::unique_ptr<core::FrameSource>(const core::CameraInfo& camera)> camera;
    std::function<std::unique_ptr<core::FrameSource>(const std::filesystem::path& file)> video;
    std::function<std::vector<core::CameraInfo>()> list;
};
FrameSources coreFrameSources();

struct CameraFrame {
    std::shared_ptr<const core::RgbPicture> picture;       ///< whole, as shown
    std::shared_ptr<const core::RgbPicture> modelPicture;  ///< what the model gets of it, before scaling; null without a model
    std::vector<float> probabilities;                      ///< empty: no checkpoint is chosen, or it cannot be used
    std::optional<core::ClassMap> map;                     ///< of the picture's centre square
    double framesPerSecond = 0;                            ///< read, predicted and handed over in the last second
};

/// What is to be shown over each frame.
struct CameraMap {
    bool shown = false;
    std::string layer;
    int classIndex = -1;  ///< -1: of the best guess
};

class CameraController : public QObject {
    Q_OBJECT
public:
    enum class State { Closed, Opening, Running, Paused, Ended, Failed };

    /// `inspection` outlives the controller.
    explicit CameraController(InspectionController& inspection, FrameSources sources = coreFrameSources(),
                              QObject* parent = nullptr);
    /// Frames alone: no model says anything of them.
    explicit CameraController(FrameSources sources = coreFrameSources(), QObject* parent = nullptr);
    ~CameraController() override;  ///< waits for the frame under way

    State state() const { return m_state; }
    QString title() const { return m_title; }  ///< of the camera or the file
    bool isLive() const { return m_live; }     ///< a camera
    const std::optional<CameraFrame>& frame() const { return m_frame; }

    std::vector<core::CameraInfo> cameras() const;  ///< there are now

public Q_SLOTS:
    /// Each takes the place of what was open.
    void openCamera(const thaw::core::CameraInfo& camera);
    void openVideo(const QString& file);
    void close();
    void setPaused(bool paused);
    void playAgain();  ///< a video, from its beginning
    void setMap(const thaw::ui::CameraMap& map);

Q_SIGNALS:
    void stateChanged();
    void frameChanged();
    void failed(const QString& what, const QString& hint);  ///< the source; nothing more comes from it
    void modelFailed(const QString& what,
                     const QString& hint);  ///< frames go on without predictions or without the map; once a reason

private:
    CameraController(InspectionController* inspection, FrameSources sources, QObject* parent);
    void chooseModel();
    void takeNews();
    void setState(State state);
    void open(std::function<std::unique_ptr<core::FrameSource>()> opener, const QString& title, bool live);

    class Worker;
    InspectionController* m_inspection = nullptr;  // null: frames alone
    const FrameSources m_sources;
    State m_state = State::Closed;
    std::uint64_t m_source = 0;  // news of earlier ones are dropped
    QString m_title;
    bool m_live = false;
    std::optional<CameraFrame> m_frame;
    std::unique_ptr<Worker> m_worker;
};

}  // namespace thaw::ui
