extension ModelRegistry {
  /// A declared setting, and changes of a configuration that must change the layout of a model that reads it.
  private struct Probe {
    var setting: String
    var isDeclared: Bool
    var changes: [(inout ModelConfiguration) -> Void]
  }

  private static func probes(_ settings: ModelSettings) -> [Probe] {
    [
      Probe(
        setting: "the embedding sizes", isDeclared: settings.embeddings,
        changes: [{ $0.itemWidth += 1 }, { $0.categoryWidth += 1 }]),
      Probe(
        setting: "attention", isDeclared: settings.attention,
        changes: [
          { $0.attention[0] += 1 }, { $0.attentionInput = .original }, { $0.attentionActivation = .prelu },
        ]),
      Probe(
        setting: "history_sum", isDeclared: settings.historySum, changes: [{ $0.historySum = false }]),
      Probe(
        setting: "hidden", isDeclared: settings.hidden,
        changes: [
          { $0.hidden[0] += 1 }, { $0.batchNormalization = true }, { $0.inputNormalization = false },
          { $0.activation = .prelu }, { $0.activation = .dice },
        ]),
      Probe(setting: "products", isDeclared: settings.products, changes: [{ $0.products = .outer }]),
      Probe(setting: "cross_layers", isDeclared: settings.crossLayers, changes: [{ $0.crossLayers += 1 }]),
      Probe(setting: "gru", isDeclared: settings.recurrent, changes: [{ $0.recurrent += 1 }]),
    ]
  }

  /// Checks what a model declares against what it does: a setting that is not declared must leave the layout of its
  /// weights as it is, and one that is declared must change it. Throws `ModelError.undeclaredSetting`,
  /// `ModelError.unreadSetting`, and why the model cannot have its own default sizes.
  ///
  /// Layouts are descriptions; nothing as large as a weight is made.
  static func checkDeclaration(of model: any Model.Type) throws(ModelError) {
    let settings = model.settings
    var plain = configuration(of: model)
    plain.features = ModelFeatures(
      [ModelFeature(.items, ModelFeature.category, .values(table: 0))],
      tables: [ModelFeatures.Table(name: ModelFeature.category, rows: 1)])
    let layout = try model.init(plain).layout
    func changesLayout(_ change: (inout ModelConfiguration) -> Void) -> Bool {
      var changed = plain
      change(&changed)
      do { return try model.init(changed).layout != layout } catch { return true }
    }
    for probe in probes(settings) {
      switch (probe.isDeclared, probe.changes.contains(where: changesLayout)) {
      case (false, true): throw .undeclaredSetting(model: model.name, setting: probe.setting)
      case (true, false): throw .unreadSetting(model: model.name, setting: probe.setting)
      default: break
      }
    }
    // Aligned fields leave the width of the user's no choice.
    var changed = plain
    changed.userWidth = plain.encodedItemWidth + 1
    var isAligned = false
    do { _ = try model.init(changed) } catch .unalignedFields { isAligned = true } catch {}
    let setting = "aligned fields (alignsFields)"
    if isAligned && !settings.alignsFields { throw .undeclaredSetting(model: model.name, setting: setting) }
    if !isAligned && settings.alignsFields { throw .unreadSetting(model: model.name, setting: setting) }
  }
}
