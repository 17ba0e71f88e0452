// Which token comes next, by temperature, top-k and top-p.
#include <QTest>

#include <cmath>
#include <map>

#include "core/train/token_choice.h"

using namespace thaw::core;

namespace {

const std::vector<float> kScores{1.0f, 3.0f, 2.0f, 3.0f, -4.0f};

/// How often each token comes over chances that are spread evenly.
std::map<TokenId, double> sharesOf(const GenerationSettings& settings) {
    constexpr int kDraws = 10000;
    std::map<TokenId, double> shares;
    for (int i = 0; i < kDraws; ++i) shares[chooseToken(kScores, settings, (i + 0.5) / kDraws)] += 1.0 / kDraws;
    return shares;
}

}  // namespace

class TestTokenChoice : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void temperatureSharpens() {
        GenerationSettings settings;
        for (const double temperature : {0.5, 1.0, 3.0}) {
            settings.temperature = temperature;
            const auto shares = sharesOf(settings);
            double sum = 0;
            for (const float score : kScores) sum += std::exp(static_cast<double>(score) / temperature);
            for (std::size_t i = 0; i < kScores.size(); ++i) {
                const double expected = std::exp(static_cast<double>(kScores[i]) / temperature) / sum;
                const auto found = shares.find(static_cast<TokenId>(i));
                QVERIFY(std::abs((found == shares.end() ? 0 : found->second) - expected) < 2e-4);
            }
        }
        settings.temperature = 0;
        QCOMPARE(sharesOf(settings), (std::map<TokenId, double>{{1, sharesOf(settings).at(1)}}));  // of equals the first
    }

    void onlyTheLikeliestMayCome() {
        GenerationSettings settings;
        settings.topK = 2;
        QCOMPARE(sharesOf(settings).size(), std::size_t{2});
        QVERIFY(std::abs(sharesOf(settings).at(1) - 0.5) < 2e-4 && std::abs(sharesOf(settings).at(3) - 0.5) < 2e-4);
        settings.topK = 1;
        QCOMPARE(sharesOf(settings).size(), std::size_t{1});
        settings.topK = 100;
        QCOMPARE(sharesOf(settings).size(), std::size_t{5});
        settings.topK = 0;
        settings.topP = 0.3;  // the first alone has more
        QCOMPARE(sharesOf(settings).size(), std::size_t{1});
        settings.topP = 0.7;
        QCOMPARE(sharesOf(settings).size(), std::size_t{2});
        settings.topP = 0.9;
        QCOMPARE(sharesOf(settings).size(), std::size_t{3});
    }

    void theLikeliestAreTold() {
        GenerationSettings settings;
        settings.topK = 2;
        const auto chances = likeliestTokens(kScores, settings, 3);
        QCOMPARE(chances.size(), std::size_t{3});
        QCOMPARE(chances[0].token, TokenId{1});
        QCOMPARE(chances[1].token, TokenId{3});
        QCOMPARE(chances[2].token, TokenId{2});
        QVERIFY(chances[0].mayCome && chances[1].mayCome && !chances[2].mayCome);
        double sum = 0;
        for (const float score : kScores) sum += std::exp(static_cast<double>(score));
        QVERIFY(std::abs(chances[2].probability - std::exp(2.0) / sum) < 1e-12);
        settings.topK = 0;
        settings.temperature = 0;  // the chances as at 1, but only one may come
        const auto cold = likeliestTokens(kScores, settings, 10);
        QCOMPARE(cold.size(), std::size_t{5});
        QCOMPARE(cold[2].probability, chances[2].probability);
        QVERIFY(cold[0].mayCome && !cold[1].mayCome);
        settings.temperature = 0.5;
        QVERIFY(likeliestTokens(kScores, settings, 1)[0].probability > chances[0].probability);
        QVERIFY(likeliestTokens(kScores, settings, 0).empty());
    }

    void theEndsOfTheRange() {
        GenerationSettings settings;
        QCOMPARE(chooseToken(kScores, settings, 0), TokenId{1});
        QCOMPARE(chooseToken(kScores, settings, std::nextafter(1.0, 0.0)), TokenId{4});
        QCOMPARE(chooseToken({0.5f}, settings, 0.7), TokenId{0});
    }
};

QTEST_GUILESS_MAIN(TestTokenChoice)
#include "tst_token_choice.moc"
