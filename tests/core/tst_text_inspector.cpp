// A run of texts looked into: predictions, maps, statistics, and which words speak for a class.
#include <torch/torch.h>

#include <QTest>

#include <algorithm>

#include "core/api/analysis.h"
#include "core/api/errors.h"
#include "core/api/inspector.h"
#include "core/api/text_prediction.h"
#include "core/inspect/text_attribution.h"
#include "tests/support/expect_error.h"
#include "tests/support/text_lesson.h"
#include "tests/support/tiny_run.h"

using namespace thaw::core;
using namespace thaw::test;

namespace {

constexpr int kPraise = 1;

PictureChoice choiceOf(const std::string& text) {
    PictureChoice choice;
    choice.text = text;
    return choice;
}

std::vector<std::string> wordsIn(const std::string& text, const TextAttribution& made) {
    std::vector<std::string> words;
    for (const WordScore& word : made.words) words.push_back(text.substr(word.begin, word.length));
    return words;
}

}  // namespace

class TestTextInspector : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const RunConfig config = m_lesson.config("run");
        QCOMPARE(all<RunFinished>(drive(*makeTrainer(config))).size(), std::size_t{1});
        m_inspector = openInspector(config.output);
        m_run = config.output;
    }

    void answersAsTheCommandLineDoes() {
        EvaluateRequest request;
        request.run.run = m_run;
        request.threads = 1;
        const auto predictions = m_inspector->predictions("best", Split::Test, {});
        QCOMPARE(predictions->probabilities, evaluateRun(request, {}).predictions.probabilities);
        QCOMPARE(m_inspector->pictures(Split::Test)->texts->size(), std::size_t{30});
        const std::string text = "the cake was wonderful";
        QCOMPARE(m_inspector->predict("best", choiceOf(text)), predictTexts(request.run, {text}, 1, nullptr)[0].probabilities);
        PictureChoice second;
        second.index = 1;
        const float* row = predictions->row(1);
        for (const float value : m_inspector->predict("best", second)) QVERIFY(std::abs(value - *row++) < 1e-5f);
    }

    void isMappedAndMeasured() {
        EmbeddingRequest request;
        QCOMPARE(m_inspector->embedding("best", request, {}).points.size(), std::size_t{60});
        const LayerHistory history = m_inspector->history(/*gradients=*/true, {});
        QVERIFY(history.startProblem.empty() && history.gradientProblem.empty());
        const int frozen = m_inspector->run().model.indexOf("embeddings.word_embeddings");
        QCOMPARE(history.moved.back()[static_cast<std::size_t>(frozen)], 0.0);
        QVERIFY(m_inspector->statistics("best", "encoder.layer.1.output.dense", {}).moved > 0);
    }

    void theWordThatDecidesSpeaksLoudest_data() {
        QTest::addColumn<QString>("method");
        for (const char* method : {"gradient", "integrated", "leave-out"}) QTest::newRow(method) << method;
    }
    void theWordThatDecidesSpeaksLoudest() {
        QFETCH(QString, method);
        const std::string text = "The play, that we saw, was  wonderful!";
        const AttributionMethod how = attributionMethodFromString(method.toStdString());
        QCOMPARE(toString(how), method.toStdString());
        const TextAttribution made = m_inspector->attribution("best", choiceOf(text), kPraise, how, {});
        QCOMPARE(wordsIn(text, made),
                 (std::vector<std::string>{"The", "play", ",", "that", "we", "saw", ",", "was", "wonderful", "!"}));
        const auto loudest = std::max_element(made.words.begin(), made.words.end(),
                                              [](const auto& a, const auto& b) { return std::abs(a.score) < std::abs(b.score); });
        QCOMPARE(text.substr(loudest->begin, loudest->length), std::string("wonderful"));
        QVERIFY(loudest->score > 0);
        QCOMPARE(made.probabilities, m_inspector->predict("best", choiceOf(text)));
        QCOMPARE(made.tokens, std::int64_t{12});
        QCOMPARE(made.tokensCut, std::int64_t{0});
        // For the other class the sign turns.
        const TextAttribution other = m_inspector->attribution("best", choiceOf(text), 1 - kPraise, how, {});
        QVERIFY(other.words[8].score < 0);
    }

    /// A difference of logits is one of log odds.
    void leavingOutIsTheLogitsLoss() {
        const std::string text = "it was wonderful", without = "it was";
        const auto logit = [&](const std::string& of) {
            const std::vector<float> p = m_inspector->predict("best", choiceOf(of));
            return std::log(p[1]) - std::log(p[0]);
        };
        const auto score = [&](int classIndex) {
            return m_inspector->attribution("best", choiceOf(text), classIndex, AttributionMethod::LeaveOut, {}).words[2].score;
        };
        QVERIFY(std::abs(score(1) - score(0) - (logit(text) - logit(without))) < 1e-3f);
    }

    /// Integrated gradients add up to what the logits gain on the way from a text of padding; of two classes the difference of
    /// logits is one of log odds.
    void integratedGradientsAddUp() {
        const std::string text = "the film was wonderful in year 1901";
        const auto sumFor = [&](int classIndex) {
            double sum = 0;
            const AttributionMethod how = AttributionMethod::IntegratedGradients;
            for (const WordScore& word : m_inspector->attribution("best", choiceOf(text), classIndex, how, {}).words)
                sum += static_cast<double>(word.score);
            return sum;
        };
        const auto odds = [&](const std::string& of) {
            const std::vector<float> p = m_inspector->predict("best", choiceOf(of));
            return std::log(static_cast<double>(p[1])) - std::log(static_cast<double>(p[0]));
        };
        const auto tokens =
            m_inspector->attribution("best", choiceOf(text), 0, AttributionMethod::GradientTimesInput, {}).tokens - 2;
        std::string blank;
        for (std::int64_t token = 0; token < tokens; ++token) blank += "[PAD] ";
        const double gained = odds(text) - odds(blank);
        QVERIFY2(std::abs(sumFor(1) - sumFor(0) - gained) < 0.05 * std::abs(gained),
                 qPrintable(QStringLiteral("%1 %2").arg(sumFor(1) - sumFor(0)).arg(gained)));
    }

    void whatIsCutHasNoScore() {
        std::string text = "wonderful";
        for (int i = 0; i < 40; ++i) text += " day";
        const TextAttribution made =
            m_inspector->attribution("best", choiceOf(text), kPraise, AttributionMethod::GradientTimesInput, {});
        QCOMPARE(made.tokens, std::int64_t{43});
        QCOMPARE(made.tokensCut, std::int64_t{19});
        QCOMPARE(made.words.size(), std::size_t{22});
    }

    void oddTextsAreDivided() {
        const std::unique_ptr<Tokenizer> tokenizer = openTokenizer("minilm");
        for (const std::string& text : {std::string("caf\xc3\xa9 d\xc3\xbc\xc3\x9f, na\xc3\xafve"),
                                        std::string("a\xc2\xa0"
                                                    "b c"),
                                        std::string("\xe4\xb8\xad\xe6\x96\x87 x"), std::string(150, 'q') + " z",
                                        std::string("\xff\xfe ok"), std::string("  \t"), std::string("[CLS] [MASK]")}) {
            std::int64_t next = 1;
            for (const TokenizedWord& word : wordsOf(text, *tokenizer)) {
                QCOMPARE(word.firstToken, next);
                QVERIFY(word.tokenEnd > word.firstToken && word.begin + word.length <= text.size());
                next = word.tokenEnd;
            }
            std::vector<TokenId> ids;
            tokenizer->encode(text, ids);
            QCOMPARE(next, static_cast<std::int64_t>(ids.size()) - 1);
        }
    }

    void whatHasNoSenseIsRefused() {
        PictureChoice text;
        QVERIFY(errorOf<ConfigError>([&] {
                    m_inspector->activations("best", text, "embeddings.LayerNorm");
                }).find("reads texts") != std::string::npos);
        QVERIFY(!errorOf<ConfigError>([&] {
                     m_inspector->gradCam("best", text, "embeddings.LayerNorm", 0, ClassMapMethod::GradCam);
                 }).empty());
        QVERIFY(!errorOf<ConfigError>([&] { m_inspector->occlusion("best", text, 0, 0, 0, {}); }).empty());
        QVERIFY(!errorOf<ConfigError>([&] { m_inspector->filters("best"); }).empty());
        text.index = 30;
        QVERIFY(errorOf<ConfigError>([&] { m_inspector->predict("best", text); }).find("no text 30") != std::string::npos);
        QVERIFY(!errorOf<ConfigError>([] { attributionMethodFromString("guess"); }).empty());
    }

private:
    const TextLesson m_lesson;
    std::filesystem::path m_run;
    std::unique_ptr<Inspector> m_inspector;
};

QTEST_GUILESS_MAIN(TestTextInspector)
#include "tst_text_inspector.moc"
