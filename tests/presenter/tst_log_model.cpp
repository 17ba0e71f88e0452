#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <thread>
#include <vector>

#include "core/api/engine_info.h"
#include "tests/support/await.h"
#include "tests/support/model_text.h"
#include "ui/models/log_model.h"

using namespace thaw;
using ui::LogFilterModel;
using ui::LogLevel;
using ui::LogModel;

class TstLogModel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsOnlyTheNewestLines() {
        LogModel model;
        for (int i = 0; i < LogModel::kMaximumLines + 249; ++i) model.append(0, LogLevel::Info, QString::number(i));
        // Only now: the tester visits every row at every change.
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.append(0, LogLevel::Info, QStringLiteral("5249"));
        QCOMPARE(model.rowCount(), LogModel::kMaximumLines);
        QCOMPARE(model.index(0, LogModel::TextColumn).data().toString(), QStringLiteral("250"));
        QCOMPARE(model.lastText(), QStringLiteral("5249"));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.lastText(), QString());
    }

    void filtersByLevel() {
        LogModel model;
        LogFilterModel filter;
        filter.setSourceModel(&model);
        QAbstractItemModelTester tester(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.append(0, LogLevel::Debug, QStringLiteral("small print"));
        model.append(0, LogLevel::Info, QStringLiteral("epoch 1"));
        model.append(0, LogLevel::Warning, QStringLiteral("disk nearly full"));
        model.append(0, LogLevel::Error, QStringLiteral("disk full"));
        model.append(0, LogLevel::Debug, QStringLiteral("more small print"));
        QCOMPARE(filter.rowCount(), 3);
        filter.setMinimumLevel(LogLevel::Warning);
        QCOMPARE(filter.rowCount(), 2);
        filter.setMinimumLevel(LogLevel::Debug);
        QCOMPARE(filter.rowCount(), 5);
        QCOMPARE(model.lastText(), QStringLiteral("disk full"));
    }

    void takesTheCoresLinesFromAnyThread() {
        LogModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.listenToCore();
        QSignalSpy added(&model, &LogModel::lineAdded);
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([t] {
                for (int i = 0; i < 100; ++i)
                    core::logMessage(i % 2 ? "warning" : "info", std::to_string(t) + ":" + std::to_string(i));
            });
        for (std::thread& thread : threads) thread.join();
        QVERIFY(test::await([&] { return model.rowCount() == 400; }));
        QCOMPARE(added.count(), 400);
        QList<int> next(4, 0);  // each thread's own lines are in order
        for (int row = 0; row < 400; ++row) {
            const QStringList parts = model.index(row, LogModel::TextColumn).data().toString().split(QLatin1Char(':'));
            QCOMPARE(parts.at(1).toInt(), next[parts.at(0).toInt()]++);
            const int level = model.index(row, 0).data(LogModel::LevelRole).toInt();
            QCOMPARE(level, static_cast<int>(parts.at(1).toInt() % 2 ? LogLevel::Warning : LogLevel::Info));
        }
    }

    void stopsListeningWhenItGoes() {
        for (int i = 0; i < 50; ++i) {
            LogModel model;
            model.listenToCore();
            std::thread speaker([] {
                for (int line = 0; line < 20; ++line) core::logMessage("info", "hello");
            });
            speaker.join();
        }
        core::logMessage("info", "nobody listens");
        QCoreApplication::processEvents();
    }
};

QTEST_GUILESS_MAIN(TstLogModel)
#include "tst_log_model.moc"
