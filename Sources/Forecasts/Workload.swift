package import Diagnostics

/// The jobs of a run, in the order of its plan, and what they wait for.
package struct Workload: Sendable {
    /// The jobs, in the order of the plan.
    package let jobs: [Job]
    /// For each job the one that builds the checkpoint it starts from, unless that exists already.
    let parents: [Int?]
    /// The jobs that are asked for by themselves: scenarios, and checkpoints that no other job needs.
    ///
    /// Every other checkpoint is built when the first of these needs it.
    let wanted: [Int]
    let places: [String: Int]

    /// Joins jobs with the checkpoints that they need.
    ///
    /// - Throws: ``WorkloadError`` when two jobs have one identity, or a job would wait for itself.
    package init(_ jobs: [Job]) throws(WorkloadError) {
        var places: [String: Int] = [:]
        for (index, job) in jobs.enumerated() {
            guard places.updateValue(index, forKey: job.id) == nil else { throw .twice(job.id) }
        }
        let parents = jobs.map { $0.needs.flatMap { places[$0] } }
        for (job, parent) in zip(jobs, parents) {
            if let parent, jobs[parent].kind != .checkpoint { throw .needsScenario(job.id, needed: jobs[parent].id) }
        }
        // Whoever has no end after as many steps as there are jobs goes round in a circle.
        for start in jobs.indices where jobs[start].kind == .checkpoint {
            var steps = 0
            var place = parents[start]
            while let current = place {
                steps += 1
                guard steps <= jobs.count, current != start else { throw .waitsForItself(jobs[start].id) }
                place = parents[current]
            }
        }
        let needed = Set(parents.compactMap(\.self))
        self.jobs = jobs
        self.parents = parents
        self.places = places
        wanted = jobs.indices.filter { jobs[$0].kind == .scenario || !needed.contains($0) }
    }

    /// Nothing is to be done.
    package init() { self.init(independent: []) }

    /// The job and the builds that it waits for, the first of them first.
    func chain(to index: Int) -> [Int] {
        Array(sequence(first: index) { parents[$0] }).reversed()
    }

    /// The builds and the job at their end that take longest when each begins as soon as it can.
    ///
    /// No number of workers makes a run shorter than this.
    package var longestChain: [Job] {
        // The builds come first in a chain, so that each sum is made once.
        var sums: [Int: Duration] = [:]
        func sum(_ index: Int) -> Duration {
            if let known = sums[index] { return known }
            let sum = jobs[index].estimate.total + (parents[index].map(sum) ?? .zero)
            sums[index] = sum
            return sum
        }
        var longest: (index: Int, sum: Duration)?
        for index in jobs.indices where sum(index) > (longest?.sum ?? .zero) { longest = (index, sum(index)) }
        return longest.map { chain(to: $0.index).map { jobs[$0] } } ?? []
    }

    /// The work of all jobs together.
    package var work: Duration { jobs.reduce(.zero) { $0 + $1.estimate.total } }

    /// The same scenarios, when every checkpoint exists already.
    func withEveryCheckpointKept() -> Workload {
        // Without builds nothing can wait for itself, nor for another job.
        let left = jobs.filter { $0.kind == .scenario }
        return Workload(independent: left)
    }

    private init(independent jobs: [Job]) {
        self.jobs = jobs
        parents = jobs.map { _ in nil }
        wanted = Array(jobs.indices)
        places = Dictionary(jobs.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }
}

/// A reason why jobs can't be put in an order.
package enum WorkloadError: ExplainedError, Equatable {
    case twice(String)
    case needsScenario(String, needed: String)
    case waitsForItself(String)

    package var blame: Blame { .harness }

    package var summary: String {
        switch self {
        case .twice(let id): "Two jobs of a run are called \(id.debugDescription), where each needs its own name."
        case .needsScenario(let id, let needed):
            "The job \(id.debugDescription) starts from \(needed.debugDescription), which keeps no state."
        case .waitsForItself(let id): "The checkpoint \(id.debugDescription) would have to exist before it is built."
        }
    }
}
