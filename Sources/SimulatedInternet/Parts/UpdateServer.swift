import SystemPackage

/// A web server with TLS (nginx) for files that a suite brings along, such as those of an update.
package struct UpdateServer: Sendable {
    /// The folder whose files it serves, or `nil` for a page alone.
    let content: FilePath?
    let keys: ServiceKeys

    /// The server's blocks for nginx, after nginx(8).
    var blocks: String {
        let files =
            if let content { "root \(quoted(content)); autoindex on;" } else {
                "return 200 \"Assay update server\\n\";"
            }
        return """
                server {
                    listen \(AddressPlan.address(of: .updates)):443 ssl;
                    server_name \(InternetPart.updates.hostName ?? "_");
            \(keys.tlsDirectives)
                    default_type application/octet-stream;
                    location / { \(files) }
                }

            """
    }

    /// The service, which keeps its files in `folder`.
    func service(folder: FilePath, log: ServiceLog) throws -> Service {
        try NginxConfiguration(blocks: blocks).service("update server (nginx)", folder: folder, log: log)
    }
}

extension ServiceKeys {
    /// What nginx has to know to speak TLS.
    var tlsDirectives: String {
        """
                ssl_certificate \(quoted(certificate));
                ssl_certificate_key \(quoted(certificateKey));
        """
    }
}
