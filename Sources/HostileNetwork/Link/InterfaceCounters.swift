import FoundationEssentials

/// Counters of this network namespace's interfaces, from `/proc/net/dev`.
enum InterfaceCounters {
    /// How many frames a tap dropped because nobody took them in time (the 12th number of its line).
    static func droppedToGuest(of interface: String) -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/net/dev", encoding: .utf8)) ?? ""
        return dropped(by: interface, in: text)
    }

    static func dropped(by interface: String, in text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix("\(interface):") }
        let numbers = line?.split(separator: ":").last?.split(separator: " ") ?? []
        return numbers.count >= 12 ? Int(numbers[11]) ?? 0 : 0
    }
}
