import Foundation
import ScenarioWorlds
import StepDefinitions

func hookSteps(_ sample: String) -> StepLibrary<PlainWorld> {
    switch sample {
    case "hooks":
        StepLibrary {
            Before { (_: PlainWorld) in }
            When("a step passes") { (_: PlainWorld) in }
            When("a step fails") { (_: PlainWorld) in throw KitError("Exception in step") }
            After { (_: PlainWorld) in }
        }
    case "hooks-conditional":
        StepLibrary {
            Before(tags: "@passing-hook") { (_: PlainWorld) in }
            Before(tags: "@fail-before") { (_: PlainWorld) in throw KitError("Exception in conditional hook") }
            When("a step passes") { (_: PlainWorld) in }
            After(tags: "@fail-after") { (_: PlainWorld) in throw KitError("Exception in conditional hook") }
            After(tags: "@passing-hook") { (_: PlainWorld) in }
        }
    case "hooks-named":
        StepLibrary {
            Before("A named before hook") { (_: PlainWorld) in }
            When("a step passes") { (_: PlainWorld) in }
            After("A named after hook") { (_: PlainWorld) in }
        }
    case "hooks-skipped":
        StepLibrary {
            Before { (_: PlainWorld) in }
            Before(tags: "@skip-before") { (_: PlainWorld) in try skip("not now") }
            Before { (_: PlainWorld) in }
            Given("a normal step") { (_: PlainWorld) in }
            Given("a step that skips") { (_: PlainWorld) in try skip("not now") }
            After { (_: PlainWorld) in }
            After(tags: "@skip-after") { (_: PlainWorld) in try skip("not now") }
            After { (_: PlainWorld) in }
        }
    case "skipped-failing-hook":
        StepLibrary {
            Given("a step that skips") { (_: PlainWorld) in try skip("not now") }
            After { (_: PlainWorld) in throw KitError("whoops") }
        }
    default:
        StepLibrary {
            Before { (_: PlainWorld) in }
            After { (_: PlainWorld) in }
        }
    }
}

func runHookSteps(_ sample: String) -> StepLibrary<PlainWorld> {
    switch sample {
    case "global-hooks":
        StepLibrary {
            BeforeRun {}
            BeforeRun {}
            When("a step passes") { (_: PlainWorld) in }
            When("a step fails") { (_: PlainWorld) in throw KitError("Exception in step") }
            AfterRun {}
            AfterRun {}
        }
    case "global-hooks-beforeall-error":
        StepLibrary {
            BeforeRun {}
            BeforeRun { throw KitError("BeforeAll hook went wrong") }
            BeforeRun {}
            When("a step passes") { (_: PlainWorld) in }
            AfterRun {}
            AfterRun {}
        }
    case "global-hooks-afterall-error":
        StepLibrary {
            BeforeRun {}
            BeforeRun {}
            When("a step passes") { (_: PlainWorld) in }
            AfterRun {}
            AfterRun { throw KitError("AfterAll hook went wrong") }
            AfterRun {}
        }
    default:
        StepLibrary {
            BeforeRun { StepContext.current.attach("Attachment from BeforeAll hook") }
            When("a step passes") { (_: PlainWorld) in }
            AfterRun { StepContext.current.attach("Attachment from AfterAll hook") }
        }
    }
}

// MARK: - Attachments

func hookAttachmentSteps(_ folder: URL) -> StepLibrary<PlainWorld> {
    let attach: @Sendable () throws -> Void = {
        let picture = try Data(contentsOf: folder.appending(path: "cucumber.svg"))
        StepContext.current.attach(picture, mediaType: "image/svg+xml")
    }
    return StepLibrary {
        Before { (_: PlainWorld) in try attach() }
        When("a step passes") { (_: PlainWorld) in }
        After { (_: PlainWorld) in try attach() }
    }
}

func attachmentSteps(_ sample: String, _ folder: URL) -> StepLibrary<PlainWorld> {
    let read: @Sendable (String) throws -> Data = { try Data(contentsOf: folder.appending(path: $0)) }
    guard sample == "attachments" else {
        return StepLibrary {
            When("a JPEG image is attached") { (_: PlainWorld) in
                StepContext.current.attach(try read("cucumber.jpeg"), mediaType: "image/jpeg")
            }
            When("a PNG image is attached") { (_: PlainWorld) in
                StepContext.current.attach(try read("cucumber.png"), mediaType: "image/png")
            }
        }
    }
    return StepLibrary {
        When("the string {string} is attached as {string}") { (_: PlainWorld, text: String, type: String) in
            StepContext.current.attach(text, mediaType: type)
        }
        When("the string {string} is logged") { (_: PlainWorld, text: String) in StepContext.current.log(text) }
        When("text with ANSI escapes is logged") { (_: PlainWorld) in
            StepContext.current.log(
                "This displays a \u{1B}[31mr\u{1B}[0m\u{1B}[91ma\u{1B}[0m\u{1B}[33mi\u{1B}[0m\u{1B}[32mn\u{1B}[0m\u{1B}[34mb\u{1B}[0m\u{1B}[95mo\u{1B}[0m\u{1B}[35mw\u{1B}[0m"
            )
        }
        When("the following string is attached as {string}:") { (_: PlainWorld, type: String, text: DocString) in
            StepContext.current.attach(text.content, mediaType: type)
        }
        When("an array with {int} bytes is attached as {string}") { (_: PlainWorld, count: Int, type: String) in
            StepContext.current.attach(Data((0..<count).map { UInt8($0) }), mediaType: type)
        }
        When("a PDF document is attached and renamed") { (_: PlainWorld) in
            StepContext.current.attach(try read("document.pdf"), mediaType: "application/pdf", name: "renamed.pdf")
        }
        When("a link to {string} is attached") { (_: PlainWorld, address: String) in
            if let address = URL(string: address) { StepContext.current.link(to: address) }
        }
        When("the string {string} is attached as {string} before a failure") {
            (_: PlainWorld, text: String, type: String) in
            StepContext.current.attach(text, mediaType: type)
            throw KitError("whoops")
        }
    }
}
