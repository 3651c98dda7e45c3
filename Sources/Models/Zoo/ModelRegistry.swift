/// The models by their names. Functions look among `models`, or among the types they are given.
package enum ModelRegistry {
  package static var models: [any Model.Type] {
    [
      LR.self,
      WideAndDeep.self,
      DeepFM.self,
      PNN.self,
      DIN.self,
      DCNv2.self,
      EdgeRec.self,
    ]
  }

  package static var names: [String] { models.map { $0.name } }

  /// The models whose users are as wide as an encoded item where a job does not say how wide.
  package static var withUsersLikeItems: [String] {
    names.filter { name in
      var configuration = configuration(name)
      configuration.itemWidth = ModelConfiguration.usualUserWidth + 1
      return (try? make(configuration))?.layout.tables.contains {
        $0.space == .user && $0.width == configuration.encodedItemWidth
      } ?? false
    }
  }

  /// What the model of this name declares, or nil if there is none of that name.
  package static func settings(_ name: String) -> ModelSettings? {
    models.first { $0.name == name }?.settings
  }

  /// The configuration of the model of this name in its default sizes; `check` refuses it if there is no such model.
  package static func configuration(
    _ name: String, among models: [any Model.Type] = models
  ) -> ModelConfiguration {
    guard let model = models.first(where: { $0.name == name }) else { return ModelConfiguration(name: name) }
    return configuration(of: model)
  }

  /// The configuration of a model in its default sizes, of which some depend on what the model declares.
  package static func configuration(of model: any Model.Type) -> ModelConfiguration {
    var configuration = ModelConfiguration(name: model.name)
    if let own = model.settings.histories { configuration.histories = own }
    return configuration
  }

  /// Throws why there is no model for `configuration`.
  package static func check(
    _ configuration: ModelConfiguration, among models: [any Model.Type] = models
  ) throws(ModelError) {
    _ = try make(configuration, among: models)
  }

  /// The model that `configuration` describes. Throws why there is none.
  package static func make(
    _ configuration: ModelConfiguration, among models: [any Model.Type] = models
  ) throws(ModelError) -> any Model {
    guard let model = models.first(where: { $0.name == configuration.name }) else {
      throw .unknownName(name: configuration.name, known: models.map { $0.name })
    }
    try checkDeclaration(of: model)
    try configuration.checkSizes()
    if let own = model.settings.histories, configuration.histories != own {
      throw .histories(model: model.name, found: configuration.histories, own: own)
    }
    return try model.init(configuration)
  }
}
