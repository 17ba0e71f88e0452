// Test pictures with what the model says of them, one page at a time, and the user's own pictures as a filter of their own.
// Holds the core's shared values; a picture becomes a QImage only when somebody asks for it. GUI thread only.
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <QImage>
#include <QStringList>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/api/prediction.h"

namespace thaw::ui {

enum class PictureFilter { All, Right, Wrong, ConfidentWrong, Mine };
enum class PictureOrder { Drawn, OneOfEachClass };
enum class Verdict { Unknown, Right, Wrong };

/// A class name for a narrow tile: "automobile" is drawn as "auto".
QString shortClassName(const QString& name);

/// One picture as tiles and the detail show it.
struct PictureItem {
    int id = -1;              ///< as in PredictionListModel
    int trueClass = -1;       ///< of several labels the first; -1: no label
    int predictedClass = -1;  ///< the likeliest; -1: not predicted yet, or the file could not be read
    double confidence = 0;    ///< 0..1, of the predicted class; of several labels the least sure of those that are said
    Verdict verdict = Verdict::Unknown;
    QString trueName, predictedName;  ///< of several labels all, with commas
    QString title;                    ///< "Picture 1,217" or the file's name
    QString file, error;              ///< own pictures only; error in plain words
    bool isValid() const { return id != -1; }
    bool isOwn() const { return id < -1; }
};

/// A picture's id is stable over refreshes, filters and pages: the index in the split (0 and up) for test pictures,
/// -2 and down for the user's own, -1 for none.
class PredictionListModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role {
        IdRole = Qt::UserRole + 1,  ///< int
        TrueClassRole,              ///< int, -1: no label
        PredictedClassRole,         ///< int, -1: none
        TrueNameRole,
        PredictedNameRole,
        ConfidenceRole,       ///< double, 0..1
        VerdictRole,          ///< Verdict as int
        PictureRole,          ///< QImage in its own size; null where the file could not be read
        PictureKeyRole,       ///< QString: changes whenever the pixels behind the id do
        ErrorRole,            ///< QString, own pictures only
        FileRole,             ///< QString, own pictures only
        TrueProbabilityRole,  ///< double, 0..1: what the model gives to the true class; none without a label
        LossRole,             ///< double, cross-entropy in nats; none without a label
        TextRole,             ///< QByteArray: a text's bytes; null of pictures
        EarlierNameRole,      ///< QString: what setEarlier's predictions say where that is another class, else empty
    };

    explicit PredictionListModel(QObject* parent = nullptr);
    ~PredictionListModel() override;

    /// A new data set: predictions are dropped, the class filters reset, own pictures kept.
    void setPictures(std::shared_ptr<const core::PictureSet> pictures, const QStringList& classNames);
    /// Newer predictions of the same pictures; null drops them. Ignored (false) when shapes do not agree.
    bool setPredictions(std::shared_ptr<const core::PredictionSet> predictions);
    /// Another model's predictions of the same pictures, told beside those that are shown; null: none. Ignored when shapes do not
    /// agree.
    void setEarlier(std::shared_ptr<const core::PredictionSet> earlier);
    const std::shared_ptr<const core::PictureSet>& pictures() const { return m_pictures; }
    const std::shared_ptr<const core::PredictionSet>& predictions() const { return m_predictions; }
    bool hasPredictions() const { return m_predictions != nullptr; }
    const QStringList& classNames() const { return m_classNames; }

    /// Adds own pictures, or replaces those of the same file, which keep their ids. Returns the first one's id; -1: none given.
    int addOwnPictures(const std::vector<core::FilePrediction>& files);
    /// Own files whose folder's name says what they show, where a class is called so. For files that come later too.
    void setOwnFolders(const QHash<QString, QString>& folderOfFile);
    /// How many own pictures are right, of those that have a label and an answer.
    std::pair<int, int> ownRight() const;
    void removeOwnPicture(int id);
    void removeOwnPictures();
    QStringList ownFiles() const;
    std::vector<int> ownIds() const;  ///< in the order of their coming
    /// What tables say of own pictures; without the pixels.
    std::vector<core::FilePrediction> ownAnswers() const;

    void setFilter(PictureFilter filter);
    PictureFilter filter() const { return m_filter; }
    void setTrueClass(int classIndex);  ///< -1: any
    int trueClass() const { return m_trueClass; }
    void setPredictedClass(int classIndex);  ///< -1: any
    int predictedClass() const { return m_predictedClass; }
    /// Just these test pictures in this order, whatever the filter (but Mine) and the classes; nullopt, and new pictures: as
    /// those say.
    void showOnly(std::optional<std::vector<int>> ids);
    void setOrder(PictureOrder order);
    void setSeed(quint64 seed);  ///< 0: the data set's order; any other: a random order of its own, the same everywhere
    quint64 seed() const { return m_seed; }
    void drawAnew();  ///< the next seed, from the first page

    /// Pictures that a filter would show under the present class filters.
    int count(PictureFilter filter) const;
    int total() const { return static_cast<int>(m_order.size()); }  ///< of the present filter, over all pages
    void setPageSize(int size);                                     ///< at least 1
    int pageSize() const { return m_pageSize; }
    int pageBegin() const { return m_pageBegin; }  ///< position of the page's first picture
    void setPageBegin(int position);               ///< clamped; aligned to whole pages
    bool hasPreviousPage() const { return m_pageBegin > 0; }
    bool hasNextPage() const { return m_pageBegin + m_pageSize < total(); }
    void previousPage() { setPageBegin(m_pageBegin - m_pageSize); }
    void nextPage() { setPageBegin(m_pageBegin + m_pageSize); }

    /// The picture whose page stays in view when fresh predictions move it (the selected one); -1: none.
    void setAnchor(int id) { m_anchor = id; }

    int idAt(int position) const;    ///< over all pages; -1 outside
    int positionOf(int id) const;    ///< -1: not in the present filter
    int rowOf(int id) const;         ///< on the present page; -1: not there
    bool showPicture(int id);        ///< turns to its page; false when the filter hides it
    PictureItem item(int id) const;  ///< whatever the filter; invalid for an unknown id
    QImage picture(int id) const;
    const std::string& text(int id) const;  ///< of any bytes; empty for a picture
    bool readsTexts() const { return m_pictures && m_pictures->texts; }
    QImage modelPicture(int id) const;  ///< as one of the data set's; null for test pictures
    /// The numbers that the network gets, darkest to lightest, and their range; null for test pictures.
    QImage inputPicture(int id, float* low = nullptr, float* high = nullptr) const;
    QString pictureKey(int id) const;
    std::vector<std::pair<int, double>> bestGuesses(int id, int k) const;  ///< class and probability, best first
    QString className(int classIndex) const;
    bool hasLabel(int id, int classIndex) const;  ///< whether it is the picture's class, or one of its several

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    /// Counts, total, filter or page have changed (after the rows have).
    void summaryChanged();

private:
    struct OwnPicture {
        int id = -1;
        int revision = 0;
        core::FilePrediction prediction;  // with its label
    };

    int pictureCount() const;
    const OwnPicture* ownPicture(int id) const;
    bool passes(int id, PictureFilter filter) const;
    std::vector<int> labelsOf(int id) const;  ///< of a test picture
    bool isLabelled(int id) const;
    QString classNames(const std::vector<int>& classes) const;
    QString spokenText(const PictureItem& item) const;  ///< of a text
    std::vector<int> orderedIds() const;
    void shuffle();
    void labelOwn();
    void rebuild(bool keepAnchorInView = false);

    std::shared_ptr<const core::PictureSet> m_pictures;
    std::shared_ptr<const core::PredictionSet> m_predictions, m_earlier;
    QStringList m_classNames;
    std::vector<int> m_predicted;  // a class for each picture
    std::vector<float> m_confidence;
    std::vector<bool> m_right;
    std::vector<OwnPicture> m_own;
    QHash<QString, QString> m_ownFolders;  // of files that lie in a folder of a class, as it seems
    int m_nextOwnId = -2;
    int m_generation = 0;

    PictureFilter m_filter = PictureFilter::All;
    PictureOrder m_pictureOrder = PictureOrder::Drawn;
    int m_trueClass = -1, m_predictedClass = -1;
    std::optional<std::vector<int>> m_only;
    quint64 m_seed = 1;
    std::vector<int> m_shuffled;  // all test pictures in the drawn order
    std::vector<int> m_order;     // ids that the filter shows
    int m_pageSize = 32, m_pageBegin = 0;
    int m_anchor = -1;
};

}  // namespace thaw::ui
