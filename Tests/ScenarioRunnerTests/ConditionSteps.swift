import StepDefinitions
import TestSupport

/// Steps that demand something of the shop throughout a scenario; `clock` is the one that pauses go by.
func conditionSteps(_ clock: ManualClock) -> StepLibrary<Shop> {
    let asked = Counter()
    return StepLibrary {
        Before("Forbid debts", tags: "@no-debts") { (shop: Shop) async throws in try await forbidDebts(shop, asked) }
        After("Forbid debts too late", tags: "@too-late") { (shop: Shop) async throws in
            try await forbidDebts(shop, asked)
        }
        After("Rest", tags: "@resting") { (_: Shop) async throws in try skip("It is late.") }

        Given("the till never owes anything") { (shop: Shop) async throws in try await forbidDebts(shop, asked) }
        Given("the light is watched") { (_: Shop) in
            try throughout("the light is on", line: 1, watching: { try await neverEnds() })
        }
        Given("the light is watched for a moment") { (_: Shop) in
            try throughout("the light is on", line: 1, watching: {})
        }
        Given("a watchman looks out for burglars") { (shop: Shop) in
            try throughout(
                "nobody breaks in",
                watching: {
                    while shop.till >= 0 { try await pause() }
                    throw ShopError.burgled
                }
            )
        }
        Given("the power lasts for {int} checks") { (shop: Shop, count: Int) async throws in
            let asked = Counter()
            try await throughout("the power is on", every: .seconds(1), line: 1) {
                if asked.add() > count { throw ShopError.powerCut }
            }
        }
        When("{int} are taken from the till") { (shop: Shop, amount: Int) async throws in
            shop.stock("credit", 1)
            try shop.sell("credit", 1, price: -amount)
        }
        Step("time passes until the scenario ends") { (_: Shop) async throws in
            while true {
                clock.advance(by: .seconds(1))
                try await pause()
            }
        }
        Step("time passes until it was asked twice more") { (_: Shop) async throws in
            let before = asked.value
            while asked.value < before + 2 {
                clock.advance(by: .seconds(1))
                try await pause()
            }
        }
    }
}

private func forbidDebts(_ shop: Shop, _ asked: Counter) async throws {
    try await throughout("the till owes nothing", every: .seconds(1), line: 1) {
        asked.add()
        guard shop.till >= 0 else { throw ShopError.soldOut("money", left: shop.till) }
    }
}

/// Lets others run.
private func pause() async throws {
    await Task.yield()
    try Task.checkCancellation()
}

private func neverEnds() async throws {
    let (stream, _) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    throw CancellationError()
}
