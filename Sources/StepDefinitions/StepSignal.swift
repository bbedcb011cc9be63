/// Ends a step without passing or failing it.
public enum StepSignal: Error, Hashable {
    /// The step is not written yet; the scenario is reported as pending.
    case pending(String)
    /// The scenario makes no sense here; the rest of it is skipped.
    case skipped(String)
}

/// Ends a step that is not written yet.
///
/// - Throws: ``StepSignal/pending(_:)``, always.
public func pending(_ reason: String = "This step is not written yet.") throws(StepSignal) -> Never {
    throw .pending(reason)
}

/// Skips the rest of a scenario that makes no sense here.
///
/// - Throws: ``StepSignal/skipped(_:)``, always.
public func skip(_ reason: String) throws(StepSignal) -> Never {
    throw .skipped(reason)
}
