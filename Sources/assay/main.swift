import AssayCommandLine
import LiveSystemSteps

await AssaySuite(steps: liveSystemSteps, codeDigest: stepCodeDigest).main()
