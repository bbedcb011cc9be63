import CSinkholeSocket
import Glibc
import SystemPackage

/// A socket that hears what is sent to any address, and answers in its name.
struct SinkholeSocket {
    let file: FileDescriptor
    let transport: SunkConversation.Transport
    private let isIPv6: Bool
    /// Chosen by the kernel; 0 for datagrams, which come by a mark.
    let port: UInt16

    init(_ transport: SunkConversation.Transport, isIPv6: Bool) throws(SimulatedInternetError) {
        var port: UInt16 = 0
        let status =
            switch transport {
            case .tcp: csinkhole_listen(isIPv6, &port)
            case .udp: csinkhole_bind(isIPv6, SinkholeRules.mark)
            }
        guard status >= 0 else {
            throw .socketRefused("the sinkhole, \(transport.rawValue)", reason: "\(Errno(rawValue: -status))")
        }
        file = FileDescriptor(rawValue: status)
        (self.transport, self.isIPv6, self.port) = (transport, isIPv6, port)
    }

    /// Takes the next connection, or returns `nil` when there is none.
    func accept() -> (file: FileDescriptor, source: ServiceEndpoint, destination: ServiceEndpoint)? {
        var (source, destination) = (csinkhole_endpoint(), csinkhole_endpoint())
        let status = csinkhole_accept(file.rawValue, &source, &destination)
        guard status >= 0 else { return nil }
        return (FileDescriptor(rawValue: status), ServiceEndpoint(source), ServiceEndpoint(destination))
    }

    /// Takes the next datagram and answers it with what `answer` returns, or returns `false` when there is none.
    func receive(
        _ buffer: inout [UInt8],
        _ answer: (_ bytes: ArraySlice<UInt8>, _ source: ServiceEndpoint, _ destination: ServiceEndpoint) -> [UInt8]?
    ) -> Bool {
        var (source, destination) = (csinkhole_endpoint(), csinkhole_endpoint())
        var offset = 0
        let count = csinkhole_receive(
            file.rawValue,
            isIPv6,
            &buffer,
            buffer.count,
            &offset,
            &source,
            &destination
        )
        // Malformed is for the capture to tell; there may be more behind it.
        if count == -EPROTO { return true }
        guard count >= 0 else { return false }
        if let bytes = answer(
            buffer[offset..<offset + Int(count)],
            ServiceEndpoint(source),
            ServiceEndpoint(destination)
        ) {
            // Whether it arrives is the asker's affair: the source may be forged.
            _ = csinkhole_send(&destination, &source, bytes, bytes.count)
        }
        return true
    }
}

extension ServiceEndpoint {
    fileprivate init(_ endpoint: csinkhole_endpoint) {
        let bytes = withUnsafeBytes(of: endpoint.address) { Array($0) }
        self.init(address: IPText(bytes.prefix(endpoint.is_ipv6 ? 16 : 4)).description, port: endpoint.port)
    }
}
