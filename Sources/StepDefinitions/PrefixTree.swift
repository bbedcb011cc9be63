/// Finds the patterns whose literal beginning a text shares, in one walk along the text.
struct PrefixTree: Sendable {
    private struct Node: Sendable {
        var children: [UInt8: Int] = [:]
        /// The patterns whose literal beginning ends here.
        var patterns: [Int] = []
    }

    private var nodes = [Node()]

    mutating func insert(_ pattern: Int, prefix: [UInt8]) {
        var node = 0
        for byte in prefix {
            if let child = nodes[node].children[byte] {
                node = child
            } else {
                nodes.append(Node())
                nodes[node].children[byte] = nodes.count - 1
                node = nodes.count - 1
            }
        }
        nodes[node].patterns.append(pattern)
    }

    /// The patterns that a text may match, in the order of their numbers.
    func candidates(for text: String) -> [Int] {
        var node = 0
        var found = nodes[0].patterns
        for byte in text.utf8 {
            guard let child = nodes[node].children[byte] else { break }
            node = child
            found += nodes[node].patterns
        }
        return found.sorted()
    }
}
