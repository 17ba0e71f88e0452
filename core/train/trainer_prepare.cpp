// From a config or a run folder to a Trainer that can step: data, weights, model, record, restored position.
#include <algorithm>
#include <utility>

#include "core/api/engine_info.h"
#include "core/api/errors.h"
#include "core/api/models.h"
#include "core/store/paths.h"
#include "core/train/class_balance.h"
#include "core/train/judging.h"
#include "core/train/model_setup.h"
#include "core/train/run_data.h"
#include "core/train/stage_times.h"
#include "core/train/text_input.h"
#include "core/train/torch_trainer.h"
#include "core/util/memory.h"
#include "core/util/threads.h"

namespace thaw::core {
namespace {

constexpr std::chrono::milliseconds kLookAtReading(60);  // in one step()

/// A run that was killed before its first checkpoint begins again in its folder.
bool hasCheckpoints(const std::filesystem::path& run) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(run / "checkpoints", ignored))
        if (entry.path().extension() == ".json") return true;
    return false;
}

std::string fewerThreads(int asked, int used, bool resumed) {
    const std::string may = "Thaw may use " + std::to_string(used) + (used == 1 ? " processor here." : " processors here.");
    return "Of the " + std::to_string(asked) + " threads " +
           (resumed ? "that this run was to go on with, " : "that were asked for, ") + std::to_string(used) +
           (used == 1 ? " computes: " : " compute: ") + may;
}

}  // namespace

TorchTrainer::TorchTrainer(const std::filesystem::path& runDirectory, bool startPaused, int threads, std::filesystem::path data)
    : m_resumeFrom(absolutePath(runDirectory)), m_resumeData(std::move(data)), m_threadsAsked(threads), m_pause(startPaused) {
    m_resumeManifest = readManifest(m_resumeFrom);
    m_config = m_resumeManifest.config;
    m_config.output = m_resumeFrom;
    if (!hasCheckpoints(m_resumeFrom)) return;
    m_toRestore = CheckpointStore(m_resumeFrom).loadNewestUsable();
    m_loop = loopStateFromJson(m_toRestore->loopState);
}

void TorchTrainer::prepare() {
    switch (m_preparation) {
        case Preparation::Begin:
            if (m_threadsAsked == 0) m_threadsAsked = m_toRestore ? m_loop.threads : m_config.threads;
            m_threads = threadsFor(m_threadsAsked);
            m_config.threads = m_threads;
            if (m_threadsAsked > m_threads && m_loop.point != LoopPoint::Finished)
                keepNote(fewerThreads(m_threadsAsked, m_threads, isResumed()), true);
            useComputeThreads(m_threads);
            m_device = deviceOf(m_config);
            m_fingerprint = computeFingerprint(m_device, m_config.kernels);
            m_preparation = Preparation::FindData;
            break;
        case Preparation::FindData:
            if (findData()) m_preparation = Preparation::ReadTrain;
            break;
        case Preparation::ReadTrain:
            if (readSplit(Split::Train)) m_preparation = Preparation::ReadTest;
            break;
        case Preparation::ReadTest:
            if (!readSplit(validationSplit(m_config.data))) break;
            tellDamaged();
            if (m_train->count() == 0 || m_test->count() == 0)
                throw DataError("The data set has no pictures to train or to test with.",
                                "Raise the limits of pictures in the settings.");
            if (isResumed()) requireOwnPictures();
            progress("Reading the weights", 0, 0);
            m_preparation = Preparation::Model;
            break;
        case Preparation::Model:
            setUpModel();
            m_preparation = Preparation::Record;
            break;
        case Preparation::Record:
            setUpRecord();
            announceRun();
            m_preparation = Preparation::Measure;
            if (m_loop.point == LoopPoint::Finished) return enterLoop();
            m_times.setTimes(storedStageTimes(m_config));
            if (static_cast<int>(m_times.kept().stages.size()) != m_model->stageCount() ||
                m_times.kept().origin != TimesOrigin::Measured)
                m_measurement = std::make_unique<SpeedMeasurement>(*m_model, m_config.batchSize, m_device);
            break;
        case Preparation::Measure:
            if (m_measurement) {
                const bool done = m_measurement->advance(Deadline(0.06));
                progress("Measuring this machine's speed", m_measurement->done(), m_model->stageCount());
                if (!done) return;
                const StageTimes measured = m_measurement->times();
                const bool doubtful = measured.origin == TimesOrigin::Disturbed;
                m_times.setTimes(doubtful ? betterOf(m_times.kept(), measured) : measured);
                storeTimes();
                m_measurement.reset();
                m_model->releaseWorkspaces();
                returnFreeMemory();
            }
            enterLoop();
            break;
        case Preparation::Done:
            break;
    }
}

/// What is read beside step(); the thread that reads shares it.
struct TorchTrainer::DataRead {
    DatasetInfo dataset;
    ModelInput input;
    PictureReading reading;
};

/// Begins or goes on with the reading that the preparation waits for: null while it is not over.
std::shared_ptr<TorchTrainer::DataRead> TorchTrainer::readBeside(const std::string& activity,
                                                                 std::function<void(DataRead&)> read) {
    if (!m_reading) {
        m_dataRead = std::make_shared<DataRead>();
        m_reading = std::make_unique<BackgroundReading>([to = m_dataRead, read = std::move(read)](const CountCallback& progress) {
            to->reading.progress = progress;
            read(*to);
            to->reading.progress = nullptr;
        });
        progress(activity, 0, 0);
    }
    if (!m_reading->over(kLookAtReading)) {
        progress(activity, m_reading->done(), m_reading->total());
        return nullptr;
    }
    m_reading.reset();
    return std::move(m_dataRead);
}

bool TorchTrainer::findData() {
    const auto find = [wanted = m_config.data, modality = modalityOf(m_config.model), resumed = isResumed(),
                       run = m_resumeManifest, place = m_resumeData](DataRead& to) {
        to.dataset = resumed ? datasetOfRun(run, place) : resolveDataset(wanted, modality);
    };
    const auto read = readBeside("Looking for the data set", find);
    if (!read) return false;
    m_dataset = forInput(read->dataset, m_config);
    m_config.data.dataset = m_dataset.id;
    if (isResumed())
        requireOwnData();
    else
        m_config.data.ownValidation = m_config.data.heldOut == 0 && m_dataset.validationCount > 0;
    m_config.task = m_dataset.task;
    requireSettingsOfTask(m_config);
    requireLayersThatTrain(m_config, static_cast<int>(m_dataset.classNames.size()));
    return true;
}

bool TorchTrainer::readSplit(Split split) {
    const auto load = [dataset = m_dataset, split, config = m_config](DataRead& to) {
        to.input = modelInput(loadSplit(dataset, split, config.data, config.seed, &to.reading), config, to.reading.progress);
    };
    const auto read = readBeside("Reading " + m_dataset.title, load);
    if (!read) return false;
    (split == Split::Train ? m_train : m_test) = read->input.samples;
    (split == Split::Train ? m_source.trainTokens : m_source.testTokens) = read->input.tokens;
    m_damaged.insert(m_damaged.end(), read->reading.leftOut.begin(), read->reading.leftOut.end());
    return true;
}

/// Pictures that only their decoding showed to be bad join those that the listing left out.
void TorchTrainer::tellDamaged() {
    if (!isResumed()) requireMostReadable(m_dataset, m_damaged, m_train->count() + m_test->count());
    if (!m_damaged.empty()) {
        m_dataset.leftOut.insert(m_dataset.leftOut.end(), m_damaged.begin(), m_damaged.end());
        m_dataset.notes.push_back(noteOfLeftOut(m_damaged));
    }
    if (m_source.trainTokens) {
        const std::string note = noteOfTokens(*m_source.trainTokens, *m_source.testTokens, m_config.inputSize);
        if (!note.empty()) keepNote(note, /*warning=*/false);
    }
    for (const std::string& text : m_dataset.notes) keepNote(text, /*warning=*/!m_dataset.leftOut.empty());
}

/// The same of sets that are read while the run goes on, after each epoch: there others stand in for them.
void TorchTrainer::tellReplaced() {
    std::vector<LeftOutFile> found;
    for (const PictureSet* set : {m_train.get(), m_test.get()}) {
        const std::vector<LeftOutFile> bad = set->reader ? set->reader->damaged() : std::vector<LeftOutFile>();
        found.insert(found.end(), bad.begin(), bad.end());
    }
    if (found.size() == m_replaced) return;
    m_replaced = found.size();
    notice(noteOfLeftOut(found) + " Other pictures of their classes stand in for them.", /*warning=*/true);
    RunManifest manifest = m_record->manifest();
    for (const LeftOutFile& bad : found) {
        const auto same = [&bad](const LeftOutFile& known) { return known.file == bad.file; };
        if (std::none_of(manifest.leftOut.begin(), manifest.leftOut.end(), same)) manifest.leftOut.push_back(bad);
    }
    m_record->updateManifest(manifest);
}

/// Before anything of a run is continued: a class of another name or at another place would swap labels without a word.
void TorchTrainer::requireOwnData() {
    if (m_resumeManifest.classNames.empty()) return;  // an early record
    requireSameClasses(m_dataset, m_resumeManifest);
    if (m_loop.point != LoopPoint::Finished) requireSameCounts(m_dataset, m_resumeManifest);
}

void TorchTrainer::requireOwnPictures() {
    const auto differs = [](const std::string& recorded, const PictureSet& pictures) {
        return !recorded.empty() && recorded != pictures.identity.digest;
    };
    if (!differs(m_resumeManifest.trainDigest, *m_train) && !differs(m_resumeManifest.testDigest, *m_test)) return;
    const EngineInfo engine = engineInfo();
    // Other versions may read the same files to other pixels, and earlier ones counted other files.
    const bool sameReader = !m_resumeManifest.trainPerClass.empty() && m_resumeManifest.thawVersion == engine.thawVersion &&
                            m_resumeManifest.libtorchVersion == engine.libtorchVersion;
    if (sameReader && m_loop.point != LoopPoint::Finished) throw otherPictures(m_dataset);
    m_otherPictures = true;
}

void TorchTrainer::setUpModel() {
    const int classes = static_cast<int>(m_dataset.classNames.size());
    std::optional<TrunkWeights> trunk;
    if (m_config.initialization == Initialization::Pretrained) {
        try {
            trunk = trunkWeightsOf(m_config);
            m_weightsTitle = trunk->title;
            m_weightsDigest = trunk->digest;
            const std::string misfit = m_toRestore ? std::string() : scalingWarning(m_config.scaling, trunk->scaling);
            if (!misfit.empty()) keepNote(misfit, true);
        } catch (const Error& error) {
            if (!m_toRestore) throw;  // a resumed run has its weights in the checkpoint
            keepNote(std::string(error.what()) + " The checkpoint's weights are used; how far they moved counts from now on.",
                     true);
        }
    } else {
        m_weightsTitle = "Random";
    }
    m_model = buildModel(m_config, classes, trunk ? &*trunk : nullptr);
    m_info = m_model->info();
    m_initial.assign(m_info.layers.size(), {});
    const bool sameStart =
        m_config.initialization == Initialization::Random || (trunk && trunk->digest == m_resumeManifest.weightsDigest);
    if (m_toRestore && sameStart) rememberInitial(m_loop.everTrained);
    if (m_toRestore) restore(*m_toRestore);
    if (m_toRestore && !sameStart) rememberInitial(m_loop.everTrained);
    m_model->moveTo(m_device);
    m_model->setTrainable(LayerMask(m_info.layers.size(), false));
    if (!m_toRestore) m_loop.everTrained.assign(m_info.layers.size(), false);

    m_batcher.emplace(m_train->count(), m_config.batchSize, m_config.seed);
    if (m_config.classBalance.balancedSampling && m_config.task == TaskKind::OneLabel)
        m_batcher->balance(m_train->labels, classes);
    requireFigures(m_config.judging, m_config.task, classes);
    m_lossOptions = {m_config.labelSmoothing, classWeights(m_config.classBalance, *m_train, classes)};
    m_source.train = m_train;
    m_source.test = m_test;
    m_source.model = &m_info;
    m_source.scaling = m_config.scaling;
    m_source.inputSize = m_config.inputSize;
    m_source.device = m_device;
    m_source.ahead = std::make_shared<ReadAhead>();
    const FeatureSupply::Listener listener{[this](const std::string& activity, std::int64_t done, std::int64_t total,
                                                  double left) { progress(activity, done, total, left); },
                                           [this](const std::string& text, bool warning) { notice(text, warning); },
                                           forwardListener()};
    m_supply = std::make_unique<FeatureSupply>(m_config, *m_model, m_source, m_loop, m_fingerprint, listener);
    m_source.features = &m_supply->store();
}

void TorchTrainer::restore(const Checkpoint& checkpoint) {
    if (m_loop.mask.size() != m_info.layers.size() || m_loop.everTrained.size() != m_info.layers.size() || m_loop.phase < 0 ||
        m_loop.phase > static_cast<int>(m_config.phases.size()))
        throw StoreError("The checkpoint does not fit the run's settings.", "Start a new run.");
    loadModel(*m_model, checkpoint);
}

bool TorchTrainer::lacksMoments(const Checkpoint& checkpoint) const {
    const bool amidPhase = m_loop.point != LoopPoint::PhaseBegin && m_loop.point != LoopPoint::Finished;
    const bool hasMoments = m_loop.optimizer.kind != OptimizerKind::Sgd || m_loop.optimizer.momentum > 0;
    return amidPhase && hasMoments && !m_loop.optimizerSteps.empty() && checkpoint.optimizer.empty();
}

void TorchTrainer::makeOptimizer(const OptimizerConfig& config) {
    m_optimizer.emplace(config);
    m_optimizer->setParameters(trainableParameters());
}

std::vector<Parameter> TorchTrainer::trainableParameters() const {
    std::vector<Parameter> all;
    for (int i = 0; i < m_model->stageCount(); ++i)
        for (const Parameter& parameter : m_model->parameters(i))
            if (m_loop.mask[static_cast<std::size_t>(parameter.layer)]) all.push_back(parameter);
    return all;
}

void TorchTrainer::setUpRecord() {
    const bool finished = m_loop.point == LoopPoint::Finished;
    if (m_resumeFrom.empty()) {
        const EngineInfo engine = engineInfo();
        RunManifest manifest;
        manifest.config = m_config;
        manifest.datasetId = m_dataset.id;
        manifest.datasetTitle = m_dataset.title;
        manifest.trainDigest = m_train->identity.digest;
        manifest.testDigest = m_test->identity.digest;
        manifest.testOrigin = m_test->identity.origin;
        manifest.dataLocation = absolutePath(m_dataset.location);
        manifest.classNames = m_dataset.classNames;
        manifest.pictureKind = m_dataset.pictureKind;
        manifest.trainPerClass = m_dataset.trainPerClass;
        manifest.testPerClass = m_dataset.testPerClass;
        manifest.leftOut = m_dataset.leftOut;
        manifest.decisions = countingDecisions(m_dataset);
        manifest.weightsTitle = m_weightsTitle;
        manifest.weightsDigest = m_weightsDigest;
        manifest.machine = engine.processor + ", " + std::to_string(engine.cores) + " cores, " +
                           std::to_string((engine.memoryBytes + (1 << 29)) >> 30) + " GB";
        manifest.thawVersion = engine.thawVersion;
        manifest.libtorchVersion = engine.libtorchVersion;
        manifest.fingerprint = m_fingerprint + ", threads " + std::to_string(m_threads);
        manifest.notes = m_notes;
        m_record.emplace(RunRecord::create(manifest));
        m_directory = m_record->directory();
    } else {
        m_directory = m_resumeFrom;
        if (!finished) {
            m_record.emplace(RunRecord::open(m_resumeFrom));
            m_record->truncateAfter(m_loop.step, m_loop.epoch);
        }
    }
    m_config.output = m_directory;
    m_runId = m_directory.filename().string();
    m_checkpoints.emplace(m_directory);
    m_lastCheckpoint = Clock::now();
    if (m_toRestore) judgeExactness(finished);
    if (m_record && isResumed()) recordResumption();
}

void TorchTrainer::judgeExactness(bool finished) {
    std::vector<std::string> reasons;
    if (lacksMoments(*m_toRestore)) reasons.push_back("the checkpoint that is left has no moments of the optimiser");
    if (m_loop.threads != m_threads)
        reasons.push_back("threads " + std::to_string(m_loop.threads) + " -> " + std::to_string(m_threads));
    if (m_loop.fingerprint != m_fingerprint) reasons.push_back(m_loop.fingerprint + " -> " + m_fingerprint);
    if (m_otherPictures) reasons.push_back("the pictures are not those that the run was made with, or are read otherwise");
    for (const std::string& reason : reasons) m_bitExactReason += (m_bitExactReason.empty() ? "" : "; ") + reason;
    m_bitExact = reasons.empty();
    if (!m_bitExact && !finished) keepNote("The run continues, but not bit-exact: " + m_bitExactReason + ".", true);
    if (m_otherPictures && finished)
        keepNote(
            "The data set has other pictures than the run was made with: what is shown of them is not what it was judged by.",
            true);
}

/// What is new about a resumed run: where its data are now, and what is noteworthy this time.
void TorchTrainer::recordResumption() {
    RunManifest manifest = m_record->manifest();
    const std::size_t before = manifest.notes.size();
    for (const Notice& note : m_notes) {
        const auto known = [&note](const Notice& other) { return other.text == note.text; };
        if (std::none_of(manifest.notes.begin(), manifest.notes.end(), known)) manifest.notes.push_back(note);
    }
    if (!m_resumeData.empty()) {
        m_config.data.directory = manifest.config.data.directory = absolutePath(m_resumeData);
        manifest.dataLocation = absolutePath(m_dataset.location);
    }
    if (m_otherPictures) {  // from now on these are what it is judged by
        manifest.decisions = countingDecisions(m_dataset);
        manifest.trainDigest = m_train->identity.digest;
        manifest.testDigest = m_test->identity.digest;
        manifest.testOrigin = m_test->identity.origin;
    }
    if (m_otherPictures || !m_resumeData.empty() || manifest.notes.size() > before) m_record->updateManifest(manifest);
}

void TorchTrainer::announceRun() {
    RunStarted event;
    event.runId = m_runId;
    event.directory = m_directory;
    event.config = m_config;
    event.model = m_info;
    event.dataset = m_dataset;
    event.trainCount = m_train->count();
    event.testCount = m_test->count();
    event.stepsPerEpoch = m_batcher->batches();
    event.testPictures = m_test;
    event.device = describeDevice(m_device, m_threads);
    event.resumed = m_toRestore.has_value();
    event.resumedEpoch = m_loop.epoch;
    event.bitExact = m_bitExact;
    event.bitExactReason = m_bitExactReason;
    emit(std::move(event));
    for (const Notice& note : m_notes) emit(note);
    if (cachedVariants(m_config.augmentation) == 0 && m_config.cache.enabled)
        notice(
            "Pictures that are changed anew in each epoch cannot be kept in the feature cache: training computes every batch "
            "from "
            "its pictures. Kept variants, in the settings of augmentation, are the quick way.");
}

void TorchTrainer::enterLoop() {
    m_preparation = Preparation::Done;
    tellTimes();
    if (m_loop.point == LoopPoint::Finished) {
        m_toRestore.reset();
        m_loop.testRung = 0;
        // What trained last, as it stands when a run ends before one's eyes; not written again.
        if (m_loop.phase < static_cast<int>(m_config.phases.size()))
            emit(PhaseStarted{m_loop.phase, phase().title, m_loop.phaseFirstEpoch, phase().epochs, currentRate(), m_loop.mask},
                 /*record=*/false);
        tellMoved();
        return setState(TrainerState::Finished);
    }
    if (m_toRestore && m_loop.point != LoopPoint::PhaseBegin) {
        const Checkpoint checkpoint = std::move(*m_toRestore);
        m_model->setTrainable(m_loop.mask);
        makeOptimizer(m_loop.optimizer);
        if (lacksMoments(checkpoint)) m_loop.optimizerSteps.clear();  // it begins anew
        for (const auto& [parameter, step] : m_loop.optimizerSteps) {
            OptimizerRecord record;
            record.step = step;
            const std::string prefix = parameter + "/";
            for (const auto& [name, tensor] : checkpoint.optimizer) {
                if (name.rfind(prefix, 0) != 0) continue;
                record.moments[name.substr(prefix.size())] =
                    torch::from_blob(const_cast<void*>(tensor.data), tensor.shape).clone().to(m_device);
            }
            m_optimizer->setRecord(parameter, std::move(record));
        }
        m_restored = true;
        m_supply->plan();
        // Told again, but not written again: it stands in the record.
        emit(PhaseStarted{m_loop.phase, phase().title, m_loop.phaseFirstEpoch, phase().epochs, currentRate(), m_loop.mask},
             /*record=*/false);
        m_phaseAnnounced = true;
        if (!m_loop.kept.empty()) emit(LayersKept{0, m_loop.step, m_loop.kept}, /*record=*/false);
        tellMoved();
        m_pause.loopBegan();
    }
    m_toRestore.reset();
    setState(TrainerState::Running);
}

std::unique_ptr<Trainer> makeTrainer(const RunConfig& config, bool startPaused) {
    return std::make_unique<TorchTrainer>(config, startPaused);
}

std::unique_ptr<Trainer> resumeTrainer(const std::filesystem::path& runDirectory, bool startPaused, int threads,
                                       const std::filesystem::path& data) {
    return std::make_unique<TorchTrainer>(runDirectory, startPaused, threads, data);
}

}  // namespace thaw::core
