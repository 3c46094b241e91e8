import ArgumentParser
import Scoring

/// The root of the command line: names the verbs.
struct Obligor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "obligor",
        abstract: "Credit risk: scorecards, probabilities of default and grades.",
        discussion: """
            A risk analyst's route: write a recipe (YAML), train it on a table of past obligors (CSV), see how good \
            the model is, score new obligors and read a grade for each.

              obligor demo
              obligor train models/recipes/hmeq_scorecard.yaml --data hmeq.csv --out runs/hmeq
              obligor evaluate runs/hmeq --data holdout.csv
              obligor score runs/hmeq --data new.csv --out ratings.csv

            Exit status: 0 done, 1 failed, 2 command line or recipe cannot be used, 3 data or model cannot be used or \
            is not there, 4 a validation gate said no.
            """,
        version: EngineVersion.current,
        subcommands: [
            TrainCommand.self, CrossValidateCommand.self, EvaluateCommand.self, CompareCommand.self,
            ScoreCommand.self, GradeCommand.self,
            ExplainCommand.self, ImportModelCommand.self, ExportModelCommand.self, SimulateCommand.self,
            SimulateTableCommand.self, ImportCommand.self, CheckCommand.self, FeaturesCommand.self,
            MigrateCommand.self, ReviewCommand.self, WatchCommand.self, ReportCommand.self,
            ApproveCommand.self, DecideCommand.self,
            BackupCommand.self, RestoreCommand.self, AuditCommand.self, DemoCommand.self,
        ])
}
