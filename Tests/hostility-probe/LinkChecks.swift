import Foundation
import Glibc
import GuestNetwork
import HostileNetwork
import SimulatedInternet

// What a victim notices of a bad link, before, during and after.
extension Check {
    /// Asks the gateway for an echo many times.
    func ping(_ internet: SimulatedInternet, _ quality: LinkQuality, count: Int) async throws -> ProbeReport {
        try await setAddress()
        let script = "\(enter) busybox ping -c \(count) -i 0.01 -W 3 10.2.1.1 | tail -n 2 || true"
        return try await compare(internet, quality) { try await shell(script) }
    }

    /// Fetches bytes from a server on the host.
    func transfer(_ internet: SimulatedInternet, _ quality: LinkQuality, bytes: Int) async throws -> ProbeReport {
        try await setAddress()
        let server = try ByteServer(bytes: bytes)
        let script = """
            \(enter) bash -c 'exec 3<>/dev/tcp/10.2.1.1/\(server.port); echo >&3; cat <&3 | wc -c'
            """
        var times: [String] = []
        var report = try await compare(internet, quality) {
            let began = ContinuousClock.now
            let text = try await shell(script)
            return "\(text.prefix { $0.isNumber }) \((ContinuousClock.now - began) / .seconds(1))"
        }
        times = [report.before, report.during, report.after]
        for (name, text) in zip(["before", "during", "after"], times) {
            let words = text.split(separator: " ")
            report.measured["\(name) bytes"] = words.first.flatMap { Double($0) }
            report.measured["\(name) seconds"] = words.last.flatMap { Double($0) }
        }
        return report
    }

    /// Makes a perfect link lose everything, and then nothing again.
    func changeLink(_ internet: SimulatedInternet) async throws -> ProbeReport {
        try await setAddress()
        let script = "\(enter) busybox ping -c 3 -i 0.01 -W 1 10.2.1.1 | tail -n 2 || true"
        let quality = Watched(LinkQuality())
        let record = Watched(LinkRecord())
        return try await withLinkQuality(quality, in: internet, record: record) {
            var report = ProbeReport()
            report.before = try await shell(script)
            quality.update { $0.loss = 1 }
            report.during = try await shell(script)
            quality.update { $0.loss = 0 }
            report.after = try await shell(script)
            return report
        }
    }

    func linkTwice(_ internet: SimulatedInternet) async throws -> ProbeReport {
        try await setAddress()
        let script = "\(enter) busybox ping -c 3 -i 0.01 -W 1 10.2.1.1 | tail -n 2 || true"
        let quality = Watched(LinkQuality(delay: .milliseconds(20)))
        var report = try await withLinkQuality(quality, in: internet, record: Watched(LinkRecord())) {
            var report = ProbeReport()
            do {
                try await withLinkQuality(quality, in: internet, record: Watched(LinkRecord())) {}
            } catch {
                report.before = "\(error)"
            }
            // The first one is still there.
            report.during = try await shell(script)
            return report
        }
        report.after = try await shell("\(script); ip -brief link; nft list tables")
        return report
    }

    private func compare(
        _ internet: SimulatedInternet,
        _ quality: LinkQuality,
        _ look: @escaping @Sendable () async throws -> String
    ) async throws -> ProbeReport {
        var report = ProbeReport()
        let began = ProcessorTime.now
        report.before = try await look()
        let record = Watched(LinkRecord())
        let before = ProcessorTime.now
        report.during = try await withLinkQuality(Watched(quality), in: internet, record: record, body: look)
        // What exceeds the time without it is the link's: this process carries the victim's frames all the time.
        report.measured["processor seconds before"] = before - began
        report.measured["processor seconds during"] = ProcessorTime.now - before
        report.link = record.value
        report.after = try await look()
        return report
    }
}

/// The time that this process has used a processor.
enum ProcessorTime {
    static var now: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}

/// A server that sends bytes to whoever sends a line, one client after the other, until the process ends.
struct ByteServer {
    let port: UInt16

    init(bytes: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutableBytes(of: &address) { raw in
            let pointer = raw.assumingMemoryBound(to: sockaddr.self).baseAddress
            return bind(listener, pointer, length) == 0 && listen(listener, 4) == 0
                && getsockname(listener, pointer, &length) == 0
        }
        guard status else { throw ScriptFailed(description: "no server: \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread {
            let data = [UInt8](repeating: 0x41, count: bytes)
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                var line = [UInt8](repeating: 0, count: 16)
                _ = recv(client, &line, line.count, 0)
                var sent = 0
                while sent < bytes {
                    let count = data[sent...].withUnsafeBytes {
                        send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { break }
                    sent += count
                }
                close(client)
            }
        }
    }
}
