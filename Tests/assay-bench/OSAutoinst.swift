import Foundation
import Subprocess
import SystemPackage

/// What os-autoinst's snapshots of the same guest take, by its own log.
///
/// It has no way to say that it is up that fits all guests, so that it gets three minutes for its boot.
func measureOSAutoinst(of guest: RealGuest, runs: Int) async throws -> [Figure] {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/isotovideo") else {
        // Debian's package forgets six of the modules that it loads.
        note(
            """
            os-autoinst is not installed (Debian packages os-autoinst, libtime-moment-perl, libjson-validator-perl, \
            libcpanel-json-xs-perl, liblist-moreutils-perl, libfile-chdir-perl, libmojo-ioloop-readwriteprocess-perl)
            """
        )
        return []
    }
    note("os-autoinst, \(runs) snapshots")
    let folder = guest.cache.appending(path: "os-autoinst")
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(runs: runs, guest, in: folder)
    let result = try await Subprocess.run(
        .name("isotovideo"),
        arguments: ["-d"],
        workingDirectory: FilePath(folder.path()),
        input: .none,
        output: .string(limit: 64 << 20),
        error: .combinedWithOutput
    )
    guard result.terminationStatus.isSuccess else {
        throw BenchError("isotovideo ended with \(result.terminationStatus): \(result.standardOutput.suffix(2000))")
    }
    let log = result.standardOutput
    guard !log.contains("internal-error") else { throw BenchError("os-autoinst's guest did not run") }
    return [
        Figure(
            name: "os-autoinst, snapshot saved",
            unit: "s",
            values: spans(from: "Creating a VM snapshot", to: "Snapshot complete", in: log)
        ),
        Figure(
            name: "os-autoinst, snapshot loaded",
            unit: "s",
            values: spans(from: "Loading a VM snapshot", to: "Restored snapshot", in: log)
        ),
    ]
}

/// Writes a test that boots, and then saves and loads.
private func write(runs: Int, _ guest: RealGuest, in folder: URL) throws {
    let tests = folder.appending(path: "case/tests")
    for path in [tests, folder.appending(path: "case/needles")] {
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
    }
    let places = folder.path()
    let settings = [
        "ARCH": "x86_64", "BACKEND": "qemu", "DISTRI": "bench", "VERSION": "1", "FLAVOR": "bench", "TEST": "bench",
        "CASEDIR": "\(places)/case", "PRODUCTDIR": "\(places)/case", "NEEDLES_DIR": "\(places)/case/needles",
        // Its choice among the names of QEMU falls on the one that switches KVM on.
        "QEMU": "x86_64", "QEMU_NO_KVM": "1", "QEMUMACHINE": "pc", "QEMUCPU": "max,erms=off", "QEMUCPUS": "2",
        "QEMURAM": "\(RealGuest.mebibytes)", "ISO": guest.image.path(), "BOOTFROM": "cdrom", "NUMDISKS": "1",
        "HDDSIZEGB": "1", "NOVIDEO": "1", "VNC": "\(Int.random(in: 100...900))",
    ]
    try JSONEncoder().encode(settings).write(to: folder.appending(path: "vars.json"))

    var names: [String] = []
    func module(_ name: String, flag: String, _ body: String) throws {
        names.append(name)
        let text = """
            use base 'basetest';
            use strict;
            use warnings;
            use testapi;
            sub run { \(body) }
            sub test_flags { return {\(flag) => 1}; }
            1;
            """
        try text.write(to: tests.appending(path: "\(name).pm"), atomically: false, encoding: .utf8)
    }
    let options = "sleep 10; send_key 'tab'; type_string ' no_timer_check'; send_key 'ret'; sleep 180;"
    try module("boot", flag: "milestone", options)
    for number in 1..<max(runs, 2) { try module("save\(number)", flag: "milestone", "sleep 2;") }
    // A module that fails is followed by a rollback.
    for number in 0..<runs + 1 {
        try module("load\(number)", flag: "always_rollback", "sleep 2; die 'to be rolled back';")
    }
    let loads = names.map { "autotest::loadtest 'tests/\($0).pm';" }.joined(separator: "\n")
    try "use strict;\nuse warnings;\nuse testapi;\nuse autotest;\n\(loads)\n1;\n"
        .write(to: folder.appending(path: "case/main.pm"), atomically: false, encoding: .utf8)
}

/// The seconds between lines of a log that have the times of their writing.
private func spans(from start: String, to end: String, in log: String) -> [Double] {
    var began: Double?
    var spans: [Double] = []
    for line in log.split(separator: "\n") {
        guard let time = line.firstMatch(of: /\[\d+-\d+-\d+T(\d+):(\d+):([\d.]+)Z\]/),
            let hours = Double(time.1), let minutes = Double(time.2), let seconds = Double(time.3)
        else { continue }
        let moment = hours * 3600 + minutes * 60 + seconds
        if line.contains(start) { began = began ?? moment }
        if line.contains(end), let first = began {
            spans.append(moment - first)
            began = nil
        }
    }
    return spans
}
