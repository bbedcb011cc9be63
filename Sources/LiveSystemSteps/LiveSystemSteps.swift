public import LiveSystem
public import StepDefinitions

/// Every step that features of a live system can use.
public let liveSystemSteps: StepLibrary<LiveSystem> =
    computerSteps + elementSteps + isolationSteps + screenSteps + protectionSteps + torSteps + trafficSteps
