import FoundationEssentials
import LeakPolicy
import PacketDecoding

/// Who sent what, as a table of nftables in the guest remembers it: libnftables-json(5), written by `nft -j list table`.
struct SenderTable: Sendable {
    private var users: [Flow: Set<UInt32>] = [:]

    init(json: String) {
        guard let listing = try? JSONDecoder().decode(Listing.self, from: Data(json.utf8)) else { return }
        for set in listing.nftables.compactMap(\.set) {
            guard let kind = Kind(rawValue: set.name) else { continue }
            for element in set.elem ?? [] {
                guard let (flow, user) = kind.read(element.values) else { continue }
                users[flow, default: []].insert(user)
            }
        }
    }

    /// The users who sent a flow: none where the table knows nothing of it, several where it has been used again.
    func users(of flow: Flow) -> Set<UInt32> { users[flow] ?? [] }

    // MARK: - Reading

    private enum Kind: String {
        case tcp4, udp4, tcp6, udp6, other4, other6

        func read(_ values: [Scalar]) -> (Flow, UInt32)? {
            guard let user = values.last?.number.flatMap({ UInt32(exactly: $0) }) else { return nil }
            switch self {
            case .tcp4, .tcp6, .udp4, .udp6:
                guard values.count == 5, let source = endpoint(values[0], values[1]),
                    let destination = endpoint(values[2], values[3])
                else { return nil }
                let type: FlowProtocol = self == .tcp4 || self == .tcp6 ? .tcp : .udp
                return (Flow(protocol: type, source: .endpoint(source), destination: .endpoint(destination)), user)
            case .other4, .other6:
                guard values.count == 4, let source = values[1].address, let destination = values[2].address,
                    let type = values[0].protocol
                else { return nil }
                return (Flow(protocol: type, source: .address(source), destination: .address(destination)), user)
            }
        }

        private func endpoint(_ address: Scalar, _ port: Scalar) -> Endpoint? {
            guard let address = address.address, let port = port.number.flatMap({ UInt16(exactly: $0) }) else {
                return nil
            }
            return Endpoint(address: address, port: port)
        }
    }

    private struct Listing: Decodable {
        let nftables: [Item]
    }

    private struct Item: Decodable {
        let set: NamedSet?
    }

    private struct NamedSet: Decodable {
        let name: String
        let elem: [Element]?
    }

    private struct Element: Decodable {
        let values: [Scalar]

        private struct Wrapped: Decodable {
            let elem: Value
        }

        private struct Value: Decodable {
            let val: Joined
        }

        private struct Joined: Decodable {
            let concat: [Scalar]
        }

        init(from decoder: any Decoder) throws {
            values = try Wrapped(from: decoder).elem.val.concat
        }
    }

    /// An address, a protocol's name or a number.
    private enum Scalar: Decodable {
        case text(String)
        case number(Int)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        var number: Int? { if case .number(let number) = self { number } else { nil } }
        var address: IPAddress? { if case .text(let text) = self { IPAddress(text) } else { nil } }

        var `protocol`: FlowProtocol? {
            switch self {
            case .text("icmp"), .number(1): .icmp
            case .text("ipv6-icmp"), .text("icmpv6"), .number(58): .icmpv6
            case .text("igmp"), .number(2): .igmp
            case .number(let number): UInt8(exactly: number).map { .ip(IPProtocol(rawValue: $0)) }
            case .text: nil
            }
        }
    }
}
