#include "core/model/inverted_residual.h"

namespace thaw::core {

void drawInvertedResidual(GraphBuilder& graph, const InvertedResidual& block) {
    graph.beginGroup(block.path);
    const Wire input = graph.beginStage(block.path);
    const auto unit = [&](Wire from, const std::string& conv, const std::string& norm, int channels, int kernel, int stride,
                          int groups) {
        ConvOptions options;
        options.stride = stride;
        options.groups = groups;
        options.same = block.same;
        return graph.batchNorm(graph.conv(from, conv, channels, kernel, options), norm, block.epsilon, block.momentum);
    };
    Wire wire = input;
    if (!block.expand.empty())
        wire = graph.plain(block.activation, unit(wire, block.expand, block.expandNorm, block.expanded, 1, 1, 1));
    wire = graph.plain(block.activation, unit(wire, block.depthwise, block.depthwiseNorm, block.expanded, block.kernel,
                                              block.stride, block.expanded));
    if (!block.squeeze.empty()) {
        ConvOptions options;
        options.bias = true;
        const Wire small =
            graph.plain(block.squeezeActivation, graph.conv(graph.squeeze(wire), block.squeeze, block.squeezed, 1, options));
        wire = graph.multiply(wire, graph.plain(block.gate, graph.conv(small, block.excite, block.expanded, 1, options)));
    }
    wire = unit(wire, block.project, block.projectNorm, block.channels, 1, 1, 1);
    if (block.stride == 1 && graph.channels(input) == block.channels) wire = graph.add(wire, input, block.path + ".sum");
    graph.endStage(wire, /*cut=*/true);
    graph.endGroup();
}

}  // namespace thaw::core
