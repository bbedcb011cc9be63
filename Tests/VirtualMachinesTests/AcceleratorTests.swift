import Accelerators
import Testing

@Suite("The choice of an accelerator")
struct AcceleratorTests {
    @Test("the probe's answers are understood")
    func answers() {
        #expect(Accelerator(probeAnswer: #"{"kvm":"usable"}"#) == .kvm)
        #expect(Accelerator(probeAnswer: #"{"kvm":"unusable","reason":"slow"}"#) == .tcg(reason: "slow"))
    }

    @Test("whatever else the probe says means translation", arguments: ["", "usable", "{}", #"{"kvm":"Usable"}"#])
    func garbage(_ answer: String) {
        #expect(Accelerator(probeAnswer: answer) != .kvm)
    }

    @Test("who asks for an accelerator gets it")
    func asked() async {
        #expect(await Accelerator.choose(.kvm) == .kvm)
        #expect(await Accelerator.choose(.tcg) == .tcg(reason: "asked for"))
    }
}
