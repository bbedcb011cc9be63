import CheckpointStore
import Glibc
import SystemPackage

// Uses a store of checkpoints like a run does, as a process that tests can kill, or start as somebody else.
//   store-probe churn FOLDER   makes, uses and evicts at random, for ever; ends only when it finds something wrong
//   store-probe use FOLDER     checks all checkpoints, and prints how many there are
//   store-probe make FOLDER    makes one
//   store-probe full FOLDER    fails to make some on a disk that is too small
let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    say("usage: store-probe churn|use|make|full FOLDER")
    exit(2)
}
let probe = Probe(folder: FilePath(arguments[2]))
do {
    switch arguments[1] {
    case "churn": try await probe.churn()
    case "use": say("\(try await probe.use())")
    case "make": try await probe.make(ProbeState(number: 0))
    case "full": try await probe.fillDisk()
    default: exit(2)
    }
} catch {
    say("\(error)")
    exit(1)
}
