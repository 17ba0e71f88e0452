// thaw-cli tokenize as a user meets it.
#include <QtTest>

#include "core/api/tokenizer.h"
#include "tests/support/cli_process.h"
#include "tests/support/drawn_data.h"
#include "tests/support/temporary_home.h"

using namespace thaw;

class TestCliTokenize : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aTextALine() {
        const test::CliOutcome outcome = tokenize("minilm", "hello world\r\n\nHello [MASK]");
        QCOMPARE(outcome.exitCode, 0);
        QCOMPARE(outcome.output, QByteArray("101 7592 2088 102\n101 102\n101 7592 103 102\n"));
        QVERIFY(outcome.errors.isEmpty());
        QCOMPARE(tokenize("gpt2", "Hello world", {"--max-tokens", "1"}).output, QByteArray("15496\n"));
    }

    void brokenTextIsCounted() {
        const test::CliOutcome outcome = tokenize("gpt2", "a\nb\xFF\n", {"--json"});
        QCOMPARE(outcome.exitCode, 0);
        QCOMPARE(outcome.output.split('\n')[0], QByteArray("{\"ids\":[64],\"tokens\":[\"a\"],\"replaced\":0}"));
        QVERIFY2(outcome.errors.contains("1 place of") && outcome.errors.contains("line 2"), outcome.errors.constData());
    }

    void whatCannotBeReadIsSaid() {
        const test::CliOutcome empty = tokenize("gpt2", "");
        QVERIFY(empty.exitCode == 0 && empty.output.isEmpty() && empty.errors.contains("is empty"));
        const test::CliOutcome longLine = tokenize("gpt2", "a\n" + QByteArray(core::kMostTextBytes + 1, 'a'));
        QVERIFY(longLine.exitCode == 1 && longLine.errors.contains("Line 2 of") && longLine.errors.contains("16 MB"));
        const test::CliOutcome model = tokenize("nobody", "a");
        QVERIFY(model.exitCode == 1 && model.errors.contains("There is no tokeniser nobody"));
        QCOMPARE(test::runCli({"tokenize", "--model", "gpt2", QString::fromStdString((m_home / "none").string())}).exitCode, 1);
        QCOMPARE(test::runCli({"tokenize", "--model", "gpt2", "/"}).exitCode, 1);
        QCOMPARE(tokenize("minilm", "a", {"--max-tokens", "2"}).exitCode, 2);
    }

private:
    test::CliOutcome tokenize(const QString& model, const QByteArray& text, const QStringList& more = {}) {
        const std::filesystem::path file = m_home / "text.txt";
        test::writeFile(file, test::Bytes(text.begin(), text.end()));
        return test::runCli(QStringList{"tokenize", "--model", model} + more +
                            QStringList{QString::fromStdString(file.string())});
    }

    test::TemporaryHome m_home;
};

QTEST_GUILESS_MAIN(TestCliTokenize)
#include "tst_cli_tokenize.moc"
