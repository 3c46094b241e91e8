import Glibc

/// Asks for pages of 2 MiB inside large memory that nobody has touched yet, which spares most of its page faults.
///
/// Where the system knows no such pages, nothing happens.
public func preferLargePages(_ memory: UnsafeMutableRawBufferPointer) {
    guard memory.count >= 1 << 21, let base = memory.baseAddress else { return }
    // By whole small pages: the system finds the large ones among them. The first may hold what the allocator keeps in
    // front of the memory, which advice does not harm.
    let start = Int(bitPattern: base) & ~4095
    let end = (Int(bitPattern: base) + memory.count) & ~4095
    // SAFETY: advice changes no contents.
    unsafe madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE)
}
