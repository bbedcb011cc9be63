package import PacketDecoding

/// Endpoints of other hosts, one by one or by subnet.
package struct Destinations: Hashable, Sendable {
    private struct Range: Hashable, Sendable {
        let subnet: IPv4Subnet
        /// `nil` is every port.
        let port: UInt16?

        var order: (IPv4Address, Int, Int) { (subnet.network, subnet.prefixLength, port.map { Int($0) } ?? -1) }
    }

    /// IPv4 endpoints as numbers, sorted, since they are looked up for every frame.
    private var numbers: [UInt64] = []
    private var others: Set<Endpoint> = []
    /// Sorted, and a list for the same reason.
    private var ranges: [Range] = []

    /// Creates the set of these endpoints.
    package init(_ endpoints: some Sequence<Endpoint> = []) {
        for endpoint in endpoints { insert(endpoint) }
        numbers = Set(numbers).sorted()
    }

    /// Reads `ADDRESS:PORT`, `[IPV6]:PORT`, `SUBNET:PORT` or `SUBNET:*`.
    package init?(_ text: String) {
        self.init()
        if let endpoint = Endpoint(text) {
            insert(endpoint)
        } else if let colon = text.lastIndex(of: ":"), let subnet = IPv4Subnet(text[..<colon]) {
            let port = text[text.index(after: colon)...]
            // An endpoint is the strict reader of ports.
            guard port == "*" || Endpoint("0.0.0.0:\(port)") != nil else { return nil }
            ranges = [Range(subnet: subnet, port: port == "*" ? nil : UInt16(port))]
        } else {
            return nil
        }
    }

    package var isEmpty: Bool { numbers.isEmpty && others.isEmpty && ranges.isEmpty }

    package mutating func formUnion(_ other: Destinations) {
        numbers = Set(numbers).union(other.numbers).sorted()
        others.formUnion(other.others)
        ranges = Set(ranges).union(other.ranges).sorted { $0.order < $1.order }
    }

    func contains(_ address: IPv4Address, _ port: UInt16) -> Bool {
        let number = Self.number(address, port)
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        if low < numbers.count, numbers[low] == number { return true }
        for index in ranges.indices
        where ranges[index].subnet.contains(address) && (ranges[index].port ?? port) == port { return true }
        return false
    }

    func contains(_ address: IPv6Address, _ port: UInt16) -> Bool {
        !others.isEmpty && others.contains(Endpoint(address: .v6(address), port: port))
    }

    private mutating func insert(_ endpoint: Endpoint) {
        switch endpoint.address {
        case .v4(let address): numbers.append(Self.number(address, endpoint.port))
        case .v6: others.insert(endpoint)
        }
    }

    private static func number(_ address: IPv4Address, _ port: UInt16) -> UInt64 {
        UInt64(address.rawValue) << 16 | UInt64(port)
    }
}
