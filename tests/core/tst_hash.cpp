#include <QtTest>

#include <fstream>

#include "core/api/errors.h"
#include "core/util/hash.h"
#include "tests/support/temporary_home.h"

using namespace thaw::core;

class TestHash : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void knownDigests() {
        QCOMPARE(digestOf("abc", 3), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(digestOf("abc", 3, DigestKind::Md5), std::string("900150983cd24fb0d6963f7d28e17f72"));
        QCOMPARE(digestOf("", 0), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    void piecesGiveTheSame() {
        const std::string text(100'000, 'x');
        Digest digest;
        for (std::size_t begin = 0; begin < text.size(); begin += 777)
            digest.update(text.data() + begin, std::min<std::size_t>(777, text.size() - begin));
        Digest moved = std::move(digest);
        QCOMPARE(moved.hex(), digestOf(text.data(), text.size()));
    }

    void filesOfAnySize() {
        const thaw::test::TemporaryHome home;
        for (const std::size_t size : {std::size_t(0), std::size_t(1), std::size_t(1) << 20, (std::size_t(3) << 20) + 5}) {
            const std::string text(size, 'y');
            std::ofstream(home / "file", std::ios::binary) << text;
            QCOMPARE(digestOfFile(home / "file"), digestOf(text.data(), text.size()));
        }
    }

    void missingFileIsNamed() {
        const thaw::test::TemporaryHome home;
        try {
            digestOfFile(home / "missing");
            QFAIL("no error");
        } catch (const StoreError& error) {
            QVERIFY(QString(error.what()).contains("missing"));
        }
        QVERIFY_EXCEPTION_THROWN(digestOfFile(home.path()), StoreError);  // a folder
    }
};

QTEST_GUILESS_MAIN(TestHash)
#include "tst_hash.moc"
