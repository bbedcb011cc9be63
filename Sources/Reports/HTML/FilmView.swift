import Foundation

/// A video of an attempt as the template fills it in.
///
/// The video itself is linked, as it may be large; its captions are embedded, since browsers refuse to load those of a
/// page that was opened from a disk.
struct FilmView {
    static let captionType = "text/vtt"

    private static let largestCaptions = 256 << 10

    let href: String
    let captions: String?

    /// Takes the video among some attachments, if it lies beside the report.
    init?(_ attachments: [KeptAttachment], place: RunPlace, prefix: String) {
        guard let film = attachments.last(where: Self.isFilm), let url = film.url
        else { return nil }
        href = prefix + url
        let track = attachments.last { $0.mediaType == Self.captionType }
        captions = track.flatMap { place.path(of: $0) }
            .flatMap { FileManager.default.contents(atPath: $0) }
            .flatMap { $0.count <= Self.largestCaptions ? $0.base64EncodedString() : nil }
    }

    /// Whether a browser can play it from where it lies.
    static func isFilm(_ attachment: KeptAttachment) -> Bool {
        attachment.mediaType == "video/webm" && attachment.url != nil
    }

    var view: [String: Any] { ["href": href, "captions": captions ?? false] }
}
