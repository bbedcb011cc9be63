package import Foundation
import ScenarioWorlds
package import StepDefinitions
import Synchronization

/// What a step throws that is to fail.
struct KitError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The steps that a sample's features use; none for a sample that is not known.
package func kitSteps(for sample: String, in folder: URL) -> StepLibrary<PlainWorld> {
    switch sample {
    case "all-statuses": statusSteps
    case "failedish-combinations": combinedSteps
    case "attachments", "examples-tables-attachment": attachmentSteps(sample, folder)
    case "hooks-attachment": hookAttachmentSteps(folder)
    case let name where name.hasPrefix("hooks") || name == "skipped-failing-hook": hookSteps(name)
    case let name where name.hasPrefix("global-hooks"): runHookSteps(name)
    case let name where name.hasPrefix("retry"): retrySteps(name)
    default: plainSteps(sample)
    }
}

/// The statuses that a step can have.
private let statusSteps = StepLibrary<PlainWorld> {
    Step("^a step$") { (_: PlainWorld) in }
    Step("^a failing step$") { (_: PlainWorld) in throw KitError("whoops") }
    Step("^a pending step$") { (_: PlainWorld) in try pending() }
    Step("^a skipped step$") { (_: PlainWorld) in try skip("not now") }
    Step("^an ambiguous (.*?)$") { (_: PlainWorld, _: String) in }
    Step("^(.*?) ambiguous step$") { (_: PlainWorld, _: String) in }
}

/// The same in another order.
private let combinedSteps = StepLibrary<PlainWorld> {
    Step("^a step$") { (_: PlainWorld) in }
    Step("^a skipped step$") { (_: PlainWorld) in try skip("not now") }
    Step("^a pending step$") { (_: PlainWorld) in try pending() }
    Step("^an ambiguous (.*?)$") { (_: PlainWorld, _: String) in }
    Step("^(.*?) ambiguous step$") { (_: PlainWorld, _: String) in }
    Step("^a failing step$") { (_: PlainWorld) in throw KitError("whoops") }
}

// MARK: - Steps alone

private struct Flight: StepArgument {
    let from: String
    let to: String
}

private func plainSteps(_ sample: String) -> StepLibrary<PlainWorld> {
    switch sample {
    case "ambiguous":
        StepLibrary {
            Given("^a (.*?) with (.*?)$") { (_: PlainWorld, _: String, _: String) in }
            Given("^a step with (.*?)$") { (_: PlainWorld, _: String) in }
        }
    case "backgrounds", "rules-backgrounds":
        StepLibrary {
            Given("an order for {string}") { (_: PlainWorld, _: String) in }
            When("an action") { (_: PlainWorld) in }
            Then("an outcome") { (_: PlainWorld) in }
        }
    case "multiple-features", "multiple-features-reversed":
        StepLibrary { Given("an order for {string}") { (_: PlainWorld, _: String) in } }
    case "cdata": StepLibrary { Given("I have {int} <![CDATA[cukes]]> in my belly") { (_: PlainWorld, _: Int) in } }
    case "minimal": StepLibrary { Given("I have {int} cukes in my belly") { (_: PlainWorld, _: Int) in } }
    case "data-tables":
        StepLibrary {
            When("the following table is transposed:") { (world: PlainWorld, table: DataTable) in
                world.note("table", "\(table.transposed.rows)")
            }
            Then("it should be:") { (world: PlainWorld, table: DataTable) in
                guard world["table"] == "\(table.rows)" else { throw KitError("the table is another one") }
            }
        }
    case "data-tables-with-expression":
        StepLibrary { Given("a {string} with a table") { (_: PlainWorld, _: String, _: DataTable) in } }
    case "data-tables-doc-strings":
        StepLibrary {
            Given("a step with a data table a doc string") { (_: PlainWorld, _: DataTable, _: DocString) in }
            Given("a step with a doc string a data table") { (_: PlainWorld, _: DocString, _: DataTable) in }
        }
    case "doc-strings-with-expression":
        StepLibrary { Given("a {string} with a doc string:") { (_: PlainWorld, _: String, _: DocString) in } }
    case "doc-strings": StepLibrary { Given("a doc string:") { (_: PlainWorld, _: DocString) in } }
    case "examples-tables", "examples-tables-undefined", "examples-tables-undefined-multiple": cucumberSteps(sample)
    case "markdown":
        StepLibrary {
            Given("some TypeScript code:") { (_: PlainWorld, _: DocString) in }
            Given("some classic Gherkin:") { (_: PlainWorld, _: DocString) in }
            When("we use a data table and attach something and then {word}") {
                (_: PlainWorld, word: String, _: DataTable) in
                StepContext.current.log("We are logging some plain text (\(word))")
                if word == "fail" { throw KitError("You asked me to fail") }
            }
            Then("this might or might not run") { (_: PlainWorld) in }
        }
    case "parameter-types":
        StepLibrary {
            ParameterType<Flight>("flight", groupsOf: "([A-Z]{3})-([A-Z]{3})") { groups in
                Flight(from: (groups.first ?? nil) ?? "", to: (groups.last ?? nil) ?? "")
            }
            Given("{flight} has been delayed") { (_: PlainWorld, flight: Flight) in
                guard (flight.from, flight.to) == ("LHR", "CDG") else { throw KitError("another flight") }
            }
        }
    case "unknown-parameter-type":
        StepLibrary { Given("{airport} is closed because of a strike") { (_: PlainWorld, _: String) in } }
    case "pending":
        StepLibrary {
            Given("an implemented non-pending step") { (_: PlainWorld) in }
            Given("an implemented step that is skipped") { (_: PlainWorld) in }
            Given("an unimplemented pending step") { (_: PlainWorld) in try pending() }
        }
    case "pending-exception":
        StepLibrary { Given("an unimplemented pending step") { (_: PlainWorld) in try pending() } }
    case "skipped":
        StepLibrary {
            Given("a step that does not skip") { (_: PlainWorld) in }
            Given("a step that is skipped") { (_: PlainWorld) in }
            Given("I skip a step") { (_: PlainWorld) in try skip("not now") }
        }
    case "skipped-exception": StepLibrary { Given("I skip a step") { (_: PlainWorld) in try skip("not now") } }
    case "regular-expression":
        StepLibrary {
            Given("^a (.*?)(?: and a (.*?))?(?: and a (.*?))?$") {
                (_: PlainWorld, _: String, _: String?, _: String?) in
            }
        }
    case "rules": saleSteps
    case "stack-traces":
        StepLibrary { When("a step throws an exception") { (_: PlainWorld) in throw KitError("BOOM") } }
    case "test-run-exception": StepLibrary { Given("a step") { (_: PlainWorld) in } }
    case "undefined", "undefined-multiple":
        StepLibrary {
            Given("an implemented step") { (_: PlainWorld) in }
            Given("a step that will be skipped") { (_: PlainWorld) in }
        }
    case "unused-steps":
        StepLibrary {
            Given("a step that is used") { (_: PlainWorld) in }
            Given("a step that is not used") { (_: PlainWorld) in }
        }
    default: StepLibrary([])
    }
}

private func cucumberSteps(_ sample: String) -> StepLibrary<PlainWorld> {
    let steps = StepLibrary<PlainWorld> {
        Given("there are {int} cucumbers") { (world: PlainWorld, count: Int) in world.note("cucumbers", "\(count)") }
        if sample == "examples-tables" {
            Given("there are {int} friends") { (world: PlainWorld, count: Int) in world.note("friends", "\(count)") }
        }
        When("I eat {int} cucumbers") { (world: PlainWorld, count: Int) in
            world.note("cucumbers", "\((Int(world["cucumbers"]) ?? 0) - count)")
        }
        Then("I should have {int} cucumbers") { (world: PlainWorld, count: Int) in
            guard world["cucumbers"] == "\(count)" else { throw KitError("another number") }
        }
        if sample == "examples-tables" {
            Then("each person can eat {int} cucumbers") { (world: PlainWorld, share: Int) in
                let (cucumbers, friends) = (Int(world["cucumbers"]) ?? 0, Int(world["friends"]) ?? 0)
                guard cucumbers / (1 + friends) == share else { throw KitError("another share") }
            }
        }
    }
    return steps
}

private let saleSteps = StepLibrary<PlainWorld> {
    Given("the customer has {int} cents") { (world: PlainWorld, money: Int) in world.note("money", "\(money)") }
    Given("there are chocolate bars in stock") { (world: PlainWorld) in world.note("stock", "1") }
    Given("there are no chocolate bars in stock") { (world: PlainWorld) in world.note("stock", "0") }
    When("the customer tries to buy a {int} cent chocolate bar") { (world: PlainWorld, price: Int) in
        let isSold = world["stock"] == "1" && (Int(world["money"]) ?? 0) >= price
        world.note("sold", isSold ? "yes" : "no")
    }
    Then("the sale should not happen") { (world: PlainWorld) in
        guard world["sold"] == "no" else { throw KitError("it happened") }
    }
    Then("the sale should happen") { (world: PlainWorld) in
        guard world["sold"] == "yes" else { throw KitError("it did not happen") }
    }
}

/// Fails until it was called a number of times, whatever world it is called in.
private final class Patience: Sendable {
    private let failuresLeft: Mutex<Int>

    init(failures: Int) { failuresLeft = Mutex(failures) }

    func pass() throws {
        let fails = failuresLeft.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if fails { throw KitError("not yet") }
    }
}

private func retrySteps(_ sample: String) -> StepLibrary<PlainWorld> {
    let (second, third) = (Patience(failures: 1), Patience(failures: 2))
    return switch sample {
    case "retry-ambiguous":
        StepLibrary {
            Given("an ambiguous step") { (_: PlainWorld) in }
            Given("an ambiguous step") { (_: PlainWorld) in }
        }
    case "retry-pending": StepLibrary { Given("a pending step") { (_: PlainWorld) in try pending() } }
    case "retry":
        StepLibrary {
            Given("a step that always passes") { (_: PlainWorld) in }
            Given("a step that passes the second time") { (_: PlainWorld) in try second.pass() }
            Given("a step that passes the third time") { (_: PlainWorld) in try third.pass() }
            Given("a step that always fails") { (_: PlainWorld) in throw KitError("never") }
        }
    default: StepLibrary([])
    }
}
