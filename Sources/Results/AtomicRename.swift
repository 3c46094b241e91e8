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

/// Gives a file another name in one step, unless there is something of that name.
///
/// - Returns: The error number, `EEXIST` if there is, or `nil` on success.
func renameIfNew(_ source: String, to destination: String) -> Int32? {
    // SAFETY: both strings live through the calls, which do not keep them.
    if unsafe link(source, destination) != 0 { return errno }
    _ = unsafe unlink(source)
    return nil
}
