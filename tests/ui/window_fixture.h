// A whole window over scripted trainers, in a home of its own; pictures of it where THAW_SHOT_DIR says so; and a walk over
// every label and button that finds texts that are cut off.
#pragma once

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QSettings>
#include <QStyle>
#include <QStyleOptionButton>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "tests/support/await.h"
#include "tests/support/fake_inspector.h"
#include "tests/support/fake_trainer.h"
#include "ui/bridge/session.h"
#include "ui/models/log_model.h"
#include "ui/widgets/parts/theme.h"
#include "ui/widgets/window/main_window.h"

namespace thaw::test {

/// Thaw's folders in one of their own for the time of a test.
struct ScratchHome {
    ScratchHome() { qputenv("THAW_HOME", folder.path().toLocal8Bit()); }
    ~ScratchHome() { qunsetenv("THAW_HOME"); }
    QTemporaryDir folder;
};

/// What a window is looked at in.
struct Look {
    QSize size;
    double scale = 1;
    bool dark = false;
};

/// For a looks_data(): rows follow as QTest::newRow("1440x900-dark") << Look{{1440, 900}, 1.0, true}.
inline void addLookColumn() { QTest::addColumn<Look>("look"); }

/// That of the present row; the theme follows it.
inline Look takeLook() {
    QFETCH(Look, look);
    ui::Theme::instance().setLook(look.dark ? ui::ColorScheme::Dark : ui::ColorScheme::Light, look.scale);
    return look;
}

class WindowFixture {
public:
    explicit WindowFixture(FakeScript script = {}, core::RunConfig config = lessonConfig(),
                           FakeInspectorScript inspectorScript = {})
        : probe(std::make_shared<FakeProbe>()),
          settings(home.folder.filePath(QStringLiteral("window.ini")), QSettings::IniFormat),
          training(fakeFactory(std::move(script), probe)),
          inspection(fakeInspectorFactory(inspectorScript)),
          session(training, library, inspection),
          window(session, log, settings) {
        log.listenToCore();
        session.setConfig(config);
    }

    void show(QSize size) {
        window.resize(size);
        window.show();
        [[maybe_unused]] const bool exposed = QTest::qWaitForWindowExposed(&window);
        settle();
    }

    /// A start goes to Live; this comes back to the tab.
    void startRun(const core::RunConfig& config, int tab, bool paused = false) {
        training.startRun(config, paused);
        comeBack(tab);
    }
    void comeBack(int tab) {
        QVERIFY(await([this] { return window.currentTab() == ui::MainWindow::LiveTab; }));
        window.showTab(tab);
    }

    /// Until layouts, style sheets and queued repaints are done: nothing moves any more.
    void settle() { settle(&window); }
    static void settle(QWidget* root) {
        const auto places = [root] {
            QList<QRect> rects;
            for (const QWidget* widget : root->findChildren<QWidget*>()) rects += widget->geometry();
            return rects;
        };
        [[maybe_unused]] const bool still = await([&, last = QList<QRect>(), same = 0]() mutable {
            const QList<QRect> now = places();
            same = now == last ? same + 1 : 0;
            last = now;
            return same >= 5;
        });
    }

    void shoot(const QString& name) { shoot(&window, name); }

    /// At once, as it is this moment.
    void snap(const QString& name) {
        const QString folder = qEnvironmentVariable("THAW_SHOT_DIR");
        if (!folder.isEmpty()) window.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
    }

    static void shoot(QWidget* widget, const QString& name) {
        const QString folder = qEnvironmentVariable("THAW_SHOT_DIR");
        if (folder.isEmpty()) return;
        settle(widget);
        QTest::qWait(Theme::instance().reducedMotion() ? 0 : 250);  // the fade of a thaw
        widget->grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
    }

    /// Every visible label and button under `root` whose text does not fit into it, in words.
    static QStringList cutTexts(QWidget* root);

    using Theme = ui::Theme;
    ScratchHome home;
    std::shared_ptr<FakeProbe> probe;
    QSettings settings;
    ui::LogModel log;
    ui::TrainingController training;
    ui::LibraryController library;
    ui::InspectionController inspection;
    ui::Session session;
    ui::MainWindow window;
};

inline QStringList WindowFixture::cutTexts(QWidget* root) {
    settle(root);
    QStringList cut;
    const auto report = [&](QWidget* widget, const QString& text, QSize needed) {
        cut += QStringLiteral("%1 '%2' \"%3\": needs %4x%5, has %6x%7")
                   .arg(QString::fromLatin1(widget->metaObject()->className()), widget->objectName(), text.left(40))
                   .arg(needed.width())
                   .arg(needed.height())
                   .arg(widget->width())
                   .arg(widget->height());
    };
    for (QWidget* widget : root->findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(root)) continue;
        if (!QRect(QPoint(), root->size()).contains(QRect(widget->mapTo(root, QPoint()), widget->size())) &&
            !widget->parentWidget()->inherits("QAbstractScrollArea") &&
            !widget->parentWidget()->objectName().startsWith(QLatin1String("qt_")) &&
            (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLabel*>(widget))) {
            bool scrolled = false;
            for (QWidget* up = widget->parentWidget(); up && up != root; up = up->parentWidget())
                scrolled |= up->inherits("QAbstractScrollArea");
            if (!scrolled) report(widget, QStringLiteral("outside the window"), widget->size());
        }
        if (const auto* label = qobject_cast<QLabel*>(widget)) {
            if (label->text().isEmpty() || label->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored ||
                label->inherits("thaw::ui::ElidedLabel"))
                continue;
            const QRect room = label->contentsRect();
            const int flags = label->wordWrap() ? int(Qt::TextWordWrap) : 0;
            const QSize needed =
                label->fontMetrics().boundingRect(QRect(0, 0, room.width(), 10'000), flags, label->text()).size();
            if (needed.width() > room.width() + 1 || needed.height() > room.height() + 1) report(widget, label->text(), needed);
        } else if (const auto* button = qobject_cast<QAbstractButton*>(widget)) {
            const auto* tool = qobject_cast<const QToolButton*>(button);
            const bool iconAlone = tool && tool->toolButtonStyle() == Qt::ToolButtonIconOnly && !tool->icon().isNull();
            if (button->text().isEmpty() || iconAlone) continue;
            QSize needed = button->fontMetrics().size(Qt::TextShowMnemonic, button->text());
            if (!button->icon().isNull()) needed.rwidth() += button->iconSize().width() + 4;
            // Those that paint themselves know best.
            if (QLatin1String(button->metaObject()->className()).startsWith(QLatin1String("thaw::")))
                needed = button->sizeHint() - QSize(4, 0);
            if (needed.width() + 4 > button->width() || needed.height() > button->height())
                report(widget, button->text(), needed);
        }
    }
    return cut;
}

}  // namespace thaw::test
