package import SystemPackage

/// A plain web site by nginx, reached only through an exit, that says which address its visitor has.
package struct WebServer: Sendable {
    let configuration: InternetConfiguration

    /// Creates a server that is not running yet.
    package init(configuration: InternetConfiguration) {
        self.configuration = configuration
    }

    /// The configuration text, after nginx(8), for a server that keeps its files in `folder`.
    package func text(in folder: FilePath) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "    \($0)_temp_path \(folder.appending("\($0)_temp"));\n" }.joined()
        let listeners = [AddressPlan.web] + (configuration.offersIPv6 ? ["[\(AddressPlan.web6)]"] : [])
        let listen = listeners.map { "        listen \($0):80;\n" }.joined()
        let marker = configuration.pageMarker
        let head = "<head><meta charset=utf-8><title>\(marker)</title></head>"
        let page =
            "<!doctype html><html>\(head)<body><h1>\(marker)</h1><p>Your address is $remote_addr.</p></body></html>"
        return """
            daemon off;
            # One process, so that ending it ends all of it.
            master_process off;
            pid \(folder.appending("nginx.pid"));
            error_log stderr notice;
            events { worker_connections 256; }
            http {
                log_format requests escape=json '\(WebRequest.logFormat)';
                access_log /proc/self/fd/1 requests;
            \(temporary)    client_max_body_size 64k;
                client_header_timeout 10s;
                client_body_timeout 10s;
                keepalive_timeout 5s;
                server_tokens off;
                server {
            \(listen)        default_type text/html;
                    location / { return 200 "\(page)"; }
                }
            }

            """
    }

    /// Writes the configuration; starts nothing yet.
    func service(folder: FilePath, log: ServiceLog) throws -> Service {
        try makeFolder(folder)
        let file = folder.appending("nginx.conf")
        try writeFile(file, text(in: folder))
        return Service(
            name: "web server (nginx)",
            program: .nginx,
            arguments: ["-e", "stderr", "-p", folder.string, "-c", file.string],
            workingFolder: folder,
            log: log
        )
    }
}
