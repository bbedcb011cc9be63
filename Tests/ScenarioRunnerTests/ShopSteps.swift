import Foundation
import ScenarioWorlds
import StepDefinitions
import TestSupport

/// The steps of the shop; `clock` is the one that deadlines go by.
func shopSteps(_ clock: ManualClock = ManualClock()) -> StepLibrary<Shop> {
    conditionSteps(clock)
        + StepLibrary {
            Before("Unlock the door") { (shop: Shop) async throws in shop.note("unlocked") }
            Before("Switch on the light", tags: "@powerless") { (_: Shop) async throws in throw ShopError.powerCut }
            After("Lock the door") { (shop: Shop) async throws in
                shop.note(StepContext.current.scenario.hasFailed ? "locked after a failure" : "locked")
            }
            After("Count the till", tags: "@uncounted") { (_: Shop) async throws in throw ShopError.powerCut }
            AfterStep("Wipe the counter", tags: "@clean") { (shop: Shop) async throws in
                shop.note("wiped")
                throw ShopError.powerCut
            }

            Given("there are {int} {word} in the shop") { (shop: Shop, count: Int, goods: String) async throws in
                shop.stock(goods, count)
            }
            Given("a delivery of") { (shop: Shop, goods: DataTable) async throws in
                for record in goods.records { shop.stock(record["goods"] ?? "", Int(record["count"] ?? "") ?? 0) }
            }
            When("{int} {word} are sold for {int} each") {
                (shop: Shop, count: Int, goods: String, price: Int) async throws in
                try shop.sell(goods, count, price: price)
            }
            Then("the till holds {int}") { (shop: Shop, amount: Int) async throws in
                guard shop.till == amount else { throw ShopError.soldOut("money", left: shop.till) }
            }
            Step("the owner naps") { (_: Shop) async throws in try await Interruption().wait() }
            Step("the owner naps for an hour") { (_: Shop) async throws in
                await clock.waitForSleeper()
                clock.advance(by: .seconds(3600))
                try await Interruption().wait()
            }
            Step("the shop is burgled") { (shop: Shop) async throws in
                shop.scenario.interruption.interrupt(with: ShopError.burgled)
                try await Interruption().wait()
            }
            Step("the shop is burgled unnoticed") { (shop: Shop) async throws in
                shop.scenario.interruption.interrupt(with: ShopError.burgled)
            }
            Step("the power is cut") { (_: Shop) async throws in throw ShopError.powerCut }
            Step("bread is baked") { (_: Shop) async throws in try pending() }
            Step("it is Sunday") { (_: Shop) async throws in try skip("The shop is closed on Sundays.") }
            Step("the till is counted softly as {int} and {int}") {
                (shop: Shop, first: Int, second: Int) async throws in
                expect(softly: shop.till == first, "The till has to hold \(first), and holds \(shop.till).", line: 1)
                try await softly {
                    guard shop.till == second else { throw ShopError.soldOut("money", left: shop.till) }
                }
            }
            Step("the books are kept") { (_: Shop) async throws in
                StepContext.current.attach(String(repeating: "1", count: 100_000))
                let picture = Data(repeating: 1, count: 100_000)
                StepContext.current.attach(picture, mediaType: "image/png", name: "shop \"front\".png")
                StepContext.current.attach("short", mediaType: "application/octet-stream")
                StepContext.current.attach(Data("short".utf8), mediaType: "text/plain")
            }
            Step("the receipt is kept") { (_: Shop) async throws in StepContext.current.attach("1 bread") }
        }
}
