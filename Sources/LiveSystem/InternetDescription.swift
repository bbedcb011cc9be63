import SimulatedInternet
import StrictYAML

extension SystemDescription.Internet {
    /// Reads the key `internet:` of a description; what is left out is as it is by default.
    init(_ value: YAMLValue) throws(YAMLError) {
        let mapping = try value.mapping()
        var offersIPv6 = true
        if let value = try mapping.optionalBool("ipv6") { offersIPv6 = value }
        var time: ServedTime?
        if let value = mapping.optionalValue("clock") {
            let offset = try value.parsed(as: "how far off it is, such as “2 years ahead”") { ClockOffset($0) }
            time = ServedTime(offset: offset.duration)
        }
        var parts: Set<InternetPart> = []
        if let list = try mapping.optionalList("parts") {
            let known = InternetPart.allCases.map(\.rawValue).joined(separator: ", ")
            for item in list {
                let part = try item.parsed(as: "a part of the internet: \(known)") { InternetPart(rawValue: $0) }
                guard parts.insert(part).inserted else {
                    throw item.unexpected("a part that does not stand here twice")
                }
            }
        }
        var names: [String: [String]] = [:]
        if let mapping = try mapping.optionalMapping("names") {
            for name in mapping.keys { names[name] = try mapping.strings(name) }
        }
        updates = try mapping.optionalValue("updates")?.parsed(as: "the name of a folder beside this file") { text in
            text.contains("/") || text.isEmpty || text.hasPrefix(".") ? nil : text
        }
        configuration = InternetConfiguration(
            offersIPv6: offersIPv6,
            leasesIPv6: try mapping.optionalBool("dhcpv6") ?? false,
            names: names,
            time: time,
            parts: parts
        )
        do { try configuration.validate() } catch { throw value.unexpected("possible. \(error.summary)") }
    }
}
