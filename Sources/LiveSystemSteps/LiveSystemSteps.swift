public import LiveSystem
public import StepDefinitions

/// Every step that features of a live system can use.
public let liveSystemSteps: StepLibrary<LiveSystem> =
    cardSteps + computerSteps + elementSteps + enduranceSteps + internetSteps + isolationSteps + networkSteps
    + protectionSteps + screenSteps + serviceSteps + torSteps + trafficSteps
