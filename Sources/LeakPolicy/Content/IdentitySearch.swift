import PacketDecoding

/// Looks for what tells who the guest is: the addresses that its cards came with, and what was planted in it.
final class IdentitySearch: Sendable {
    private enum Identity: Hashable, Sendable {
        case address(MACAddress)
        case interfaceIdentifier(MACAddress)
        case planted(String)
    }

    private let ordered: [MACAddress]
    private let identities: [Identity]
    let search: SecretSearch

    init(addresses: Set<MACAddress>, secrets: [PlantedSecret]) {
        ordered = addresses.sorted()
        var identities: [Identity] = []
        var patterns: [SecretPattern] = []
        for address in ordered {
            patterns += SecretPattern.all(of: address, secret: identities.count)
            identities.append(.address(address))
            let identifier = address.modifiedEUI64
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: identifier >> (56 - 8 * UInt64($0))) }
            patterns += SecretPattern.all(of: bytes, secret: identities.count)
            identities.append(.interfaceIdentifier(address))
        }
        for secret in secrets {
            patterns += SecretPattern.all(of: secret.bytes, secret: identities.count)
            identities.append(.planted(secret.name))
        }
        self.identities = identities
        search = SecretSearch(patterns)
    }

    /// What is wrong with a frame from a station, or `nil` when it does not tell who the guest is.
    func flaw(of source: MACAddress?, _ bytes: Span<UInt8>) -> Flaw? {
        if let source, isReal(source) {
            return Flaw(.realSource, "it shows the hardware address \(source) that the guest's network card came with")
        }
        return search.first(in: bytes, 0..<bytes.count).map(flaw)
    }

    private func isReal(_ source: MACAddress) -> Bool {
        // A guest has a card or two, and a list of so few is looked through faster than a set.
        for address in ordered where address.rawValue == source.rawValue { return true }
        return false
    }

    /// What a match means.
    func flaw(of match: SecretSearch.Match) -> Flaw {
        switch identities[match.secret] {
        case .address(let address):
            Flaw(
                .realAddressInside,
                "it shows the hardware address \(address) that the guest's network card came with, \(match.encoding)"
            )
        case .interfaceIdentifier(let address):
            Flaw(
                .realInterfaceIdentifier,
                "it shows an interface identifier made of the hardware address \(address) that the guest's network "
                    + "card came with, \(match.encoding)"
            )
        case .planted(let name): Flaw(.secret, "it shows the \(name), \(match.encoding)")
        }
    }
}
