import AssayCommandLine
import LiveSystemSteps
import StepDefinitions

await AssaySuite(steps: liveSystemSteps + clockSteps).main()
