// An ONNX file in the making, opset 13: what onnx_export fills, without onnx's own headers, which one source alone includes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace thaw::core {

class OnnxGraph {
public:
    using Attribute = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>>;
    using Attributes = std::map<std::string, Attribute>;

    explicit OnnxGraph(const std::string& name);
    ~OnnxGraph();
    OnnxGraph(const OnnxGraph&) = delete;
    OnnxGraph& operator=(const OnnxGraph&) = delete;

    /// float32 [rows, shape...], any number of rows; `rows` is what that number is called.
    void input(const std::string& name, const std::string& rows, const std::vector<std::int64_t>& shape);
    void output(const std::string& name, const std::string& rows, const std::vector<std::int64_t>& shape);
    /// A tensor by its name; the numbers are copied.
    void tensor(const std::string& name, const std::vector<std::int64_t>& shape, const float* numbers);
    /// Numbers without a name of their own: return the one that they get.
    std::string constant(const std::vector<float>& numbers, const std::vector<std::int64_t>& shape);
    std::string constant(const std::vector<std::int64_t>& numbers);
    std::string constant(std::int64_t number);  ///< a scalar
    /// An operation of ONNX; returns the name of its output.
    std::string node(const std::string& operation, const std::vector<std::string>& inputs, const Attributes& attributes = {});
    /// Under another name.
    void rename(const std::string& value, const std::string& name);

    /// The file's bytes, after onnx's own checker had no objection. Throws StoreError where they are more than the format holds.
    std::string bytes(const std::map<std::string, std::string>& metadata) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace thaw::core
