#include "core/model/keras_h5_child.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>

#include <hdf5.h>
#include <nlohmann/json.hpp>

#include "core/api/weights_info.h"
#include "core/model/safetensors.h"
#include "core/model/trunk_match.h"
#include "core/model/untrusted.h"

namespace thaw::core {

namespace {

constexpr rlim_t kMemory = rlim_t{1} << 30;  // beyond what the program itself takes
constexpr rlim_t kSeconds = 60, kFileBytes = rlim_t{1} << 30;
constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxObjects = 20'000;
constexpr std::size_t kMaxNameBytes = 1024;
constexpr int kMaxDimensions = 32;

[[noreturn]] void fail(const std::string& why) { throw std::runtime_error(why); }

/// An HDF5 identifier of any kind, closed at the end of its scope.
class Handle {
public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {
        if (m_id < 0) fail("it is a damaged HDF5 file");
    }
    ~Handle() { m_close(m_id); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return m_id; }

private:
    hid_t m_id;
    herr_t (*m_close)(hid_t);
};

std::optional<DType> dtypeOf(hid_t type) {
    const std::size_t size = H5Tget_size(type);
    if (H5Tget_class(type) == H5T_FLOAT) {
        return size == 4   ? std::optional(DType::Float32)
               : size == 8 ? std::optional(DType::Float64)
               : size == 2 ? std::optional(DType::Float16)
                           : std::nullopt;
    }
    if (H5Tget_class(type) != H5T_INTEGER) return std::nullopt;
    switch (size) {
        case 1:
            return H5Tget_sign(type) == H5T_SGN_NONE ? DType::UInt8 : DType::Int8;
        case 2:
            return DType::Int16;
        case 4:
            return DType::Int32;
        case 8:
            return DType::Int64;
        default:
            return std::nullopt;
    }
}

/// Finds every dataset of numbers. Follows hard links only: a soft or external link could lead to another file.
class Walker {
public:
    struct Found {
        SourceTensor tensor;
        std::string name;  // with the layers' own names, where the file tells them
    };

    std::map<std::string, Found> found;  // by the path in the file

    void walk(hid_t group, const std::string& path, const std::string& named, int depth) {
        if (depth > kMaxDepth) fail("its groups are nested too deeply");
        H5G_info_t info;
        if (H5Gget_info(group, &info) < 0) fail("it is a damaged HDF5 file");
        for (hsize_t i = 0; i < info.nlinks; ++i) {
            if (++m_objects > kMaxObjects) fail("it has too many parts");
            H5L_info_t link;
            if (H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, &link, H5P_DEFAULT) < 0)
                fail("it is a damaged HDF5 file");
            if (link.type != H5L_TYPE_HARD) continue;
            const std::string name = linkName(group, i);
            const Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
            if (H5Iget_type(object) == H5I_GROUP) {
                walk(object, path + name + "/", named + layerName(object, name) + "/", depth + 1);
            } else if (H5Iget_type(object) == H5I_DATASET) {
                add(object, path + name, named + name);
            }
        }
    }

private:
    static std::string linkName(hid_t group, hsize_t index) {
        std::string name(kMaxNameBytes + 1, '\0');
        const ssize_t length =
            H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name.data(), name.size(), H5P_DEFAULT);
        if (length <= 0 || static_cast<std::size_t>(length) > kMaxNameBytes) fail("one of its names is too long");
        name.resize(std::strlen(name.c_str()));
        return name;
    }

    /// Keras 3 counts layers in the path (layers/conv2d_1/vars); its later versions write the layer's own name as an attribute of
    /// "vars".
    static std::string layerName(hid_t group, const std::string& name) {
        if (H5Lexists(group, "vars", H5P_DEFAULT) <= 0) return name;
        if (H5Aexists_by_name(group, "vars", "name", H5P_DEFAULT) <= 0) return name;
        const Handle attribute(H5Aopen_by_name(group, "vars", "name", H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        const Handle type(H5Aget_type(attribute), H5Tclose);
        const Handle space(H5Aget_space(attribute), H5Sclose);
        if (H5Tget_class(type) != H5T_STRING || H5Sget_simple_extent_npoints(space) != 1) return name;
        std::string own;
        if (H5Tis_variable_str(type) > 0) {
            char* text = nullptr;
            if (H5Aread(attribute, type, &text) < 0 || text == nullptr) return name;
            own.assign(text, ::strnlen(text, kMaxNameBytes));
            H5free_memory(text);
        } else {
            const std::size_t size = H5Tget_size(type);
            if (size > kMaxNameBytes) return name;
            own.resize(size);
            if (H5Aread(attribute, type, own.data()) < 0) return name;
            own.resize(::strnlen(own.c_str(), size));
        }
        return own.empty() || own.find('/') != std::string::npos ? name : own;
    }

    void add(hid_t dataset, const std::string& path, const std::string& name) {
        if (path.size() > kMaxNameBytes) fail("one of its names is too long");
        const Handle type(H5Dget_type(dataset), H5Tclose);
        const std::optional<DType> dtype = dtypeOf(type);
        if (!dtype) return;
        const Handle space(H5Dget_space(dataset), H5Sclose);
        const int rank = H5Sget_simple_extent_ndims(space);
        if (rank < 0 || rank > kMaxDimensions) fail("its tensor " + inQuotes(path) + " has too many dimensions");
        std::vector<hsize_t> sizes(static_cast<std::size_t>(rank) + 1);
        H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
        SourceTensor tensor;
        tensor.dtype = *dtype;
        std::int64_t count = 1;
        for (int i = 0; i < rank; ++i) {
            tensor.shape.push_back(static_cast<std::int64_t>(sizes[static_cast<std::size_t>(i)]));
            if (tensor.shape.back() < 0 || __builtin_mul_overflow(count, tensor.shape.back(), &count)) {
                fail("the shape of its tensor " + inQuotes(path) + " is too large");
            }
        }
        if (!found.emplace(path, Found{std::move(tensor), name}).second) fail("tensor " + inQuotes(path) + " stands there twice");
    }

    std::size_t m_objects = 0;
};

std::vector<float> readFloats(hid_t file, const std::string& path, std::size_t count) {
    const Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
    const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
    const H5D_layout_t layout = H5Pget_layout(creation);
    if (layout == H5D_VIRTUAL || H5Pget_external_count(creation) > 0)
        fail("its tensor " + inQuotes(path) + " lies in another file");
    const Handle type(H5Dget_type(dataset), H5Tclose);
    const hsize_t stored = H5Dget_storage_size(dataset);
    if (stored == 0 || (layout == H5D_CONTIGUOUS && stored != count * H5Tget_size(type)))
        fail("its tensor " + inQuotes(path) + " is not all there");
    std::vector<float> values(count);
    if (H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
        fail("its tensor " + inQuotes(path) + " cannot be read");
    }
    return values;
}

/// The file's tensors under the names to report, and where each is.
struct Names {
    std::map<std::string, SourceTensor> tensors;
    std::map<std::string, std::string> paths;  // by name
};

/// Both ways to name them, the layers' own names first.
std::vector<Names> namesOf(const Walker& walker) {
    Names own, places;
    for (const auto& [path, item] : walker.found) {
        own.tensors[item.name] = places.tensors[path.substr(1)] = item.tensor;
        own.paths[item.name] = places.paths[path.substr(1)] = path;
    }
    if (own.tensors.size() < places.tensors.size()) return {std::move(places)};  // two layers have the same name
    return {std::move(own), std::move(places)};
}

void convert(const char* input, const char* output) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    H5PLset_loading_state(0);  // filters from plug-ins would be foreign code
    const Handle file(H5Fopen(input, H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    Walker walker;
    {
        const Handle root(H5Gopen2(file, "/", H5P_DEFAULT), H5Gclose);
        walker.walk(root, "/", "", 0);
    }
    std::vector<Names> all = namesOf(walker);
    std::string model;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < all.size() && model.empty(); ++i)
        if (model = modelIn(all[i].tensors); !model.empty()) chosen = i;
    auto& [tensors, paths] = all[chosen];
    const TrunkMatch match = matchTrunk(tensors, layoutOf(model.empty() ? RunConfig().model : model));

    SafetensorsWriter writer;
    std::map<std::string, std::vector<float>> values;
    for (const auto& [index, item] : match.found) {
        SafetensorsEntry entry;
        entry.shape = tensors.at(item.name).shape;
        std::vector<float>& own = values[item.name];
        own = readFloats(file, paths.at(item.name), static_cast<std::size_t>(entry.count()));
        writer.add(item.name, DType::Float32, entry.shape, own.data());
        tensors.erase(item.name);
    }
    nlohmann::json others = nlohmann::json::array();
    for (const auto& [name, tensor] : tensors) {
        others.push_back({{"name", name}, {"dtype", toString(tensor.dtype)}, {"shape", tensor.shape}});
    }
    writer.setMetadata(kHdf5OthersKey, others.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    writer.write(output);
}

void limitSelf() {
    const auto limit = [](auto resource, rlim_t value) {
        const rlimit both{value, value};
        ::setrlimit(resource, &both);
    };
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, kSeconds);
    limit(RLIMIT_FSIZE, kFileBytes);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // their shadow memory takes terabytes of addresses
    unsigned long long pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    limit(RLIMIT_AS, static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + kMemory);
#endif
    std::signal(SIGXFSZ, SIG_IGN);
}

}  // namespace

int runHdf5ImportChild(int argc, char** argv) {
    if (argc != 4 || std::strcmp(argv[1], kHdf5ChildFlag) != 0) return -1;
    limitSelf();
    try {
        convert(argv[2], argv[3]);
        return 0;
    } catch (const std::bad_alloc&) {
        std::fputs("it needs too much memory", stdout);
    } catch (const std::exception& error) {
        std::fputs(error.what(), stdout);
    }
    return 1;
}

}  // namespace thaw::core
