// How the command line reads numbers: what is no number is refused by the option's name, and nothing is read half.
#include <QJsonArray>
#include <QtTest>

#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;

class TestCliOptions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        test::writeCifar10Folder((m_home.path() / "data").string(), {/*trainPerClass=*/4, /*testPerClass=*/2, /*seed=*/1});
    }

    void whatIsNoNumberIsRefused_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* option, const char* value, const QString& says) {
            QTest::addRow("%s '%s'", option, value)
                << (*value ? QStringList{QString::fromLatin1(option) + '=' + value} : QStringList{option, ""}) << says;
        };
        row("--lr", "0,001", "Write numbers with a point: 0.001.");
        row("--lr", "1,5e-4", "Write numbers with a point: 1.5e-4.");
        row("--lr", "0,001,0,0001", "decimal comma");
        row("--lr", "1e-4x", "'1e-4x' is not a number.");
        row("--lr", "1e-4,", "'1e-4,' has a comma with no number beside it.");
        row("--lr", "1e-4;1e-5", "'1e-4;1e-5' is not a number.");
        row("--lr", "nan", "'nan' is not a number.");
        row("--lr", "inf", "'inf' is not a number.");
        row("--lr", "1e999", "'1e999' is too large a number.");
        row("--lr", "1e-999", "'1e-999' is too close to zero");
        row("--lr", "0x10", "'0x10' is not a number.");
        row("--lr", "", "at least one number");
        row("--lr", "0", "Learning rate must be above 0 and at most 10");
        row("--epochs", "3.5", "'3.5' is not a whole number.");
        row("--epochs", "1e1", "'1e1' is not a whole number.");
        row("--epochs", "1,1,1", "3 numbers, but the preset has 2 phases");
        row("--epochs", "99999999999", "too large");
        row("--epochs", "1,,1", "no number beside it");
        for (const char* option : {"--dropout", "--hold-out", "--momentum", "--weight-decay", "--beta1", "--epsilon",
                                   "--schedule-floor", "--early-stopping-delta", "--cache-memory", "--checkpoint-minutes"}) {
            row(option, "0,5", "'0,5' has a decimal comma. Write it with a point: 0.5.");
            row(option, "0.5x", "'0.5x' is not a number.");
        }
        for (const char* value : {"0x10", "nan", "infinity", "1e999", "12abc", "--1", "1 2", ""}) row("--dropout", value, "'");
        for (const char* option :
             {"--batch", "--input-size", "--threads", "--train-limit", "--seed", "--hidden-units", "--shift"}) {
            row(option, "12abc", "'12abc' is not a whole number.");
            row(option, "0x10", "'0x10' is not a whole number.");
            row(option, "1,000", "'1,000' is not a whole number. Write it without commas.");
            row(option, "12.5", "'12.5' is not a whole number.");
            row(option, "", "'' is empty");
        }
        row("--seed", "-1", "'-1' is negative.");
        row("--batch", "99999999999", "--batch");
        row("--resume-threads", "1x", "'1x' is not a whole number.");
        row("--cache-disk", "1e300", "0 to 1000000 GB");
        row("--cache-memory", "-1", "0 to 1000000 GB");
    }
    void whatIsNoNumberIsRefused() {
        QFETCH(QStringList, options);
        QFETCH(QString, says);
        const std::filesystem::path run = m_home.path() / "run";
        const test::CliOutcome outcome = train(options + QStringList{"--out", QString::fromStdString(run.string())});
        QCOMPARE(outcome.exitCode, 2);
        const QString errors = QString::fromUtf8(outcome.errors);
        const QString name = options.front().section('=', 0, 0).mid(2);
        QVERIFY2(errors.contains(name, Qt::CaseInsensitive) || errors.contains(says), qPrintable(errors));
        QVERIFY2(errors.contains(says), qPrintable(errors));
        QVERIFY(!std::filesystem::exists(run));
    }

    void otherCommandsRefuseThemToo() {
        for (const QStringList& arguments : {QStringList{"embed", "--run", "x", "--out", "y", "--perplexity", "0,5"},
                                             {"embed", "--run", "x", "--out", "y", "--limit", "12abc"},
                                             {"evaluate", "--run", "x", "--threads", "0x2"},
                                             {"gradcam", "--run", "x", "--out", "y", "--file", "z", "--patch", "4,5"},
                                             {"bench", "--rounds", "1e1"}}) {
            const test::CliOutcome outcome = test::runCli(arguments);
            QCOMPARE(outcome.exitCode, 2);
            const QByteArray option = arguments[arguments.size() - 2].toUtf8(), value = arguments.last().toUtf8();
            QVERIFY2(outcome.errors.contains(option) && outcome.errors.contains('\'' + value + '\''), outcome.errors.constData());
        }
    }

    void listsAndSignsAreRead() {
        const std::string run = (m_home.path() / "lists").string();
        const test::CliOutcome outcome =
            train({"--lr", "0.001, 1e-5", "--epochs", "1,1", "--batch", "+8", "--dropout", ".5", "--no-disk-cache", "--no-chart",
                   "--random-init", "--input-size", "32", "--out", QString::fromStdString(run)});
        QVERIFY2(outcome.exitCode == 0, outcome.errors.constData());
        QFile file(QString::fromStdString(run + "/run.json"));
        QVERIFY(file.open(QFile::ReadOnly));
        const QJsonObject config = QJsonDocument::fromJson(file.readAll()).object()["config"].toObject();
        QCOMPARE(config["batchSize"].toInt(), 8);
        QCOMPARE(config["head"].toObject()["dropout"].toDouble(), 0.5);
        const QJsonArray phases = config["phases"].toArray();
        QCOMPARE(phases[0].toObject()["optimizer"].toObject()["learningRate"].toDouble(), 0.001);
        QCOMPARE(phases[1].toObject()["optimizer"].toObject()["learningRate"].toDouble(), 1e-5);
    }

    void threadsKeepToTheProcessors() {
        const std::string run = (m_home.path() / "threads").string();
        const QStringList options{"--threads",    "512", "--epochs",      "1,0",   "--no-disk-cache",          "--no-chart",
                                  "--input-size", "32",  "--random-init", "--out", QString::fromStdString(run)};
        const test::CliOutcome outcome = train(options);
        QVERIFY2(outcome.exitCode == 0, outcome.errors.constData());
        QVERIFY2(outcome.all().contains("Of the 512 threads that were asked for, "), outcome.all().constData());
    }

private:
    test::CliOutcome train(const QStringList& options) const {
        return test::runCli(QStringList{"lesson", "--data", QString::fromStdString((m_home.path() / "data").string())} + options);
    }

    const test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCliOptions)
#include "tst_cli_options.moc"
