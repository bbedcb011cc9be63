/// Beside what a job may run.
package struct Company: Codable, Hashable, Sendable {
    /// Whether nothing else may run on the host meanwhile.
    package var isAlone: Bool
    /// It does not run beside others that have one of these names too.
    package var series: Set<String>

    /// Describes a job that runs beside anything, unless told otherwise.
    package init(isAlone: Bool = false, series: Set<String> = []) {
        self.isAlone = isAlone
        self.series = series
    }

    /// Whether any other job may run beside it.
    package var isOpen: Bool { !isAlone && series.isEmpty }

    /// Whether a job may join those that run.
    package func joins(_ others: some Sequence<Company>) -> Bool {
        others.allSatisfy { other in
            !isAlone && !other.isAlone && series.isDisjoint(with: other.series)
        }
    }
}
