// The headless program in a process of its own.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

namespace thaw::test {

constexpr int kCliPatience = 120'000;

struct CliOutcome {
    int exitCode = -1;  ///< -1: it crashed or hung
    QByteArray output, errors;
    QByteArray all() const { return output + errors; }
    QJsonObject json() const { return QJsonDocument::fromJson(output).object(); }
};

inline QProcess* startCli(const QStringList& arguments, QObject* parent) {
    auto* process = new QProcess(parent);
    process->start(QStringLiteral(THAW_BINARY_DIR "/thaw-cli"), arguments);
    return process;
}

inline CliOutcome finishCli(QProcess& process) {
    if (!process.waitForFinished(kCliPatience)) process.kill();
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

inline CliOutcome runCli(const QStringList& arguments) {
    QProcess process;
    process.start(QStringLiteral(THAW_BINARY_DIR "/thaw-cli"), arguments);
    return finishCli(process);
}

}  // namespace thaw::test
