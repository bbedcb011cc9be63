/// The part of a plan that one host runs.
package struct PlanPart: Hashable, Sendable {
    /// Which part it is.
    package let shard: Shard
    /// The digest of how the whole plan is shared out.
    package let partition: String
}

extension Plan {
    /// The plan with only some of its scenarios, and a digest of its own.
    package func only(where isMeant: (Entry) -> Bool) -> Plan {
        var plan = keeping(entries.indices.filter { isMeant(entries[$0]) })
        plan.redigest()
        return plan
    }

    /// The plan with its scenarios in another order.
    ///
    /// The digest stays as it was: it says what is run, not when.
    package func ordered(_ order: ScenarioOrder) -> Plan { keeping(order.apply(to: Array(entries.indices))) }

    /// The part of the plan that one host runs.
    ///
    /// The digest is that of the whole, so that the parts of one plan know each other.
    package func part(_ shard: Shard, of partition: ShardPartition) -> Plan {
        var plan = keeping(partition.shards[shard.index - 1])
        plan.part = PlanPart(shard: shard, partition: partition.digest)
        return plan
    }
}
