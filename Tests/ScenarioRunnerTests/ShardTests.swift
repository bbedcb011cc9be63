import Gherkin
import ScenarioRunner
import Testing

@Suite("Shards")
struct ShardTests {
    private static let states = """
        Feature: States
          Scenario: the shop is full
            Given there are 3 bread in the shop
          Scenario: the shop is clean
            Given there are 1 soap in the shop
        """

    /// Scenarios that start from these checkpoints, or from nothing.
    private func plan(_ starts: [String?]) throws -> Plan {
        var ids = IdSequence()
        let text = starts.enumerated().map { number, start in
            "  Scenario: \(number)\n    * \(start ?? "there are 1 milk in the shop")\n"
        }
        let suite = Suite(sources: [("a.feature", "Feature: Shop\n" + text.joined())], ids: &ids)
        let states = Suite(sources: [("states.feature", Self.states)], ids: &ids)
        return try Plan(
            suite,
            checkpoints: states,
            selection: FeatureSelection(["a.feature"]),
            library: shopSteps(),
            ids: &ids
        )
    }

    private func durations(_ plan: Plan, _ seconds: [Int], checkpoint: Int = 10) -> [String: Duration] {
        var durations: [String: Duration] = [:]
        for (entry, seconds) in zip(plan.entries, seconds) { durations[entry.testCase.id] = .seconds(seconds) }
        for made in plan.checkpoints { durations[made.entry.testCase.id] = .seconds(checkpoint) }
        return durations
    }

    @Test("what takes longest is placed first, so that all shards are done at about the same time")
    func balance() throws {
        let plan = try plan([nil, nil, nil, nil, nil])
        let partition = ShardPartition(plan, count: 2, durations: durations(plan, [3, 3, 2, 2, 2]))
        #expect(partition.loads == [.seconds(7), .seconds(5)] || partition.loads == [.seconds(6), .seconds(6)])
        #expect(partition.shards.flatMap(\.self).sorted() == [0, 1, 2, 3, 4])
        #expect(partition.shards.allSatisfy { $0 == $0.sorted() })
    }

    @Test("scenarios that start from one checkpoint stay together while that is fair")
    func together() throws {
        let full = "the shop is full"
        let clean = "the shop is clean"
        let plan = try plan([full, clean, full, clean, full, clean])
        let partition = ShardPartition(plan, count: 2, durations: durations(plan, [1, 1, 1, 1, 1, 1]))
        #expect(Set(partition.shards) == [[0, 2, 4], [1, 3, 5]])
        #expect(partition.loads == [.seconds(13), .seconds(13)])
    }

    @Test("a checkpoint whose scenarios are more than a share is made by several shards")
    func apart() throws {
        let plan = try plan(Array(repeating: "the shop is full", count: 8))
        let partition = ShardPartition(plan, count: 2, durations: durations(plan, Array(repeating: 20, count: 8)))
        #expect(partition.shards.map(\.count) == [4, 4])
        #expect(partition.loads == [.seconds(90), .seconds(90)])
    }

    @Test("every scenario is in one shard, and every shard comes to the same", arguments: [1, 2, 3, 7, 40])
    func whole(_ count: Int) throws {
        let starts = (0..<30).map { ["the shop is full", nil, "the shop is clean", nil, nil][$0 % 5] }
        let plan = try plan(starts)
        let partition = ShardPartition(plan, count: count)
        #expect(partition.shards.count == count)
        #expect(partition.shards.flatMap(\.self).sorted() == Array(0..<30))
        let again = try ShardPartition(self.plan(starts), count: count)
        #expect(again.shards == partition.shards)
        #expect(again.digest == partition.digest)
        let parts = try (1...count).map { plan.part(try #require(Shard(index: $0, count: count)), of: partition) }
        #expect(parts.flatMap(\.entries).map(\.testCase.id).sorted() == plan.entries.map(\.testCase.id).sorted())
        for part in parts {
            #expect(part.digest == plan.digest)
            #expect(part.part?.partition == partition.digest)
            #expect(part.entries.allSatisfy { $0.start.map { part.checkpoint($0) != nil } ?? true })
            #expect(part.checkpoints.allSatisfy { made in part.entries.contains { $0.start == made.id } })
        }
    }

    @Test("other durations, another number of shards and other scenarios are another partition")
    func digest() throws {
        let plan = try plan([nil, nil, nil])
        let digest = ShardPartition(plan, count: 2, durations: durations(plan, [3, 2, 1])).digest
        #expect(ShardPartition(plan, count: 2, durations: durations(plan, [1, 2, 3])).digest != digest)
        #expect(ShardPartition(plan, count: 3, durations: durations(plan, [3, 2, 1])).digest != digest)
        let other = plan.only { $0.pickle.name != "2" }
        #expect(other.digest != plan.digest)
        #expect(ShardPartition(other, count: 2).digest != digest)
    }

    @Test("a shard is written as a number and how many there are")
    func parse() throws {
        #expect(try Shard("2/5") == Shard(index: 2, count: 5))
        #expect(try Shard("1/1").description == "1/1")
        for text in ["", "0/5", "6/5", "1", "1/", "/5", "1/2/3", "-1/5", "1/0", "1/1001", "a/b", " 1/2"] {
            #expect(throws: ShardError.malformed(text)) { try Shard(text) }
        }
    }

    @Test("an engine for continuous integration says which shard a job is; one that counts from 0 is refused")
    func environment() throws {
        func shard(_ index: String?, _ total: String?) throws -> Shard? {
            var environment: [String: String] = [:]
            environment["CI_NODE_INDEX"] = index
            environment["CI_NODE_TOTAL"] = total
            return try Shard.ofEnvironment(environment)
        }
        #expect(try shard("3", "4") == Shard(index: 3, count: 4))
        #expect(try shard(nil, nil) == nil)
        #expect(try shard(nil, "1") == nil)
        #expect(try shard("1", nil) == nil)
        for (index, total) in [("0", "4"), ("5", "4"), ("", "4"), ("1", "many")] {
            #expect(throws: ShardError.environment(index: index, total: total)) { try shard(index, total) }
        }
    }

    // MARK: - Order

    @Test("a seed gives the same order each time, and another seed another one")
    func order() throws {
        let plan = try plan(Array(repeating: nil, count: 20))
        func names(_ text: String) throws -> [String] {
            try plan.ordered(ScenarioOrder(text, seed: 7)).entries.map(\.pickle.name)
        }
        #expect(try names("defined") == plan.entries.map(\.pickle.name))
        #expect(try names("random:1") == names("random:1"))
        #expect(try names("random:1") != names("random:2"))
        #expect(try names("random") == names("random:7"))
        #expect(try Set(names("random:1")) == Set(plan.entries.map(\.pickle.name)))
        #expect(plan.ordered(.random(seed: 3)).digest == plan.digest)
        // What a seed means must not change from one version to the next.
        #expect(try names("random:42").prefix(5) == ["16", "3", "8", "11", "17"])
        for text in ["", "Random", "random:", "random:x", "random:-1", "name"] {
            #expect(throws: OrderError.self) { try ScenarioOrder(text, seed: 0) }
        }
    }
}
