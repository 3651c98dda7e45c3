import IO
import Models
import YAML

extension Job {
  /// Refuses a model that is not possible, at the line of the setting at fault; `section` is the job's
  /// `model`. What depends on the width of items with their features is checked when the job is fitted to a data set.
  package func checkModel(
    _ section: YAMLSection, among models: [any Model.Type] = ModelRegistry.models
  ) throws {
    let named = featureWidths.named.map(\.name)
    for (feature, key) in [(Features.category, "category_embedding"), (Features.action, "action_embedding")]
    where section.has(key) && (named.contains(feature) || named.contains { $0.hasSuffix("/\(feature)") }) {
      throw section.refusal(
        "feature_embedding", "has a width for \(feature), which \(key) has, too: leave one out")
    }
    do {
      try ModelRegistry.check(model, among: models)
    } catch .unalignedFields {
    } catch .stateWidth {
    } catch {
      throw section.refusal(error.setting, error.reason)
    }
  }

  /// The job's model, which `checkModel` found possible when the job was read, and `fitted` for the data set.
  package func makeModel() -> any Model {
    do {
      return try ModelRegistry.make(model)
    } catch {
      preconditionFailure("a job's model was checked: \(error)")
    }
  }
}
