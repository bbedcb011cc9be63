import StrictYAML

// Values that several rules have.
extension YAMLMapping {
    /// A word from a fixed list.
    func optionalCase<Value: RawRepresentable<String> & CaseIterable>(_ key: String) throws(YAMLError) -> Value? {
        guard let value = optionalValue(key) else { return nil }
        return try value.word()
    }

    /// Words from a fixed list.
    func cases<Value: RawRepresentable<String> & CaseIterable & Hashable>(
        _ key: String
    ) throws(YAMLError) -> Set<Value> {
        var values: Set<Value> = []
        for element in try list(key) { values.insert(try element.word()) }
        return values
    }

    /// Words from a fixed list; `nil` when the key is missing.
    func optionalCases<Value: RawRepresentable<String> & CaseIterable & Hashable>(
        _ key: String
    ) throws(YAMLError) -> Set<Value>? {
        optionalValue(key) == nil ? nil : try cases(key)
    }

    func optionalNumber(_ key: String, in range: ClosedRange<Int>) throws(YAMLError) -> Int? {
        guard let value = optionalValue(key) else { return nil }
        return try value.number(in: range)
    }

    /// The numbers of a list in their order; none when the key is missing.
    func optionalNumbers(_ key: String, in range: ClosedRange<Int>) throws(YAMLError) -> [Int] {
        var numbers: [Int] = []
        for element in try optionalList(key) ?? [] { numbers.append(try element.number(in: range)) }
        return numbers
    }
}

extension YAMLValue {
    fileprivate func word<Value: RawRepresentable<String> & CaseIterable>() throws(YAMLError) -> Value {
        let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return try parsed(as: "one of \(words)") { Value(rawValue: $0) }
    }

    func number(in range: ClosedRange<Int>) throws(YAMLError) -> Int {
        let number = try int()
        guard range.contains(number) else {
            throw unexpected("a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
