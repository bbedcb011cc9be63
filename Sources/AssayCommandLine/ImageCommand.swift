import ArgumentParser
import LiveSystem

/// Makes and lists the images that scenarios run on.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Make or list the images of a system.",
        subcommands: [Build.self, List.self]
    )

    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an image if it is missing, and print its path.")

        @Argument(help: "The image's name, such as minimal.")
        var name: String

        @Option(help: "The system under test: a description in features/systems.")
        var system = "reference"

        func run() async throws {
            let described = try DescribedSystem(named: system, in: "features/systems")
            print(try await ImageFinder(described).path(of: name))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the images that a system describes.")

        @Option(help: "The system under test: a description in features/systems.")
        var system = "reference"

        func run() async throws {
            let described = try DescribedSystem(named: system, in: "features/systems")
            for size in described.description.sizes {
                print("\(size.name)  \(size.memory) MiB" + (size.tag.map { "  for \($0)" } ?? ""))
            }
        }
    }
}
