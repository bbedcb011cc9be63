/// The codes of the spoken languages that features can be written in.
package var languageCodes: [String] { Dialect.codes }

/// The first keyword of the kinds that every feature needs, in one language, for listings and tests.
package struct LanguageKeywords: Hashable, Sendable {
    /// Opens a feature.
    package let feature: String
    /// Opens a scenario.
    package let scenario: String
    /// Begin a step that makes something ready.
    package let given: [String]
}

/// Finds the keywords of a language.
package func languageKeywords(of code: String) -> LanguageKeywords? {
    guard let dialect = Dialect.named(code), let feature = dialect.feature.keywords.first,
        let scenario = dialect.scenario.keywords.first
    else { return nil }
    return LanguageKeywords(
        feature: feature.text,
        scenario: scenario.text,
        given: dialect.steps.keywords.filter { $0.type == .context }.map(\.text)
    )
}
