/// One relay-to-be: everything but its keys.
package struct TorNodePlan: Hashable, Sendable {
    static let orPort: UInt16 = 9001
    static let dirPort: UInt16 = 9030
    static let obfs4Port: UInt16 = 9443

    /// The relay's name in logs and in the consensus.
    package let nickname: String
    let kind: TorRelay.Kind
    let address: String
    /// Where it asks for names; only exits have a reason to.
    let resolver: String

    var dirPort: UInt16? { kind == .authority ? Self.dirPort : nil }

    /// Where clients that were told of this relay connect to.
    var entry: ServiceEndpoint {
        ServiceEndpoint(address: address, port: kind == .bridge ? Self.obfs4Port : Self.orPort)
    }

    /// The relays of a network, authorities first.
    package static func nodes(_ size: TorNetworkSize) -> [TorNodePlan] {
        func some(_ count: Int, _ kind: TorRelay.Kind) -> [TorNodePlan] {
            (0..<count).map {
                TorNodePlan(
                    nickname: "\(kind.rawValue)\($0 + 1)",
                    kind: kind,
                    address: AddressPlan.relay(kind, index: $0),
                    resolver: AddressPlan.resolver(ofExit: kind == .exit ? $0 : 0)
                )
            }
        }
        return some(size.authorities, .authority) + some(size.guards, .guard) + some(size.exits, .exit)
            + some(size.bridges, .bridge)
    }
}

// MARK: - Keys

/// What was derived from a relay's keys.
package struct TorNodeIdentity: Hashable, Sendable, Codable {
    /// The RSA identity key's fingerprint: 40 hexadecimal digits.
    var fingerprint: String
    /// The fingerprint of an authority's long-term key.
    var authorityFingerprint: String?
    /// What a client of the obfs4 bridge has to know: `cert=… iat-mode=0`.
    var bridgeArguments: String?

    /// Creates an identity.
    package init(fingerprint: String, authorityFingerprint: String? = nil, bridgeArguments: String? = nil) {
        self.fingerprint = fingerprint
        self.authorityFingerprint = authorityFingerprint
        self.bridgeArguments = bridgeArguments
    }
}
