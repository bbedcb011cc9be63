import MemoryAdmission
import Testing

private let mebibyte = 1 << 20
private let desktop = MemoryAdmission.Request(kind: "desktop", configured: 2_048 * mebibyte)

@Suite("Memory admission")
struct MemoryAdmissionTests {
    /// A host with room for one unmeasured desktop (2148 MiB) and as much again less one byte.
    private func admission(budget: Int, learned: LearnedMemory = LearnedMemory()) -> MemoryAdmission {
        MemoryAdmission(
            available: budget + 500 * mebibyte,
            reserve: 500 * mebibyte,
            overhead: 100 * mebibyte,
            learned: learned
        )
    }

    @Test("before anything is measured, a job counts as its configured memory and the overhead")
    func unmeasured() {
        #expect(admission(budget: mebibyte).expectedUse(of: desktop) == 2_148 * mebibyte)
    }

    @Test(
        "a job that just fits is admitted, one that needs a byte more is not",
        arguments: [(spare: 0, isAdmitted: true), (spare: -1, isAdmitted: false)]
    )
    func fit(spare: Int, isAdmitted: Bool) {
        var admission = admission(budget: 2 * 2_148 * mebibyte + spare)
        admission.begin("first", desktop)
        #expect(admission.admits(desktop) == isAdmitted)
    }

    @Test("what was measured counts, not what is configured")
    func measuredUse() {
        var learned = LearnedMemory()
        learned.learn("desktop", peak: 300 * mebibyte)
        var admission = admission(budget: 900 * mebibyte, learned: learned)
        admission.begin("first", desktop)
        admission.begin("second", desktop)
        #expect(admission.admits(desktop))
        admission.begin("third", desktop)
        #expect(!admission.admits(desktop))
    }

    @Test("a running job counts as what is expected of it until it uses more")
    func growth() {
        var learned = LearnedMemory()
        learned.learn("desktop", peak: 300 * mebibyte)
        var admission = admission(budget: 650 * mebibyte, learned: learned)
        admission.begin("first", desktop)
        admission.measure("first", bytes: 10 * mebibyte)
        #expect(admission.countedUse == 300 * mebibyte)
        #expect(admission.admits(desktop))
        admission.measure("first", bytes: 351 * mebibyte)
        #expect(admission.countedUse == 351 * mebibyte)
        #expect(!admission.admits(desktop))
    }

    @Test("one job is always admitted when no other runs, however large it is")
    func alone() {
        var admission = admission(budget: mebibyte)
        #expect(admission.admits(desktop, available: 0))
        admission.begin("first", desktop)
        #expect(!admission.admits(desktop))
        admission.end("first", isComplete: true)
        #expect(admission.admits(desktop))
    }

    @Test(
        "what others took of the host's memory since the start counts, too",
        arguments: [(missing: 0, isAdmitted: true), (missing: 1, isAdmitted: false)]
    )
    func hostIsShort(missing: Int, isAdmitted: Bool) {
        var learned = LearnedMemory()
        learned.learn("desktop", peak: 300 * mebibyte)
        var admission = admission(budget: 10_000 * mebibyte, learned: learned)
        admission.begin("first", desktop)
        admission.measure("first", bytes: 200 * mebibyte)
        // The reserve, what the first job will still take, and the second job.
        let available = (500 + 100 + 300) * mebibyte - missing
        #expect(admission.admits(desktop, available: available) == isAdmitted)
    }

    @Test("a refusal says what is needed and what is there")
    func texts() {
        var admission = admission(budget: 3_000 * mebibyte)
        admission.begin("first", desktop)
        #expect(
            admission.refusal(of: desktop)?.text == """
                A job of the kind “desktop” is expected to use 2148 MiB, and those that run use 2148 MiB of 3000 MiB.
                """
        )
        var roomy = self.admission(budget: 10_000 * mebibyte)
        roomy.begin("first", desktop)
        #expect(
            roomy.refusal(of: desktop, available: 3_000 * mebibyte)?.text
                == "A job of the kind “desktop” is expected to use 2148 MiB, and the host has 352 MiB to spare."
        )
    }

    @Test("the largest measurement of a job is learned when it ends")
    func learning() {
        var admission = admission(budget: 10_000 * mebibyte)
        admission.begin("first", desktop)
        for use in [100, 300, 200] { admission.measure("first", bytes: use * mebibyte) }
        admission.measure("unknown", bytes: 5_000 * mebibyte)
        #expect(admission.learned.peak(of: "desktop") == nil)
        admission.end("first", isComplete: true)
        admission.end("first", isComplete: true)
        #expect(admission.learned.peak(of: "desktop") == 300 * mebibyte)
        #expect(admission.runningCount == 0)
    }

    @Test(
        "a job that was cut short teaches only that its kind uses more",
        arguments: [(use: 100, learned: nil), (use: 2_149, learned: 2_149 * mebibyte)]
    )
    func cutShort(use: Int, learned: Int?) {
        var admission = admission(budget: 10_000 * mebibyte)
        admission.begin("first", desktop)
        admission.measure("first", bytes: use * mebibyte)
        admission.end("first", isComplete: false)
        #expect(admission.learned.peak(of: "desktop") == learned)
    }

    @Test("numbers that no machine has don't overflow")
    func absurdNumbers() {
        var admission = MemoryAdmission(available: .max, reserve: .min, overhead: .max)
        let absurd = MemoryAdmission.Request(kind: "absurd", configured: .max)
        for number in 0..<100 {
            admission.begin("\(number)", absurd)
            admission.measure("\(number)", bytes: .max)
        }
        #expect(!admission.admits(absurd, available: .max))
    }
}
