import Glibc

/// Gives a file or folder another name in one step; what had that name, if a file, is gone in the same step.
///
/// Foundation's `replaceItemAt` does not do this on Linux: it moves the old item over the new one.
///
/// - Returns: The error number, or `nil` on success.
func renameAtomically(_ source: String, to destination: String) -> Int32? {
    // SAFETY: both strings live through the call, which does not keep them.
    unsafe rename(source, destination) == 0 ? nil : errno
}
