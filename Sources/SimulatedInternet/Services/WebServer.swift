package import SystemPackage

/// A plain web site by nginx, reached only through an exit, that says which address its visitor has.
package struct WebServer: Sendable {
    let configuration: InternetConfiguration

    /// Creates a server that is not running yet.
    package init(configuration: InternetConfiguration) {
        self.configuration = configuration
    }

    /// The configuration text, after nginx(8), for a server that keeps its files in `folder`.
    package func text(in folder: FilePath) -> String { nginx.text(in: folder) }

    private var nginx: NginxConfiguration {
        let listeners = [AddressPlan.web] + (configuration.offersIPv6 ? ["[\(AddressPlan.web6)]"] : [])
        let listen = listeners.map { "        listen \($0):80;\n" }.joined()
        let marker = configuration.pageMarker
        let head = "<head><meta charset=utf-8><title>\(marker)</title></head>"
        let page =
            "<!doctype html><html>\(head)<body><h1>\(marker)</h1><p>Your address is $remote_addr.</p></body></html>"
        return NginxConfiguration(
            blocks: """
                    server {
                \(listen)        default_type text/html;
                        location / { return 200 "\(page)"; }
                    }

                """
        )
    }

    /// Writes the configuration; starts nothing yet.
    func service(folder: FilePath, log: ServiceLog) throws -> Service {
        try nginx.service("web server (nginx)", folder: folder, log: log)
    }
}
