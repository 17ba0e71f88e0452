// Learning rates over a phase.
#include <QTest>

#include <cmath>

#include "core/train/schedule.h"

using namespace thaw::core;

namespace {

double factorAt(const ScheduleConfig& schedule, std::int64_t step) { return scheduleFactor(schedule, {step, 10, 100, 0}); }

ScheduleConfig scheduleOf(ScheduleKind kind, double warmUp, double floor = 0) {
    ScheduleConfig schedule;
    schedule.kind = kind;
    schedule.warmUp = warmUp;
    schedule.floor = floor;
    return schedule;
}

}  // namespace

class TestSchedule : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aStraightLineFalls() {
        const ScheduleConfig schedule = scheduleOf(ScheduleKind::Linear, 0, 0.2);
        QCOMPARE(factorAt(schedule, 0), 1.0);
        QCOMPARE(factorAt(schedule, 50), 0.6);
        QCOMPARE(factorAt(schedule, 100), 0.2);
        QCOMPARE(factorAt(schedule, 150), 0.2);
    }

    void theRateWarmsUp() {
        for (const ScheduleKind kind : {ScheduleKind::Constant, ScheduleKind::Cosine, ScheduleKind::Linear, ScheduleKind::Step}) {
            const ScheduleConfig schedule = scheduleOf(kind, 0.1);
            for (std::int64_t step = 0; step < 10; ++step)
                QVERIFY(std::abs(factorAt(schedule, step) - static_cast<double>(step + 1) / 10) < 1e-12);
        }
        const ScheduleConfig linear = scheduleOf(ScheduleKind::Linear, 0.1);
        QCOMPARE(factorAt(linear, 10), 1.0);
        QCOMPARE(factorAt(linear, 55), 0.5);
        QCOMPARE(factorAt(linear, 100), 0.0);
        QVERIFY(std::abs(factorAt(scheduleOf(ScheduleKind::Cosine, 0.1), 55) - 0.5) < 1e-12);
    }

    void withoutWarmUpNothingChanges() {
        const ScheduleConfig cosine = scheduleOf(ScheduleKind::Cosine, 0, 0.1);
        for (std::int64_t step = 0; step <= 100; step += 7)
            QCOMPARE(factorAt(cosine, step),
                     0.1 + 0.9 * 0.5 * (1.0 + std::cos(3.14159265358979323846 * static_cast<double>(step) / 100)));
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
