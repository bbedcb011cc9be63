import Crypto
import Dispatch
import Glibc
import Synchronization
import SystemPackage

/// Digests of large files with holes, made by several threads.
///
/// ```
/// digest = SHA-256( "assay chunks 1\n", length, for each chunk that isn't all zeros: number, SHA-256(chunk) )
/// ```
/// Numbers have eight bytes, the least first. Chunks have 256 KiB, the last one what is left; a chunk of zeros counts
/// like a hole. So the digest depends on nothing but the content, whatever the file system made of it, and holes cost
/// nothing.
enum ChunksDigest {
    /// Fits into a processor's second cache, and is small against the pieces that guests leave untouched.
    static let chunkSize: Int64 = 256 << 10
    /// What a thread takes at a time: few calls, and an even load until the end.
    private static let chunksPerTurn: Int64 = 16

    /// A file, open for reading, and the length that it is known to have.
    struct Source: Sendable {
        let file: FileDescriptor
        let size: Int64

        fileprivate var turns: Int64 { (size + turnSize - 1) / turnSize }
    }

    /// What stopped the reading of one of the sources.
    struct ReadingError: Error {
        let source: Int
        let reason: Errno
    }

    private struct Chunk: Sendable {
        let source: Int
        let number: Int64
        let digest: [UInt8]
    }

    private static let turnSize = chunkSize * chunksPerTurn
    /// SEEK_DATA of lseek(2), which the C library's module hides.
    private static let seekData: Int32 = 3

    /// As many threads as help: more than four only wait for the memory.
    static var usualThreads: Int { min(4, max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// The digests of files in their order.
    ///
    /// - Throws: ``ReadingError``, or `CancellationError`.
    static func digests(of sources: [Source], threads: Int = usualThreads) async throws -> [String] {
        let stop = StopFlag()
        return try await withTaskCancellationHandler {
            try await onThread { try digests(of: sources, threads: threads, stop: stop) }
        } onCancel: {
            stop.isSet.store(true, ordering: .relaxed)
        }
    }

    private final class StopFlag: Sendable {
        let isSet = Atomic(false)
    }

    private static func digests(of sources: [Source], threads: Int, stop: StopFlag) throws -> [String] {
        // Turns of all files are numbered through: the first ones belong to the first file.
        let firstTurns = sources.indices.map { index in sources[..<index].reduce(0) { $0 + $1.turns } }
        let turns = sources.reduce(0) { $0 + $1.turns }
        let next = Atomic<Int64>(0)
        let chunks = Mutex<[Chunk]>([])
        let failure = Mutex<ReadingError?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(chunkSize), alignment: 4096)
            defer { buffer.deallocate() }
            var found: [Chunk] = []
            while !stop.isSet.load(ordering: .relaxed) {
                let turn = next.add(1, ordering: .relaxed).oldValue
                guard turn < turns, let source = firstTurns.lastIndex(where: { $0 <= turn }) else { break }
                do {
                    let start = (turn - firstTurns[source]) * turnSize
                    for (number, digest) in try read(sources[source], from: start, buffer: buffer) {
                        found.append(Chunk(source: source, number: number, digest: digest))
                    }
                } catch {
                    failure.withLock { $0 = ReadingError(source: source, reason: error as? Errno ?? .ioError) }
                    stop.isSet.store(true, ordering: .relaxed)
                }
            }
            chunks.withLock { $0 += found }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        if stop.isSet.load(ordering: .relaxed) { throw CancellationError() }
        return root(sources, chunks.withLock { $0 })
    }

    /// The chunks of one turn that aren't all zeros.
    private static func read(
        _ source: Source,
        from start: Int64,
        buffer: UnsafeMutableRawBufferPointer
    ) throws -> [(Int64, [UInt8])] {
        let end = min(start + turnSize, source.size)
        var found: [(Int64, [UInt8])] = []
        var position = start
        while position < end {
            // Where the next data lies; a file system that doesn't know says: here.
            let data = lseek(source.file.rawValue, Int(position), seekData)
            if data < 0, errno == ENXIO { break }
            let chunkStart = max(position, (data < 0 ? position : Int64(data)) / chunkSize * chunkSize)
            guard chunkStart < end else { break }
            let length = Int(min(chunkSize, source.size - chunkStart))
            let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer[..<length])
            try readFully(source.file, at: chunkStart, into: chunk)
            if !isZero(UnsafeRawBufferPointer(chunk)) {
                var hash = SHA256()
                hash.update(bufferPointer: UnsafeRawBufferPointer(chunk))
                found.append((chunkStart / chunkSize, Array(hash.finalize())))
            }
            position = chunkStart + chunkSize
        }
        return found
    }

    private static func readFully(
        _ file: FileDescriptor,
        at start: Int64,
        into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        var count = 0
        while count < buffer.count {
            let read = try file.read(
                fromAbsoluteOffset: start + Int64(count),
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            )
            // The file has become shorter than it was.
            guard read > 0 else { throw Errno.noData }
            count += read
        }
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress, let first = bytes.first else { return true }
        // Equal to itself moved by one byte: all bytes are like the first.
        return first == 0 && memcmp(base, base + 1, bytes.count - 1) == 0
    }

    private static func root(_ sources: [Source], _ chunks: [Chunk]) -> [String] {
        let bySource = Dictionary(grouping: chunks, by: \.source)
        return sources.indices.map { index in
            var hash = SHA256()
            hash.update(data: Array("assay chunks 1\n".utf8))
            hash.update(littleEndian: UInt64(sources[index].size))
            for chunk in (bySource[index] ?? []).sorted(by: { $0.number < $1.number }) {
                hash.update(littleEndian: UInt64(chunk.number))
                hash.update(data: chunk.digest)
            }
            return hexText(hash.finalize())
        }
    }
}
