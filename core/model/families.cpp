#include "core/model/families.h"

namespace thaw::core {

void drawMeanClassifier(GraphBuilder& graph, int classes, const std::string& linear, const std::string& dropout, double rate) {
    Wire wire = graph.adaptiveAveragePool(graph.beginStage("classifier"), "avgpool", 1);
    wire = graph.plain(Op::Flatten, wire);
    if (!dropout.empty()) wire = graph.dropout(wire, dropout, rate);
    graph.endStage(graph.linear(wire, linear, classes));
}

}  // namespace thaw::core
