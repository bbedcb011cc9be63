import AssayCommandLine
import LiveSystemSteps

await AssaySuite(steps: liveSystemSteps + clockSteps).main()
