import SystemPackage

/// What every nginx of the simulated internet has in common.
struct NginxConfiguration {
    /// Its `server` blocks.
    let blocks: String

    /// The configuration text, after nginx(8), for a server that keeps its files in `folder`.
    func text(in folder: FilePath) -> String {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "    \($0)_temp_path \(folder.appending("\($0)_temp"));\n" }.joined()
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
            \(blocks)}

            """
    }

    /// Writes the configuration; starts nothing yet.
    func service(_ name: String, folder: FilePath, log: ServiceLog) throws -> Service {
        try makeFolder(folder)
        let file = folder.appending("nginx.conf")
        try writeFile(file, text(in: folder))
        return Service(
            name: name,
            program: .nginx,
            arguments: ["-e", "stderr", "-p", folder.string, "-c", file.string],
            workingFolder: folder,
            log: log
        )
    }
}

/// A path as one word of nginx's configuration, in which `"`, `\` and `$` have a meaning.
func quoted(_ path: FilePath) -> String {
    "\"" + path.string.map { "\"\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
}
