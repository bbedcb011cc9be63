import Diagnostics
import Foundation
import ScenarioWorlds
import Synchronization
import Verdicts

/// What the tests' scenarios act on: a shop that sells by the piece.
final class Shop: ScenarioWorld {
    /// What is in the shop, and what a checkpoint of it keeps.
    private struct Goods: Codable {
        var stock: [String: Int] = [:]
        var till = 0
    }

    private struct State {
        var goods = Goods()
        var diary: [String] = []
    }

    private let state = Mutex(State())
    let scenario: ScenarioContext

    init(_ scenario: ScenarioContext) { self.scenario = scenario }

    /// What has happened, in order.
    var diary: [String] { state.withLock { $0.diary } }
    var till: Int { state.withLock { $0.goods.till } }

    func note(_ event: String) { state.withLock { $0.diary.append(event) } }
    func stock(_ goods: String, _ count: Int) { state.withLock { $0.goods.stock[goods, default: 0] += count } }

    func sell(_ goods: String, _ count: Int, price: Int) throws(ShopError) {
        let left = state.withLock { state -> Int? in
            let left = state.goods.stock[goods, default: 0]
            guard left >= count else { return left }
            state.goods.stock[goods] = left - count
            state.goods.till += count * price
            return nil
        }
        if let left { throw .soldOut(goods, left: left) }
    }

    func restore() async throws {
        guard let start = scenario.start else { throw ShopError.closedForever }
        let goods = try JSONDecoder().decode(Goods.self, from: Data(contentsOf: URL(filePath: "\(start.folder)/goods")))
        state.withLock { $0.goods = goods }
        note("restored: \(start.title)")
    }

    func keepState() async throws {
        guard let folder = scenario.stateFolder else { throw ShopError.closedForever }
        let goods = state.withLock { $0.goods }
        try JSONEncoder().encode(goods).write(to: URL(filePath: "\(folder)/goods"))
        note("kept")
    }

    func stepBegins(_ text: String) async { note("begins: \(text)") }
    func stepEnded(_ text: String, error: (any Error)?) async { note("\(error == nil ? "passed" : "failed"): \(text)") }
}

enum ShopError: ExplainedError, Equatable {
    case soldOut(String, left: Int)
    case powerCut
    case burgled
    case closedForever

    var blame: Blame {
        switch self {
        case .soldOut, .burgled: .systemUnderTest
        case .powerCut: .host
        case .closedForever: .harness
        }
    }

    var summary: String {
        switch self {
        case .soldOut(let goods, let left): "There had to be enough \(goods), and \(left) are left."
        case .powerCut: "The light has to be on, and the power was cut."
        case .burgled: "The shop has to be safe, and was burgled."
        case .closedForever: "The shop can't be opened."
        }
    }
}

/// Opens a shop as a test wants it.
struct ShopProvider: WorldProvider {
    enum Fault: Sendable {
        case doesNotOpen, doesNotClose([ConditionReport]), opensForNobody
    }

    var fault: Fault?
    var conditions: [ConditionReport] = [.till(.held)]
    /// Told of the shop when it opens.
    var opened: @Sendable (Shop) -> Void = { _ in }
    /// What happens between the last step and the tear-down.
    var closing: @Sendable (Shop) -> Void = { _ in }

    func withWorld(
        for scenario: ScenarioContext,
        _ body: @escaping @Sendable (Shop) async -> Void
    ) async throws -> [ConditionReport] {
        if case .doesNotOpen = fault { throw ShopError.closedForever }
        if case .opensForNobody = fault { return conditions }
        let shop = Shop(scenario)
        opened(shop)
        await body(shop)
        closing(shop)
        if case .doesNotClose(let conditions) = fault {
            throw BrokenWorld(cause: ShopError.closedForever, conditions: conditions)
        }
        return conditions
    }
}

extension ConditionReport {
    static func till(_ state: State) -> ConditionReport {
        ConditionReport(name: "till", state: state, word: state.rawValue, summary: "The till is \(state.rawValue).")
    }
}
