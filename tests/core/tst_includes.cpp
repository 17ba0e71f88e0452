#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>
#include <utility>

namespace {

const QString kRoot = QStringLiteral(THAW_TEST_DATA) + "/../..";

struct Include {
    QString file;    // below the root
    QString target;  // as it stands between the brackets or quotes
    bool quoted = false;
};

QList<Include> includesOf(const QString& file, const QString& text) {
    static const QRegularExpression pattern("^\\s*#\\s*include\\s*(?:\"([^\"]+)\"|<([^>]+)>)",
                                            QRegularExpression::MultilineOption);
    QList<Include> includes;
    for (auto match = pattern.globalMatch(text); match.hasNext();) {
        const QRegularExpressionMatch one = match.next();
        const bool quoted = one.hasCaptured(1) && !one.captured(1).isEmpty();
        includes << Include{file, quoted ? one.captured(1) : one.captured(2), quoted};
    }
    return includes;
}

QList<Include> includesBelow(const QString& folder) {
    QList<Include> includes;
    QDirIterator files(kRoot + '/' + folder, {"*.h", "*.cpp"}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly))
            includes << includesOf(QDir(kRoot).relativeFilePath(file.fileName()), QString::fromUtf8(file.readAll()));
    }
    return includes;
}

bool isTorch(const QString& target) {
    static const QRegularExpression pattern("^(torch|ATen|c10|caffe2)/");
    return target.contains(pattern);
}
bool isOpenCv(const QString& target) { return target.startsWith("opencv"); }
bool isQt(const QString& target) {
    static const QRegularExpression pattern("^(Q[A-Z][A-Za-z]*|Qt[A-Z][A-Za-z]*/.*|qt[a-z]*/.*|q[a-z]+\\.h)$");
    return target.contains(pattern);
}
bool isWidgets(const QString& target) {
    if (target.startsWith("QtWidgets")) return true;
    static const QRegularExpression pattern(
        "^Q(Widget|Application|MainWindow|DockWidget|Dialog|MessageBox|FileDialog|Label|Layout|.*Layout|.*Button|.*View|.*"
        "Delegate|Action.*Widget|"
        ".*Box|Slider|Style|.*Style|Menu|MenuBar|ToolBar|StatusBar|TabWidget|StackedWidget|Splitter|ScrollArea|LineEdit|.*"
        "TextEdit|.*Spin.*|"
        "ProgressBar|ToolTip|Frame)$");
    return target.contains(pattern);
}
bool isPlot(const QString& target) { return target.contains("qcustomplot", Qt::CaseInsensitive); }

/// The core's own file that a quoted include means; empty for others.
bool isCoreInternal(const QString& target) { return target.startsWith("core/") && !target.startsWith("core/api/"); }

/// The window's folders from the ground up; those of one floor do not know each other.
bool isUpwards(const QString& file, const QString& target) {
    static const QList<QStringList> floors{
        {"ui/threads/"},
        {"ui/models/"},
        {"ui/bridge/"},
        {"ui/widgets/parts/"},
        {"ui/widgets/pictures/"},
        {"ui/widgets/layers/", "ui/widgets/predictions/", "ui/widgets/evaluation/", "ui/widgets/map/", "ui/widgets/library/",
         "ui/widgets/collect/", "ui/widgets/continuations/", "ui/widgets/doctor/", "ui/widgets/trunk/"},
        {"ui/widgets/inspector/", "ui/widgets/live/"},
        {"ui/widgets/window/"}};
    const auto placeOf = [](const QString& path) {
        for (int floor = 0; floor < floors.size(); ++floor)
            for (const QString& room : floors[floor])
                if (path.startsWith(room)) return std::pair(floor, room);
        return std::pair(-1, QString());
    };
    const auto from = placeOf(file), to = placeOf(target);
    return from.first >= 0 && to.first >= from.first && to != from;
}

/// What ARCHITECTURE's table of rooms forbids; empty when the arrow is allowed.
QString problemOf(const Include& include) {
    const QString &file = include.file, &target = include.target;
    const auto in = [&file](const char* folder) { return file.startsWith(folder); };
    if (isPlot(target) && !in("ui/widgets/live/curve_plot"))
        return "only ui/widgets/live/curve_plot* includes the plotting library";
    if (in("core/")) {
        if (isQt(target)) return "the core is free of Qt";
        if (target.startsWith("ui/") || target.startsWith("app/")) return "the core knows nothing above it";
        if (in("core/api/")) {
            if (isTorch(target) || isOpenCv(target)) return "core/api is free of Torch and OpenCV";
            if (isCoreInternal(target)) return "core/api knows nothing but itself";
        }
        return {};
    }
    if (isTorch(target)) return "only the core includes Torch";
    if (isOpenCv(target)) return "only the core includes OpenCV";
    if (isCoreInternal(target)) return "everything above the core sees only core/api";
    if (in("app/cli/")) return isQt(target) || target.startsWith("ui/") ? "thaw-cli is free of Qt" : QString();
    if (in("app/")) return {};
    if (target.startsWith("app/")) return "the window does not know who starts it";
    if (in("ui/threads/") || in("ui/models/") || in("ui/bridge/")) {
        if (isWidgets(target)) return "the presenter is free of widgets";
        if (target.startsWith("ui/widgets/")) return "the presenter does not know the widgets";
    }
    if (isUpwards(file, target)) return "a floor knows nothing above it, and no other room of its own";
    return {};
}

}  // namespace

class TestIncludes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyArrowIsAllowed() {
        QStringList problems;
        int count = 0;
        for (const char* folder : {"core", "ui", "app"}) {
            const QList<Include> includes = includesBelow(folder);
            count += static_cast<int>(includes.size());
            for (const Include& include : includes)
                if (const QString problem = problemOf(include); !problem.isEmpty())
                    problems << include.file + " includes " + include.target + ": " + problem;
        }
        QVERIFY2(problems.isEmpty(), qPrintable('\n' + problems.join('\n')));
        QVERIFY2(count > 200, qPrintable(QString("only %1 includes found").arg(count)));
    }

    void oursAreNamedFromTheRoot() {
        QStringList problems;
        for (const char* folder : {"core", "ui", "app", "tests"})
            for (const Include& include : includesBelow(folder))
                if (include.quoted && !include.target.endsWith(".moc") && !QFile::exists(kRoot + '/' + include.target))
                    problems << include.file + " includes \"" + include.target + '"';
        QVERIFY2(problems.isEmpty(), qPrintable('\n' + problems.join('\n')));
    }

    void headersAreGuarded() {
        QStringList problems;
        for (const char* folder : {"core", "ui", "app", "tests"}) {
            QDirIterator files(kRoot + '/' + folder, {"*.h"}, QDir::Files, QDirIterator::Subdirectories);
            while (files.hasNext()) {
                QFile file(files.next());
                const bool body = file.fileName().endsWith("_impl.h");  // compiled under several settings by who includes it
                if (!body && file.open(QIODevice::ReadOnly) && !file.readAll().contains("#pragma once"))
                    problems << file.fileName();
            }
        }
        QVERIFY2(problems.isEmpty(), qPrintable(problems.join('\n')));
    }

    void forbiddenArrowsAreFound_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("forbidden");
        const auto row = [](const char* file, const char* line, bool forbidden) {
            QTest::addRow("%s %s", file, line) << file << line << forbidden;
        };
        row("core/model/a.cpp", "#include <torch/torch.h>", false);
        row("core/model/a.cpp", "#include <QString>", true);
        row("core/model/a.cpp", "#include <QtCore/QString>", true);
        row("core/model/a.cpp", "  #  include \"ui/bridge/x.h\"", true);
        row("core/api/a.h", "#include <torch/torch.h>", true);
        row("core/api/a.h", "#include <opencv2/core.hpp>", true);
        row("core/api/a.h", "#include \"core/store/paths.h\"", true);
        row("core/api/a.h", "#include \"core/api/errors.h\"", false);
        row("ui/bridge/a.cpp", "#include <ATen/ATen.h>", true);
        row("ui/bridge/a.cpp", "#include \"core/api/trainer.h\"", false);
        row("ui/bridge/a.cpp", "#include \"core/store/paths.h\"", true);
        row("ui/models/a.cpp", "#include <QLabel>", true);
        row("ui/models/a.cpp", "#include <QAbstractItemModel>", false);
        row("ui/models/a.cpp", "#include \"ui/widgets/theme.h\"", true);
        row("ui/widgets/a.cpp", "#include <QLabel>", false);
        row("ui/widgets/a.cpp", "#include <qcustomplot.h>", true);
        row("ui/widgets/live/curve_plot.cpp", "#include <qcustomplot.h>", false);
        row("ui/widgets/a.cpp", "#include <c10/core/Device.h>", true);
        row("ui/widgets/a.cpp", "#include \"app/application.h\"", true);
        row("ui/models/a.cpp", "#include \"ui/bridge/session.h\"", true);
        row("ui/bridge/a.cpp", "#include \"ui/models/log_model.h\"", false);
        row("ui/widgets/map/a.cpp", "#include \"ui/widgets/map/map_view.h\"", false);
        row("ui/widgets/map/a.cpp", "#include \"ui/widgets/evaluation/matrix_table.h\"", true);
        row("ui/widgets/parts/a.cpp", "#include \"ui/widgets/window/main_window.h\"", true);
        row("ui/widgets/live/a.cpp", "#include \"ui/widgets/predictions/prediction_view.h\"", false);
        row("app/main.cpp", "#include <QApplication>", false);
        row("app/cli/main.cpp", "#include <QString>", true);
        row("app/cli/main.cpp", "#include \"core/util/hash.h\"", true);
        row("app/cli/main.cpp", "#include <CLI/CLI.hpp>", false);
        row("app/cli/main.cpp", "// #include <QString>", false);
    }

    void forbiddenArrowsAreFound() {
        QFETCH(QString, file);
        QFETCH(QString, line);
        QFETCH(bool, forbidden);
        bool found = false;
        for (const Include& include : includesOf(file, line)) found |= !problemOf(include).isEmpty();
        QCOMPARE(found, forbidden);
    }
};

QTEST_GUILESS_MAIN(TestIncludes)
#include "tst_includes.moc"
