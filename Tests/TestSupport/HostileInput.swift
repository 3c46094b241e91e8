/// How many damaged inputs of each kind a run of the tests reads.
///
/// Every suite that damages inputs takes its seeds and its repetitions from here, so that the total stands in one
/// place and cannot shrink unseen.
public enum HostileInput: CaseIterable, Sendable {
    /// CSV files with injuries, read whole, in blocks and as a stream.
    case csvFiles
    /// Random bytes read as CSV.
    case csvNoise
    /// YAML documents with every construct, each value asked for every type.
    case yamlDocuments
    /// Recipes with injuries, read as recipes.
    case recipes
    /// Recipes with a value exchanged for an awkward one, read and, where that succeeds, trained.
    case trainedRecipes
    /// Model files with injuries.
    case modelFiles
    /// Model files with values exchanged and a digest that fits again, read and, where that succeeds, used to score.
    case resealedModelFiles
    /// Trees as text, read and, where that succeeds, used to score.
    case treeTexts
    /// Bins of a variable as JSON.
    case binnings
    /// Files of a run folder.
    case runFolderFiles
    /// Master scales.
    case masterScales
    /// Files that deal rows into folds.
    case foldsFiles

    /// Damaged inputs by one seed.
    public var perSeed: Int {
        switch self {
        case .csvFiles, .recipes, .modelFiles, .resealedModelFiles, .runFolderFiles, .binnings: 100
        case .csvNoise: 50
        case .yamlDocuments: 75
        case .trainedRecipes: 60
        case .masterScales, .treeTexts, .foldsFiles: 100
        }
    }

    /// The seeds, one test each.
    public var seeds: Range<Int> {
        switch self {
        case .csvFiles: 0..<50
        case .csvNoise: 500..<520
        case .yamlDocuments: 0..<40
        case .recipes: 0..<24
        case .trainedRecipes: 0..<10
        case .modelFiles, .resealedModelFiles: 0..<22
        case .binnings: 0..<30
        case .runFolderFiles: 0..<20
        case .masterScales, .foldsFiles: 0..<10
        case .treeTexts: 0..<20
        }
    }

    /// Damaged inputs in a run of the tests.
    public var count: Int { seeds.count * perSeed }

    /// Damaged inputs of all kinds.
    public static var total: Int { allCases.reduce(0) { $0 + $1.count } }
}
