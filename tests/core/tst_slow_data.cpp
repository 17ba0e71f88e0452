// A data set that is read slowly: the trainer's steps stay short, and stopping or closing does not wait for the rest of it.
#include <QTest>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/api/errors.h"
#include "core/data/dataset.h"
#include "core/data/dataset_source.h"
#include "core/train/background_reading.h"
#include "core/util/parallel.h"
#include "tests/support/expect_error.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;
using Milliseconds = std::chrono::milliseconds;

namespace {

constexpr int kPictures = 40;
std::atomic<int> sleep{0};  // milliseconds a picture
std::atomic<int> labelSleep{0};
std::atomic<int> picturesRead{0};

class SlowSource final : public DatasetSource {
public:
    DatasetInfo describe() const override {
        DatasetInfo info;
        info.id = "slow";
        info.title = "Slow";
        info.pictureKind = {32};
        return info;
    }
    std::filesystem::path find(const std::filesystem::path& place) const override { return place; }
    std::vector<std::filesystem::path> files(const std::filesystem::path& location) const override { return {location}; }
    DatasetLabels readLabels(const std::filesystem::path&) const override {
        std::this_thread::sleep_for(Milliseconds(labelSleep));
        DatasetLabels labels;
        labels.classNames = {"a", "b"};
        for (int i = 0; i < kPictures; ++i) labels.train.add(i % 2), labels.test.add(i % 2);
        return labels;
    }
    PictureSet readPictures(const std::filesystem::path&, Split split, const std::vector<std::int64_t>& indices, int side,
                            PictureReading& reading) const override {
        PictureSet set;
        set.width = set.height = side;
        for (const std::int64_t index : indices) {
            reading.tell(set.count(), static_cast<std::int64_t>(indices.size()));
            std::this_thread::sleep_for(Milliseconds(sleep));
            ++picturesRead;
            set.labels.push_back(static_cast<int>(index % 2));
            set.rgb.resize(set.rgb.size() + static_cast<std::size_t>(side * side * 3),
                           static_cast<std::uint8_t>(index % 2 * 200 + (split == Split::Test ? 1 : 0)));
        }
        return set;
    }
};

RunConfig slowConfig(const TinyLesson& lesson) {
    RunConfig config = lesson.config();
    config.data.dataset = "slow";
    config.data.directory = lesson.home().path();
    return config;
}

double secondsOf(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

class SlowDataTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { addDatasetSource(std::make_unique<SlowSource>()); }
    void init() {
        sleep = labelSleep = 0;
        picturesRead = 0;
    }

    void stepsStayShort();
    void stoppingDoesNotWait();
    void closingDoesNotWait();
    void aReadingThatDoesNotAnswerIsLeftBehind();
    void whatWasThrownComesBack();
    void manyInParallel();
};

// Reading the two splits takes two seconds and looking for them one; no step takes as long as a quarter.
void SlowDataTest::stepsStayShort() {
    const TinyLesson lesson;
    sleep = 25;
    labelSleep = 1000;
    const auto trainer = makeTrainer(slowConfig(lesson), /*startPaused=*/true);
    double longest = 0;
    std::int64_t lastDone = 0;
    bool counted = false, started = false;
    while (trainer->hasWork() && !started) {
        std::vector<Event> events;
        const double seconds = secondsOf([&] { events = trainer->step(); });
        for (const Event& event : events) {
            started = started || holds<RunStarted>(event);
            const auto* progress = std::get_if<WorkProgress>(&event.data);
            if (!progress || progress->activity != "Reading Slow") continue;
            counted = counted || (progress->total == kPictures && progress->done > lastDone);
            lastDone = progress->done;
        }
        if (!started) longest = std::max(longest, seconds);  // the step that builds the model is another matter
    }
    QVERIFY(started);
    QVERIFY(counted);
    QCOMPARE(picturesRead.load(), 2 * kPictures);
    QVERIFY2(longest < 0.25, std::to_string(longest).c_str());
}

void SlowDataTest::stoppingDoesNotWait() {
    const TinyLesson lesson;
    sleep = 200;
    const auto trainer = makeTrainer(slowConfig(lesson));
    while (picturesRead == 0) trainer->step();
    bool finished = false;
    const double seconds = secondsOf([&] {
        trainer->apply({1, Stop{}});
        for (const Event& event : trainer->step()) finished = finished || holds<RunFinished>(event);
    });
    QVERIFY(finished);
    QVERIFY(!trainer->hasWork());
    QVERIFY2(seconds < 0.25, std::to_string(seconds).c_str());
    QVERIFY(picturesRead < kPictures);
}

void SlowDataTest::closingDoesNotWait() {
    const TinyLesson lesson;
    sleep = 200;
    auto trainer = makeTrainer(slowConfig(lesson));
    while (picturesRead == 0) trainer->step();
    const double seconds = secondsOf([&] { trainer.reset(); });
    QVERIFY2(seconds < 1.5, std::to_string(seconds).c_str());
    QVERIFY(picturesRead < kPictures);
}

void SlowDataTest::aReadingThatDoesNotAnswerIsLeftBehind() {
    struct Gate {
        std::mutex mutex;
        std::condition_variable changed;
        bool open = false, passed = false;
    };
    const auto gate = std::make_shared<Gate>();
    auto reading = std::make_unique<BackgroundReading>([gate](const CountCallback&) {
        std::unique_lock lock(gate->mutex);
        gate->changed.wait(lock, [&] { return gate->open; });
        gate->passed = true;
        gate->changed.notify_all();
    });
    QVERIFY(!reading->over(Milliseconds(10)));
    const double seconds = secondsOf([&] { reading.reset(); });
    QVERIFY2(seconds < 4, std::to_string(seconds).c_str());
    std::unique_lock lock(gate->mutex);
    QVERIFY(!gate->passed);
    gate->open = true;
    gate->changed.notify_all();
    gate->changed.wait(lock, [&] { return gate->passed; });
}

void SlowDataTest::whatWasThrownComesBack() {
    BackgroundReading reading([](const CountCallback& progress) {
        progress(3, 7);
        throw DataError("The disk is gone.");
    });
    QCOMPARE(errorOf<DataError>([&] {
                 while (!reading.over(Milliseconds(1000)))
                     ;
             }),
             std::string("The disk is gone. | "));
    QCOMPARE(reading.done(), std::int64_t{3});
    QCOMPARE(reading.total(), std::int64_t{7});
}

void SlowDataTest::manyInParallel() {
    std::vector<int> seen(1000);
    std::int64_t last = -1;
    forEachInParallel(
        1000, [&](std::int64_t i, const std::atomic<bool>&) { ++seen[static_cast<std::size_t>(i)]; },
        [&](std::int64_t done, std::int64_t total) {
            last = done;
            return total == 1000;
        });
    QCOMPARE(last, std::int64_t{1000});
    QVERIFY(std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; }));
    forEachInParallel(0, [](std::int64_t, const std::atomic<bool>&) {}, {});

    std::atomic<int> done{0};
    const auto slow = [&](std::int64_t, const std::atomic<bool>& stop) {
        while (!stop) std::this_thread::yield();
        ++done;
    };
    QVERIFY_THROWS_EXCEPTION(Cancelled, forEachInParallel(1000, slow, [](std::int64_t, std::int64_t) { return false; }));
    QVERIFY(done < 1000);
    const auto failing = [](std::int64_t i, const std::atomic<bool>&) {
        if (i == 500) throw DataError("no");
    };
    QCOMPARE(errorOf<DataError>([&] { forEachInParallel(1000, failing, {}); }), std::string("no | "));
}

QTEST_GUILESS_MAIN(SlowDataTest)
#include "tst_slow_data.moc"
