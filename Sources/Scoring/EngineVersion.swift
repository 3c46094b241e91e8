/// The engine's version, as models record it.
public enum EngineVersion {
    /// Major, minor and patch.
    public static let current = "0.1.0"
}
