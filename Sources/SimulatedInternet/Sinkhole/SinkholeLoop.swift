import ApplicationDecoding
import FoundationEssentials
import Glibc
import SystemPackage

/// What the sinkhole's thread does: waits for its sockets, listens, answers, and writes down.
struct SinkholeLoop: Sendable {
    let limits: SinkholeLimits
    let sockets: [SinkholeSocket]
    /// What time it tells.
    let clock: Watched<ServedTime>
    /// Where conversations are written as lines of JSON when all is over.
    let log: FilePath
    let traffic: Watched<SunkTraffic>

    /// Runs until it is time to end.
    func run(until ending: FileDescriptor) throws {
        var connections: [SunkConnection] = []
        var flows: [Flow: Place] = [:]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        defer {
            for connection in connections { try? connection.file.close() }
            for socket in sockets { try? socket.file.close() }
        }
        while let ready = try ServingThread.wait(for: sockets.map(\.file) + connections.map(\.file), or: ending) {
            connections = connections.compactMap { connection in
                guard ready.contains(connection.file.rawValue) else { return connection }
                return hear(connection, &buffer)
            }
            for socket in sockets where ready.contains(socket.file.rawValue) {
                switch socket.transport {
                case .tcp: accept(from: socket, into: &connections)
                case .udp: receive(from: socket, into: &flows, &buffer)
                }
            }
        }
        try writeLog()
    }

    // MARK: - Streams

    private func accept(from socket: SinkholeSocket, into connections: inout [SunkConnection]) {
        while let (file, source, destination) = socket.accept() {
            if connections.count >= limits.openConnections { try? connections.removeFirst().file.close() }
            let conversation = SunkConversation(
                time: Date(),
                transport: .tcp,
                source: source,
                destination: destination
            )
            send(SinkholeAnswers.greeting(port: destination.port), to: file)
            connections.append(
                SunkConnection(file: file, place: begin(conversation), conversation: conversation)
            )
        }
    }

    /// Takes what has arrived, and returns the connection unless it is over.
    private func hear(_ connection: SunkConnection, _ buffer: inout [UInt8]) -> SunkConnection? {
        let count = read(connection.file.rawValue, &buffer, buffer.count)
        guard count > 0 else {
            if count < 0, errno == EAGAIN { return connection }
            try? connection.file.close()
            return nil
        }
        var connection = connection
        connection.conversation.add(buffer[..<count], limit: limits.bytesKept)
        if !connection.isAnswered {
            connection.beginning += buffer[..<count].prefix(
                SunkConnection.longestBeginning - connection.beginning.count
            )
            let understood = SinkholeAnswers.answer(
                toStream: connection.beginning,
                from: connection.conversation.source,
                to: connection.conversation.destination
            )
            connection.conversation.protocolName = understood.protocolName
            connection.conversation.summary = understood.summary
            if let answer = understood.answer {
                send(answer, to: connection.file)
                // Only our half: what is still under way to us would otherwise reset the connection.
                _ = shutdown(connection.file.rawValue, Int32(SHUT_WR))
            }
            if understood.answer != nil || connection.beginning.count == SunkConnection.longestBeginning {
                (connection.isAnswered, connection.beginning) = (true, [])
            }
        }
        keep(connection.conversation, at: connection.place)
        return connection
    }

    private func send(_ bytes: [UInt8], to file: FileDescriptor) {
        // Answers are short and the first thing that is sent, so the kernel takes them whole or the connection is dead.
        if !bytes.isEmpty { _ = Glibc.send(file.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    }

    // MARK: - Datagrams

    private struct Flow: Hashable {
        let source: ServiceEndpoint
        let destination: ServiceEndpoint
    }

    private struct Place {
        let index: Int
        var conversation: SunkConversation
    }

    private func receive(from socket: SinkholeSocket, into flows: inout [Flow: Place], _ buffer: inout [UInt8]) {
        // As many as fit before the others have their turn.
        for _ in 0..<64 {
            let isReceived = socket.receive(&buffer) { bytes, source, destination in
                let now = Date()
                let flow = Flow(source: source, destination: destination)
                let place = flows[flow] ?? beginFlow(flow, bytes, at: now)
                if var place {
                    place.conversation.add(bytes, limit: limits.bytesKept)
                    keep(place.conversation, at: place.index)
                    flows[flow] = place
                }
                return SinkholeAnswers.answer(toDatagram: Array(bytes), port: destination.port, at: clock.value.now)
            }
            if !isReceived { return }
        }
    }

    private func beginFlow(_ flow: Flow, _ bytes: ArraySlice<UInt8>, at time: Date) -> Place? {
        var conversation = SunkConversation(
            time: time,
            transport: .udp,
            source: flow.source,
            destination: flow.destination
        )
        let first = Array(bytes)
        let said = Application.decode(first.span, 0..<first.count, udp: flow.source.port, flow.destination.port)
        (conversation.protocolName, conversation.summary) = (said.name, said.summary)
        return begin(conversation).map { Place(index: $0, conversation: conversation) }
    }

    // MARK: - Evidence

    private func begin(_ conversation: SunkConversation) -> Int? {
        var place: Int?
        traffic.update { place = $0.begin(conversation, limit: limits.conversationsKept) }
        return place
    }

    private func keep(_ conversation: SunkConversation, at place: Int?) {
        guard let place else { return }
        traffic.update { $0.replace(at: place, with: conversation) }
    }

    private func writeLog() throws(SimulatedInternetError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            let lines = try traffic.value.conversations.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
            try writeFile(log, lines.map { $0 + "\n" }.joined())
        } catch let error as SimulatedInternetError {
            throw error
        } catch {
            throw .fileUnusable(log.string, reason: "\(error)")
        }
    }
}

/// A connection to the sinkhole.
struct SunkConnection {
    let file: FileDescriptor
    /// Where it is kept, or `nil` when there was no room.
    let place: Int?
    var conversation: SunkConversation
    /// What it is understood by; emptied when it is.
    var beginning: [UInt8] = []
    /// Whether nothing more will be answered.
    var isAnswered = false

    static let longestBeginning = StreamReader.longestBeginning
}

extension SunkConversation {
    /// Takes more of what was said.
    mutating func add(_ bytes: ArraySlice<UInt8>, limit: Int) {
        byteCount += bytes.count
        firstBytes += bytes.prefix(max(0, limit - firstBytes.count))
    }
}
