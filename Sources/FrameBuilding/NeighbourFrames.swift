package import PacketDecoding

// What hosts of IPv6 tell their link, as Linux writes it.
extension FrameBuilder {
    /// The station that frames for a group go to (RFC 2464, section 7).
    package static func station(of group: IPv6Address) -> MACAddress {
        MACAddress(rawValue: 0x3333_0000_0000 | group.low & 0xffff_ffff)
    }

    /// A message of ICMPv6 with every field that a trial may want wrong.
    package func icmpv6(
        _ type: UInt8,
        to destination: IPv6Address,
        _ body: [UInt8],
        code: UInt8 = 0,
        hopLimit: UInt8 = 255,
        routerAlert: Bool = false,
        station: MACAddress? = nil
    ) -> [UInt8] {
        let message = [type, code, 0, 0] + body
        let sum = internetChecksum(pseudoHeader(58, to: destination, count: message.count) + message)
        let alert: [UInt8] = routerAlert ? [58, 0, 5, 2, 0, 0, 1, 0] : []
        let target = station ?? (destination.isMulticast ? Self.station(of: destination) : nil)
        var frame = ipv6(
            routerAlert ? 0 : 58,
            to: destination,
            alert + message.putting(sum, at: 2),
            station: target
        )
        frame[21] = hopLimit
        return frame
    }

    package func neighbourSolicitation(
        for target: IPv6Address,
        options: [UInt8]? = nil,
        to destination: IPv6Address? = nil
    ) -> [UInt8] {
        let group = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_ff00_0000 | target.low & 0xff_ffff)
        let body: [UInt8] = [0, 0, 0, 0] + bytes(target.high) + bytes(target.low)
        return icmpv6(135, to: destination ?? group, body + (options ?? [1, 1] + source.bytes))
    }

    /// A report of version 2 about groups.
    package func listenerReport(_ groups: [IPv6Address], auxiliary: [UInt8] = [], hopLimit: UInt8 = 1) -> [UInt8] {
        var body: [UInt8] = [0, 0] + bytes(UInt16(groups.count))
        for group in groups {
            body += [4, UInt8(auxiliary.count / 4), 0, 0] + bytes(group.high) + bytes(group.low) + auxiliary
        }
        let reports = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)
        return icmpv6(143, to: reports, body, hopLimit: hopLimit, routerAlert: true)
    }

    /// A message of DHCPv6 from a client to all servers.
    package func dhcpv6(
        _ type: UInt8 = 1,
        options: [(UInt16, [UInt8])],
        to destination: IPv6Address = IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_0002)
    ) -> [UInt8] {
        var message: [UInt8] = [type, 1, 2, 3]
        for (code, data) in options { message += bytes(code) + bytes(UInt16(data.count)) + data }
        let frame = udp6(to: destination, 547, from: 546, message)
        return Self.station(of: destination).bytes + frame[6...]
    }

    /// A datagram to a group of IPv4, from the station that its address names.
    package func multicast(
        to group: IPv4Address,
        _ port: UInt16,
        from source: UInt16? = nil,
        timeToLive: UInt8 = 1,
        _ payload: [UInt8]
    ) -> [UInt8] {
        let station = MACAddress(rawValue: 0x0100_5e00_0000 | UInt64(group.rawValue & 0x7f_ffff))
        var frame = udp(
            to: Endpoint(address: .v4(group), port: port),
            from: source ?? port,
            payload,
            to: group.rawValue & 0xff == 0xff ? .broadcast : station
        )
        frame[22] = timeToLive
        return frame.withHeaderChecksum()
    }

    /// A report of version 3 about one group of IPv4.
    package func igmpReport(_ group: IPv4Address) -> [UInt8] {
        let message: [UInt8] = [0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0] + bytes(group.rawValue)
        let all = IPv4Address(rawValue: 0xe000_0016)
        var frame = ipv4(
            2,
            to: all,
            message.putting(internetChecksum(message), at: 2),
            options: [0x94, 4, 0, 0],
            to: MACAddress(rawValue: 0x0100_5e00_0016)
        )
        frame[22] = 1
        frame = frame.putting(0, at: 24)
        return frame.putting(internetChecksum(Array(frame[14..<38])), at: 24)
    }

    /// What the server answers to a request, so that the guest has an address.
    package func dhcpAcknowledgement(_ lease: IPv4Address, from gateway: IPv4Address) -> [UInt8] {
        var message: [UInt8] = [2, 1, 6, 0] + bytes(UInt32(0xdead_beef)) + [0, 0, 0, 0]
        message += [0, 0, 0, 0] + bytes(lease.rawValue) + [0, 0, 0, 0, 0, 0, 0, 0]
        message += source.bytes + Array(repeating: 0, count: 10 + 64 + 128) + [0x63, 0x82, 0x53, 0x63, 53, 1, 5, 255]
        var server = FrameBuilder()
        (server.source, server.destination, server.address) = (destination, source, gateway)
        return server.udp(to: Endpoint(address: .v4(lease), port: 68), from: 67, message)
    }
}
