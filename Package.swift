// swift-tools-version: 6.2
import PackageDescription

// A target imports only targets that stand above it in this list.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "assay",
    dependencies: [
        // Child processes as scopes.
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2")
    ],
    targets: [
        // MARK: Pure: no input or output, no C.
        .target(name: "Diagnostics", swiftSettings: strict),
        .target(name: "CucumberMessages", swiftSettings: strict),
        .target(name: "Verdicts", dependencies: ["Diagnostics"], swiftSettings: strict),

        .target(name: "Pictures", swiftSettings: strict),

        // MARK: C: one importer each.
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CTesseract", pkgConfig: "tesseract", providers: [.apt(["libtesseract-dev"])]),
        .systemLibrary(name: "CXkbcommon", pkgConfig: "xkbcommon", providers: [.apt(["libxkbcommon-dev"])]),
        .target(name: "CPNG", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("spng")]),
        // Not pkgConfig "opencv4": that links sixty modules and costs a quarter of a second at every start.
        .target(
            name: "CVision",
            cxxSettings: [.unsafeFlags(["-O2", "-isystem/usr/include/opencv4"])],
            linkerSettings: [.linkedLibrary("opencv_imgproc"), .linkedLibrary("opencv_core")]
        ),

        // MARK: Drivers: each talks to one thing outside of the process.
        .target(name: "PictureFiles", dependencies: ["CPNG", "Diagnostics", "Pictures"], swiftSettings: strict),
        .target(name: "GuestDisplay", dependencies: ["CSystemd", "Diagnostics", "Pictures"], swiftSettings: strict),

        .target(
            name: "ScreenMatching",
            dependencies: ["CTesseract", "CVision", "Diagnostics", "PictureFiles", "Pictures"],
            swiftSettings: strict
        ),
        .target(name: "Keymaps", dependencies: ["CXkbcommon", "Diagnostics"], swiftSettings: strict),

        // MARK: Authoring: what the author of a step imports.
        .target(
            name: "Screen",
            dependencies: ["Diagnostics", "GuestDisplay", "Keymaps", "Pictures", "ScreenMatching"],
            swiftSettings: strict
        ),

        // MARK: Tests
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"], swiftSettings: strict),
        .testTarget(name: "VerdictsTests", dependencies: ["Verdicts", "Diagnostics"], swiftSettings: strict),
        .target(
            name: "CTestDrawing",
            path: "Tests/CTestDrawing",
            cxxSettings: [.unsafeFlags(["-O2", "-isystem/usr/include/opencv4"])],
            linkerSettings: [.linkedLibrary("opencv_imgproc"), .linkedLibrary("opencv_core")]
        ),
        .target(
            name: "ScreenTestSupport",
            dependencies: ["CTestDrawing", "GuestDisplay", "Pictures", "Screen"],
            path: "Tests/ScreenTestSupport",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "screen-bench",
            dependencies: ["GuestDisplay", "PictureFiles", "Pictures", "Screen", "ScreenMatching", "ScreenTestSupport"],
            path: "Tests/screen-bench",
            swiftSettings: strict
        ),
        .testTarget(
            name: "GuestDisplayTests",
            dependencies: ["CSystemd", "GuestDisplay", "Pictures", "ScreenTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "GuestDisplayIntegrationTests",
            dependencies: [
                "GuestDisplay", "Pictures", "Screen", "ScreenMatching",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "PicturesTests", dependencies: ["Pictures"], swiftSettings: strict),
        .testTarget(
            name: "PictureFilesTests",
            dependencies: ["PictureFiles", "Pictures", "ScreenTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(name: "KeymapsTests", dependencies: ["Keymaps"], swiftSettings: strict),
        .testTarget(
            name: "ScreenMatchingTests",
            dependencies: ["PictureFiles", "Pictures", "ScreenMatching", "ScreenTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ScreenTests",
            dependencies: ["Diagnostics", "GuestDisplay", "Pictures", "Screen", "ScreenMatching", "ScreenTestSupport"],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
