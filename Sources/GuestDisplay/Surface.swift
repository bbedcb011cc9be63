import CSystemd
import Pictures

/// The pixels of one console, larger than what is visible when an earlier mode was larger.
///
/// Keeping what lies beyond the visible part matters because sizes and pixels come by different connections: a size that
/// arrives late may cut off for a moment what the next one shows again.
struct Surface: ~Copyable {
    static let bytesPerPixel = 4

    private var pixels = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var capacity = (width: 0, height: 0)
    /// What the guest shows, or `nil` while it shows nothing.
    private(set) var size: (width: Int, height: Int)?

    deinit { pixels.deallocate() }

    /// Changes the visible size and keeps all pixels; returns false when it was the same or makes no sense.
    mutating func resize(width: Int, height: Int) -> Bool {
        guard 1...Picture.longestSide ~= width, 1...Picture.longestSide ~= height else { return false }
        if let size, size == (width, height) { return false }
        reserve(width: width, height: height)
        size = (width, height)
        return true
    }

    /// Shows nothing from now on.
    mutating func hide() { size = nil }

    /// Blackens everything, including what isn't visible.
    mutating func clear() { pixels.initializeMemory(as: UInt8.self, repeating: 0) }

    /// Copies rows that differ into the visible part; returns whether any did, or `nil` when the numbers make no sense.
    mutating func write(_ bytes: UnsafeRawBufferPointer, stride: Int, to area: Rectangle) -> Bool? {
        let rowBytes = area.width * Self.bytesPerPixel
        guard
            let size, !area.isEmpty, Rectangle(x: 0, y: 0, width: size.width, height: size.height).contains(area),
            stride >= rowBytes, bytes.count >= stride * (area.height - 1) + rowBytes,
            let target = pixels.baseAddress, let source = bytes.baseAddress
        else { return nil }
        let rowStride = capacity.width * Self.bytesPerPixel
        return csystemd_copy_changed_rows(
            target.advanced(by: area.y * rowStride + area.x * Self.bytesPerPixel).assumingMemoryBound(to: UInt8.self),
            rowStride,
            source.assumingMemoryBound(to: UInt8.self),
            stride,
            rowBytes,
            area.height
        ) != 0
    }

    /// A copy of the visible part.
    borrowing func picture() -> Picture? {
        guard let size, let start = pixels.baseAddress else { return nil }
        let count = size.width * size.height * Self.bytesPerPixel
        let rows = start.assumingMemoryBound(to: UInt32.self)
        let capacity = self.capacity
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, used in
            target.withMemoryRebound(to: UInt32.self) { target in
                guard let target = target.baseAddress else { return }
                if capacity.width == size.width {
                    csystemd_copy_opaque(target, rows, size.width * size.height)
                } else {
                    for row in 0..<size.height {
                        csystemd_copy_opaque(
                            target.advanced(by: row * size.width),
                            rows.advanced(by: row * capacity.width),
                            size.width
                        )
                    }
                }
            }
            used = count
        }
        return Picture(width: size.width, height: size.height, bytes: bytes)
    }

    private mutating func reserve(width: Int, height: Int) {
        guard width > capacity.width || height > capacity.height else { return }
        let grown = (width: max(width, capacity.width), height: max(height, capacity.height))
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: grown.width * grown.height * Self.bytesPerPixel,
            alignment: 64
        )
        larger.initializeMemory(as: UInt8.self, repeating: 0)
        let (oldStride, newStride) = (capacity.width * Self.bytesPerPixel, grown.width * Self.bytesPerPixel)
        if let old = pixels.baseAddress, let new = larger.baseAddress {
            for row in 0..<capacity.height {
                new.advanced(by: row * newStride).copyMemory(
                    from: old.advanced(by: row * oldStride),
                    byteCount: oldStride
                )
            }
        }
        pixels.deallocate()
        pixels = larger
        capacity = grown
    }
}
