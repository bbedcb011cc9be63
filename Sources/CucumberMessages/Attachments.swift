/// Something that a step keeps, inside the record.
package struct Attachment: Codable, Hashable, Sendable {
    /// The content, as text or in Base64.
    package var body: String
    /// How the body is written.
    package var contentEncoding: ContentEncoding
    /// A name to save it under.
    package var fileName: String?
    /// What it is.
    package var mediaType: String
    /// The attempt.
    package var testCaseStartedId: String?
    /// The step.
    package var testStepId: String?
    /// The hook around all scenarios, when one keeps it.
    package var testRunHookStartedId: String?
    /// When.
    package var timestamp: Timestamp?

    /// Creates the message from its fields.
    package init(
        body: String,
        contentEncoding: ContentEncoding,
        fileName: String? = nil,
        mediaType: String,
        testCaseStartedId: String? = nil,
        testStepId: String? = nil,
        testRunHookStartedId: String? = nil,
        timestamp: Timestamp? = nil
    ) {
        self.body = body
        self.contentEncoding = contentEncoding
        self.fileName = fileName
        self.mediaType = mediaType
        self.testCaseStartedId = testCaseStartedId
        self.testStepId = testStepId
        self.testRunHookStartedId = testRunHookStartedId
        self.timestamp = timestamp
    }
}

/// How the body of an attachment is written.
package enum ContentEncoding: String, Codable, Hashable, Sendable {
    case identity = "IDENTITY"
    case base64 = "BASE64"
}

/// Something that a step keeps, in a file beside the record.
package struct ExternalAttachment: Codable, Hashable, Sendable {
    /// The file, relative to the record: `attachments/<sha256>.<ext>`.
    package var url: String
    /// What it is.
    package var mediaType: String
    /// The attempt.
    package var testCaseStartedId: String?
    /// The step.
    package var testStepId: String?
    /// When.
    package var timestamp: Timestamp?

    /// Creates the message from its fields.
    package init(
        url: String,
        mediaType: String,
        testCaseStartedId: String? = nil,
        testStepId: String? = nil,
        timestamp: Timestamp? = nil
    ) {
        self.url = url
        self.mediaType = mediaType
        self.testCaseStartedId = testCaseStartedId
        self.testStepId = testStepId
        self.timestamp = timestamp
    }
}
