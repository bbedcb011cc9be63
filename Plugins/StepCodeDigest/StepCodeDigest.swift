import Foundation
import PackagePlugin

/// Gives a target the digest of the code that it was built from: its own, and whatever of this package it uses.
///
/// The target gets one more constant, `stepCodeDigest`. What is made by one state of the code can thus be told from
/// what is made by another, which neither a version nor the digest of a program could do: the first is raised by hand,
/// the second changes with every word of help.
@main
struct StepCodeDigest: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let root = context.package.directoryURL
        let ours = Set(context.package.targets.map(\.id))
        let targets = [target] + target.recursiveTargetDependencies.filter { ours.contains($0.id) }
        // The manifest holds the settings of the compiler and the versions of packages.
        let files = try [root.appending(path: "Package.swift")] + targets.flatMap { try contents(of: $0.directoryURL) }
        let paths = try files.map { try relativePath(of: $0, below: root) }

        let script = root.appending(path: "Plugins/step-code-digest")
        let output = context.pluginWorkDirectoryURL.appending(path: "StepCodeDigest.swift")
        return [
            .buildCommand(
                displayName: "Digesting the code of \(target.name)",
                executable: script,
                arguments: [output.path(percentEncoded: false), root.path(percentEncoded: false)] + paths,
                inputFiles: files + [script],
                outputFiles: [output]
            )
        ]
    }

    /// Every file, not only sources: a module map or a header decides what is built, too.
    private func contents(of folder: URL) throws -> [URL] {
        guard
            let found = FileManager.default.enumerator(
                at: folder,
                includingPropertiesForKeys: [.isRegularFileKey],
                options: .skipsHiddenFiles
            )
        else { throw DigestError.unreadable(folder) }
        return try found.compactMap { $0 as? URL }
            .filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
            .sorted { $0.path < $1.path }
    }

    /// Relative, since where a checkout lies says nothing of its code.
    private func relativePath(of file: URL, below root: URL) throws -> String {
        let whole = file.standardizedFileURL.path(percentEncoded: false)
        var prefix = root.standardizedFileURL.path(percentEncoded: false)
        if !prefix.hasSuffix("/") { prefix += "/" }
        guard whole.hasPrefix(prefix) else { throw DigestError.outside(file) }
        return String(whole.dropFirst(prefix.count))
    }
}

private enum DigestError: Error, CustomStringConvertible {
    case unreadable(URL)
    case outside(URL)

    var description: String {
        switch self {
        case .unreadable(let folder): "The folder \(folder.path) can't be read."
        case .outside(let file): "The file \(file.path) lies outside the package."
        }
    }
}
