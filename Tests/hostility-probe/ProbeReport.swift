package import HostileNetwork

/// What a check saw, for the test that started it.
package struct ProbeReport: Codable, Sendable {
    /// What the victim saw before, during and after an attack.
    package var before = ""
    package var during = ""
    package var after = ""
    /// What the attacks say they did.
    package var records: [AttackRecord] = []
    /// What a bad link says it did.
    package var link = LinkRecord()
    /// What a scan found.
    package var scan = ScanReport()
    /// What was measured, by a name that the test knows.
    package var measured: [String: Double] = [:]

    package init() {}
}
