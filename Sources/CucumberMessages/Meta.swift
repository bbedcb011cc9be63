/// What made the record, and on what.
package struct Meta: Codable, Hashable, Sendable {
    /// The version of the message format.
    package var protocolVersion: String
    /// The program that ran the scenarios.
    package var implementation: Product
    /// What the program runs on.
    package var runtime: Product
    /// The operating system of the host.
    package var os: Product
    /// The processor of the host.
    package var cpu: Product
    /// The build that the run belongs to.
    package var ci: ContinuousIntegration?

    /// Creates the message from its fields.
    package init(
        protocolVersion: String,
        implementation: Product,
        runtime: Product,
        os: Product,
        cpu: Product,
        ci: ContinuousIntegration? = nil
    ) {
        self.protocolVersion = protocolVersion
        self.implementation = implementation
        self.runtime = runtime
        self.os = os
        self.cpu = cpu
        self.ci = ci
    }
}

/// A named thing with a version.
package struct Product: Codable, Hashable, Sendable {
    /// The name.
    package var name: String
    /// The version.
    package var version: String?

    /// Creates the message from its fields.
    package init(name: String, version: String? = nil) {
        self.name = name
        self.version = version
    }
}

/// The build that a run belongs to.
package struct ContinuousIntegration: Codable, Hashable, Sendable {
    /// The engine.
    package var name: String
    /// The build's page.
    package var url: String?
    /// The build's number.
    package var buildNumber: String?

    /// Creates the message from its fields.
    package init(name: String, url: String? = nil, buildNumber: String? = nil) {
        self.name = name
        self.url = url
        self.buildNumber = buildNumber
    }
}
