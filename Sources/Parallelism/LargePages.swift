import Glibc

/// Asks for pages of 2 MiB inside large memory that nobody has touched yet, which spares most of its page faults.
///
/// Where the system knows no such pages, nothing happens.
public func preferLargePages(_ memory: UnsafeMutableRawBufferPointer) {
    let page = 1 << 21
    guard memory.count >= 2 * page, let base = memory.baseAddress else { return }
    let start = (Int(bitPattern: base) + page - 1) & ~(page - 1)
    let end = (Int(bitPattern: base) + memory.count) & ~(page - 1)
    guard end > start else { return }
    // SAFETY: advice changes no contents, and the pages lie inside the memory.
    unsafe madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE)
}
