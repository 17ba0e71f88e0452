#include "core/export/onnx_graph.h"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <limits>

#include "core/api/errors.h"

namespace thaw::core {
namespace {

constexpr int kIrVersion = 7, kOpset = 13;

void describe(onnx::ValueInfoProto& value, const std::string& name, const std::string& rows,
              const std::vector<std::int64_t>& shape) {
    value.set_name(name);
    onnx::TypeProto_Tensor& type = *value.mutable_type()->mutable_tensor_type();
    type.set_elem_type(onnx::TensorProto::FLOAT);
    type.mutable_shape()->add_dim()->set_dim_param(rows);
    for (const std::int64_t side : shape) type.mutable_shape()->add_dim()->set_dim_value(side);
}

struct SetAttribute {
    onnx::AttributeProto& attribute;
    void operator()(std::int64_t value) const {
        attribute.set_type(onnx::AttributeProto::INT);
        attribute.set_i(value);
    }
    void operator()(double value) const {
        attribute.set_type(onnx::AttributeProto::FLOAT);
        attribute.set_f(static_cast<float>(value));
    }
    void operator()(const std::string& value) const {
        attribute.set_type(onnx::AttributeProto::STRING);
        attribute.set_s(value);
    }
    void operator()(const std::vector<std::int64_t>& values) const {
        attribute.set_type(onnx::AttributeProto::INTS);
        for (const std::int64_t value : values) attribute.add_ints(value);
    }
};

}  // namespace

struct OnnxGraph::Impl {
    onnx::ModelProto model;
    int constants = 0, values = 0;

    onnx::GraphProto& graph() { return *model.mutable_graph(); }
    template <class Number>
    void add(const std::string& name, onnx::TensorProto::DataType type, const std::vector<std::int64_t>& shape,
             const Number* numbers) {
        onnx::TensorProto& tensor = *graph().add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        std::size_t count = 1;
        for (const std::int64_t side : shape) {
            tensor.add_dims(side);
            count *= static_cast<std::size_t>(side);
        }
        tensor.set_raw_data(numbers, count * sizeof(Number));
    }
    std::string nextConstant() { return "constant_" + std::to_string(++constants); }
};

OnnxGraph::OnnxGraph(const std::string& name) : m_impl(std::make_unique<Impl>()) {
    m_impl->model.set_ir_version(kIrVersion);
    m_impl->model.set_producer_name("Thaw");
    m_impl->model.set_producer_version(THAW_VERSION);
    m_impl->model.add_opset_import()->set_version(kOpset);
    m_impl->graph().set_name(name);
}

OnnxGraph::~OnnxGraph() = default;

void OnnxGraph::input(const std::string& name, const std::string& rows, const std::vector<std::int64_t>& shape) {
    describe(*m_impl->graph().add_input(), name, rows, shape);
}

void OnnxGraph::output(const std::string& name, const std::string& rows, const std::vector<std::int64_t>& shape) {
    describe(*m_impl->graph().add_output(), name, rows, shape);
}

void OnnxGraph::tensor(const std::string& name, const std::vector<std::int64_t>& shape, const float* numbers) {
    m_impl->add(name, onnx::TensorProto::FLOAT, shape, numbers);
}

std::string OnnxGraph::constant(const std::vector<float>& numbers, const std::vector<std::int64_t>& shape) {
    const std::string name = m_impl->nextConstant();
    m_impl->add(name, onnx::TensorProto::FLOAT, shape, numbers.data());
    return name;
}

std::string OnnxGraph::constant(const std::vector<std::int64_t>& numbers) {
    const std::string name = m_impl->nextConstant();
    m_impl->add(name, onnx::TensorProto::INT64, {static_cast<std::int64_t>(numbers.size())}, numbers.data());
    return name;
}

std::string OnnxGraph::constant(std::int64_t number) {
    const std::string name = m_impl->nextConstant();
    m_impl->add(name, onnx::TensorProto::INT64, {}, &number);
    return name;
}

std::string OnnxGraph::node(const std::string& operation, const std::vector<std::string>& inputs, const Attributes& attributes) {
    const std::string name = "value_" + std::to_string(++m_impl->values);
    onnx::NodeProto& node = *m_impl->graph().add_node();
    node.set_name(operation + '_' + std::to_string(m_impl->values));
    node.set_op_type(operation);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(name);
    for (const auto& [key, value] : attributes) {
        onnx::AttributeProto& attribute = *node.add_attribute();
        attribute.set_name(key);
        std::visit(SetAttribute{attribute}, value);
    }
    return name;
}

void OnnxGraph::rename(const std::string& value, const std::string& name) {
    onnx::NodeProto& node = *m_impl->graph().add_node();
    node.set_op_type("Identity");
    node.set_name(name);
    node.add_input(value);
    node.add_output(name);
}

std::string OnnxGraph::bytes(const std::map<std::string, std::string>& metadata) const {
    onnx::ModelProto& model = m_impl->model;
    model.clear_metadata_props();
    for (const auto& [key, value] : metadata) {
        onnx::StringStringEntryProto& entry = *model.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    }
    if (model.ByteSizeLong() > std::numeric_limits<std::int32_t>::max())
        throw StoreError("The model is larger than the 2 GB that an ONNX file can hold.", "Export it as TorchScript or Python.");
    onnx::checker::check_model(model);
    return model.SerializeAsString();
}

}  // namespace thaw::core
