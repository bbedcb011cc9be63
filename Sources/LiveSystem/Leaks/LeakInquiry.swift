import Foundation
import LeakPolicy
import PictureFiles
import Pictures
import ScenarioWorlds
import TrafficAttribution

/// Finds out what only the moment of a leak can tell: what the screen shows, and who in the guest sends.
///
/// It works beside the judge, which waits for nothing, and while the guest still runs: a scenario is taken down only when
/// the open questions are answered, or their deadline is over.
struct LeakInquiry: Sendable {
    let traffic: Traffic
    let computer: Computer
    /// How the system says who sends what; `nil` where it does not.
    let commands: AttributionCommands?
    /// How long the guest may take for an answer.
    let limit: Duration
    let scenario: ScenarioContext

    /// Answers questions until cancelled.
    func serve() async {
        for await question in traffic.questions {
            switch question {
            case .leak(let moment): await look(into: moment)
            case .owners: await attributeFlows(await tables())
            }
            traffic.answered()
        }
    }

    // MARK: - Leaks

    private func look(into moment: LeakMoment) async {
        // First what changes soonest.
        async let answer = tables()
        let screenshot = await keepPicture(of: moment)
        let tables = await answer
        let sender: Sender
        switch tables {
        case .success(let tables): sender = tables.sender(of: moment.finding.flow)
        case .failure(let reason): sender = Sender(gaps: [reason.text])
        }
        traffic.note(sender, of: moment.finding.flow)
        let evidence = LeakEvidence(moment, sender: sender, screenshot: screenshot)
        scenario.attach(evidence.text, mediaType: "text/plain", name: "leak \(moment.number).txt")
        scenario.attach(evidence.json, mediaType: LeakEvidence.mediaType, name: "leak \(moment.number).json")
        await attributeFlows(tables)
    }

    private func keepPicture(of moment: LeakMoment) async -> String? {
        guard let picture = await computer.picture() else { return nil }
        let name = "leak-\(moment.number)-\(UUID().uuidString.prefix(8)).png"
        do {
            try Data(picture.png()).write(to: URL(filePath: "\(scenario.evidenceFolder)/\(name)"))
            scenario.keep(file: name, mediaType: "image/png; name=\"the screen at leak \(moment.number)\"")
            return name
        } catch {
            scenario.log("The picture of the leak could not be kept: \(error)")
            return nil
        }
    }

    // MARK: - Senders

    /// Tells the judge of all the flows whose owners are known by now.
    private func attributeFlows(_ tables: Result<GuestTables, NoAnswer>) async {
        guard case .success(let tables) = tables else { return }
        for (flow, wanted) in traffic.flowsWithoutOwner {
            let owner = tables.sender(of: flow).owner
            // Half an answer is none: what is not known is not another owner.
            guard wanted.user == nil || owner.user != nil, wanted.process == nil || owner.process != nil else {
                continue
            }
            traffic.attribute(flow, to: owner)
        }
    }

    /// Why the guest did not say anything.
    private struct NoAnswer: Error {
        let text: String
    }

    private func tables() async -> Result<GuestTables, NoAnswer> {
        guard let commands else { return .failure(NoAnswer(text: "the system's description says no way to find out")) }
        var random = SystemRandomNumberGenerator()
        let question = AttributionQuestion(commands, mark: String(random.next(), radix: 36))
        do {
            let result = try await computer.guest.run(question.script, within: limit)
            guard !result.isTruncated, let tables = question.tables(result.standardOutput) else {
                return .failure(NoAnswer(text: "the guest's answer is not whole"))
            }
            return .success(tables)
        } catch {
            return .failure(NoAnswer(text: "the guest does not answer"))
        }
    }
}
