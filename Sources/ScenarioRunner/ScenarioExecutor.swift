import CucumberMessages
import Diagnostics
package import ScenarioWorlds
package import StepDefinitions
import Synchronization
package import Verdicts

/// Runs the hooks and steps of one scenario in a world, and says what that proves.
///
/// ```
/// set up ──> before hooks ──> step ──> step ──> … ──> after hooks ──> tear down and judge ──> verdict
///    │           │              │ fails or is interrupted: the remaining steps are skipped,
///    └───────────┴──────────────┴ hooks that run afterwards are not
///                └── conditions that were demanded are watched ──┘
/// ```
package struct ScenarioExecutor<Provider: WorldProvider>: Sendable {
    private let library: StepLibrary<Provider.World>
    private let provider: Provider
    private let stepDeadline: Duration
    private let clock: any Clock<Duration>
    private let pauser: Pauser<Provider.World>?
    private let begin: @Sendable () async -> Bool
    private let emit: @Sendable (WorkerEvent) -> Void

    /// Creates an executor.
    ///
    /// - Parameters:
    ///   - library: The definitions that the plan was made with.
    ///   - provider: Makes the world.
    ///   - stepDeadline: How long any step may take; steps have tighter deadlines of their own.
    ///   - clock: What deadlines go by.
    ///   - pauser: Decides at each step and at each failure what becomes of it, if a person is there to decide.
    ///   - begin: Returns when a scenario that waits may begin, and whether it may.
    ///   - emit: Takes what is to be recorded, in order.
    package init(
        library: StepLibrary<Provider.World>,
        provider: Provider,
        stepDeadline: Duration,
        clock: any Clock<Duration> = ContinuousClock(),
        pauser: Pauser<Provider.World>? = nil,
        begin: @escaping @Sendable () async -> Bool = { true },
        emit: @escaping @Sendable (WorkerEvent) -> Void
    ) {
        self.library = library
        self.provider = provider
        self.stepDeadline = stepDeadline
        self.clock = clock
        self.pauser = pauser
        self.begin = begin
        self.emit = emit
    }

    /// Runs a scenario to its verdict; every hook and step gets a result.
    package func run<Settings>(_ job: WorkerJob<Settings>) async -> Verdict {
        let recorder = AttemptRecorder(
            testCaseStartedId: job.testCaseStartedId,
            evidenceFolder: job.evidenceFolder,
            emit: emit
        )
        let context = ScenarioContext(
            name: job.pickle.name,
            tags: job.pickle.tags.map(\.name),
            evidenceFolder: job.evidenceFolder,
            start: job.start,
            stateFolder: job.stateFolder,
            sink: { recorder.receive($0) }
        )
        let progress = Progress(
            steps: job.testCase.testSteps,
            recorder: recorder,
            interruption: context.interruption,
            clock: clock
        )
        // What is prepared ahead belongs to no scenario's time; its set-up is what is left to do at the beginning.
        if !job.waitsToBegin { await progress.open() }
        let watch = ConditionWatch(interruption: context.interruption, clock: clock, checkDeadline: stepDeadline)
        let demanded = Mutex<[ConditionReport]>([])
        var conditions: [ConditionReport] = []
        var broken: (any Error)?
        do {
            conditions = try await provider.withWorld(for: context) { world in
                if job.waitsToBegin {
                    self.emit(.ready)
                    guard await self.begin() else { return }
                    await progress.open()
                }
                await progress.end(.passed)
                let acts = self.acts(of: job)
                let watched = acts.prefix { $0.isWatched }
                let reports = await watch.during(hasPassed: { await progress.hasPassed }) {
                    for act in watched { await self.run(act, of: job, in: world, progress, context, watch) }
                }
                demanded.withLock { $0 = reports }
                for act in acts.dropFirst(watched.count) {
                    await self.run(act, of: job, in: world, progress, context, watch)
                }
                await self.pauseAtEnd(in: world, of: job.pickle, progress, context, watch)
                await world.scenarioEnds(hasPassed: progress.hasPassed)
                await progress.begin()
            }
        } catch let error as BrokenWorld {
            broken = error.cause
            conditions = error.conditions
        } catch {
            broken = error
        }
        if job.waitsToBegin, await !progress.isOpen {
            // Given up before its turn, it leaves no trace; else what broke while it was prepared is its result.
            guard broken != nil, await begin() else {
                return Verdict(stepFailure: RunnerError.cancelled, interruption: nil, worldFailure: nil, conditions: [])
            }
            await progress.open()
        }
        if broken == nil, await progress.isSettingUp { broken = RunnerError.nothingRan }
        // What happened until the checkpoint happened to this scenario too.
        if let start = job.start { conditions = conditions.map { $0.continuing(start.evidence) } }
        conditions += demanded.withLock { $0 }
        let verdict = Verdict(
            stepFailure: await progress.failure,
            softFailures: await progress.softFailures,
            interruption: context.interruption.error,
            worldFailure: broken,
            conditions: conditions
        )
        await progress.close(worldFailure: broken, conditions: conditions)
        return verdict
    }

    // MARK: - What there is to run

    /// One hook or step between set-up and tear-down.
    private struct Act: Sendable {
        let text: String
        /// A hook that runs however the scenario ended.
        var runsAfterFailure = false
        var isStep = false
        /// What keeps the state, which must be one in which everything is as expected.
        var keepsState = false
        /// Why the step can't be run at all.
        var gap: DefinitionGap?
        let body: @Sendable (Provider.World) async throws -> Void

        /// Whether conditions have to hold meanwhile.
        var isWatched: Bool { !runsAfterFailure && !keepsState }
    }

    private func acts<Settings>(of job: WorkerJob<Settings>) -> [Act] {
        let tags = job.pickle.tags.map(\.name)
        let before = library.hooks(.beforeTestCase, for: tags)
        let after = library.hooks(.afterTestCase, for: tags)
        return job.testCase.testSteps.dropFirst().dropLast().map { testStep in
            if let hook = (before + after).first(where: { $0.id == testStep.hookId }) {
                let isAfterwards = after.contains { $0.id == hook.id }
                return Act(text: hook.name ?? "hook", runsAfterFailure: isAfterwards) { world in
                    try await hook.run(in: world)
                }
            }
            if testStep.hookId == Plan.keepHook {
                return Act(text: "keep the state", keepsState: true) { try await $0.keepState() }
            }
            let step = job.pickle.steps.first { $0.id == testStep.pickleStepId }
            if let step, let start = job.start, step.id == job.pickle.steps.first?.id, step.text == start.title {
                return Act(text: step.text, isStep: true) { try await $0.restore() }
            }
            let match = step.map { library.match($0) }
            let gap = DefinitionGap(testStep, text: step?.text ?? testStep.id)
            return Act(text: step?.text ?? "", isStep: true, gap: gap) { world in
                if let gap { throw gap }
                guard case .one(let prepared) = match else {
                    throw RunnerError.definitionVanished(step?.text ?? testStep.id)
                }
                var result: Result<Void, any Error>
                do {
                    for hook in library.hooks(.beforeTestStep, for: tags) { try await hook.run(in: world) }
                    result = .success(try await prepared.run(in: world, argument: step?.argument))
                } catch {
                    result = .failure(error)
                }
                for hook in library.hooks(.afterTestStep, for: tags) {
                    do { try await hook.run(in: world) } catch {
                        // The step's own error comes first: it may be why the hook failed.
                        if case .success = result { result = .failure(error) }
                    }
                }
                try result.get()
            }
        }
    }

    // MARK: - Running it

    private func run<Settings>(
        _ act: Act,
        of job: WorkerJob<Settings>,
        in world: Provider.World,
        _ progress: Progress,
        _ context: ScenarioContext,
        _ watch: ConditionWatch
    ) async {
        let (goesOn, hasPassed) = await (progress.goesOn, progress.hasPassed)
        guard act.runsAfterFailure || (act.keepsState ? hasPassed : goesOn) else { return await progress.skip(act.gap) }
        let helped = Mutex(false)
        let decide: (Pause<Provider.World>.Reason) async -> Pause<Provider.World>.Decision = { reason in
            guard act.isStep, let pauser else { return .goOn }
            let decision = await pauser(
                Pause(step: act.text, reason: reason, world: world, scenario: context) { text in
                    helped.withLock { $0 = true }
                    try await self.perform(text, of: job.pickle, in: world, context, watch)
                }
            )
            if case .quit? = decision { context.interruption.interrupt(with: StoppedByHand()) }
            return decision ?? .goOn
        }
        let first = await decide(.before)
        await progress.begin()
        guard first != .quit else { return await progress.fail(StoppedByHand()) }
        guard first != .skip else { return await progress.failSoftly([HelpedByHand(step: act.text)]) }
        var (failure, softFailures): ((any Error)?, [any Error]) = (nil, [])
        var decision = Pause<Provider.World>.Decision.retry
        while decision == .retry {
            if act.isStep { await world.stepBegins(act.text) }
            (failure, softFailures) = await attempt(act, of: job.pickle, in: world, context, watch, hasPassed)
            if act.isStep { await world.stepEnded(act.text, error: failure ?? softFailures.first) }
            guard let error = failure ?? softFailures.first, !(error is StepSignal), !(error is DefinitionGap) else {
                break
            }
            decision = await decide(.failed(error))
            if decision == .retry || decision == .skip { helped.withLock { $0 = true } }
        }
        if decision == .skip { (failure, softFailures) = (nil, []) }
        if helped.withLock({ $0 }) { softFailures.append(HelpedByHand(step: act.text)) }
        switch failure {
        case nil where softFailures.isEmpty: await progress.end(.passed)
        case nil: await progress.failSoftly(softFailures)
        case let signal as StepSignal where softFailures.isEmpty:
            await progress.end(signal, isAfterwards: act.runsAfterFailure)
        case let signal as StepSignal: await progress.failSoftly(softFailures, signal: signal)
        case let gap as DefinitionGap: await progress.end(gap)
        case let failure?: await progress.fail(failure, besides: softFailures)
        }
    }

    /// Runs an act once.
    ///
    /// - Returns: Why it did not pass, and what was not as expected though it went on.
    private func attempt(
        _ act: Act,
        of pickle: Pickle,
        in world: Provider.World,
        _ context: ScenarioContext,
        _ watch: ConditionWatch,
        _ hasPassed: Bool
    ) async -> (failure: (any Error)?, soft: [any Error]) {
        let soft = Mutex<[any Error]>([])
        do {
            let description = ScenarioDescription(
                name: pickle.name,
                tags: context.tags,
                uri: pickle.uri,
                hasFailed: !hasPassed
            )
            var services = StepServices()
            services.keep = { context.keep($0) }
            services.failSoftly = { error in soft.withLock { $0.append(error) } }
            services.open = { condition in
                guard act.isWatched else { throw ConditionError.tooLate(condition.name) }
                // A hook runs again before the scenarios that start from the state; a step does not.
                guard !act.isStep || context.stateFolder == nil else {
                    throw ConditionError.inCheckpoint(condition.name)
                }
                watch.open(condition)
            }
            try await StepContext(scenario: description, services: services).run {
                try await race(act, in: world, context)
            }
        } catch {
            // A leak or a panic usually makes the step fail as well; it is the reason, the step is the symptom.
            return (act.runsAfterFailure ? error : context.interruption.error ?? error, soft.withLock { $0 })
        }
        return (nil, soft.withLock { $0 })
    }

    /// Runs a step that stands in no feature.
    private func perform(
        _ text: String,
        of pickle: Pickle,
        in world: Provider.World,
        _ context: ScenarioContext,
        _ watch: ConditionWatch
    ) async throws {
        guard case .one(let prepared) = library.match(text) else { throw RunnerError.definitionVanished(text) }
        let act = Act(text: text, isStep: true) { try await prepared.run(in: $0, argument: nil) }
        await world.stepBegins(text)
        let (failure, soft) = await attempt(act, of: pickle, in: world, context, watch, true)
        await world.stepEnded(text, error: failure ?? soft.first)
        if let error = failure ?? soft.first { throw error }
    }

    /// Lets a person have a last look at a world that is about to go.
    private func pauseAtEnd(
        in world: Provider.World,
        of pickle: Pickle,
        _ progress: Progress,
        _ context: ScenarioContext,
        _ watch: ConditionWatch
    ) async {
        guard let pauser, !Task.isCancelled else { return }
        let helped = Mutex(false)
        _ = await pauser(
            Pause(step: "", reason: .end, world: world, scenario: context) { text in
                helped.withLock { $0 = true }
                try await self.perform(text, of: pickle, in: world, context, watch)
            }
        )
        if helped.withLock({ $0 }) { await progress.note(HelpedByHand(step: "")) }
    }

    /// Runs a step against its deadline and against interruptions; the first to end wins, the others are cancelled.
    private func race(_ act: Act, in world: Provider.World, _ context: ScenarioContext) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await act.body(world) }
            if !act.runsAfterFailure { group.addTask { try await context.interruption.wait() } }
            group.addTask { [clock, stepDeadline] in
                try await clock.sleep(for: stepDeadline)
                throw RunnerError.stepTooSlow(act.text, limit: stepDeadline)
            }
            try await group.next()
        }
    }
}

extension ScenarioContext {
    /// Keeps what a step hands to the report.
    fileprivate func keep(_ output: StepOutput) {
        switch output {
        case .data(let data, let mediaType, let name): attach(data, mediaType: mediaType, name: name)
        case .text(let text, let mediaType, let name): attach(text, mediaType: mediaType, name: name)
        case .file(let url, let mediaType, let name): keep(copyOf: url, mediaType: mediaType, name: name)
        case .log(let line): log(line)
        }
    }
}
