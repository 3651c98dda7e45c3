import LCFT
import Testing

@Suite struct LabelCorrectionTests {
  /// The paper's Example 1: w_g = 0.5, w = 0.25.
  @Test func paperExample() {
    let soft2 = LabelCorrection.labels(.soft2, ClickRates(localCTR: 0.25, globalCTR: 0.5))
    #expect(soft2 == CorrectedLabels(alpha: 2, beta: 0, status: .corrected))
    let soft1 = LabelCorrection.labels(.soft1, ClickRates(localCTR: 0.25, globalCTR: 0.5))
    #expect(soft1.alpha == 1)
    #expect(abs(soft1.beta - 1.0 / 3) < 1e-15)
  }

  /// eq. 10: w alpha + (1 - w) beta = w_g wherever the correction is defined.
  @Test(arguments: [Method.soft1, .soft2], [0.001, 0.04, 0.17, 0.5, 0.93])
  func equivalentCTRIsGlobalCTR(_ method: Method, _ globalCTR: Double) {
    for step in 1..<100 {
      let w = Double(step) / 100
      let labels = LabelCorrection.labels(method, ClickRates(localCTR: w, globalCTR: globalCTR))
      #expect(labels.status == .corrected)
      #expect(abs(w * labels.alpha + (1 - w) * labels.beta - globalCTR) < 1e-12)
    }
  }

  /// soft1 narrows the gap between the labels and keeps them in [0, 1]; soft2 widens it.
  @Test func gaps() {
    for w in [0.05, 0.3, 0.7, 0.95] {
      let soft1 = LabelCorrection.labels(.soft1, ClickRates(localCTR: w, globalCTR: 0.4))
      #expect(soft1.alpha <= 1 && soft1.beta >= 0 && soft1.alpha - soft1.beta < 1)
      let soft2 = LabelCorrection.labels(.soft2, ClickRates(localCTR: w, globalCTR: 0.4))
      #expect(soft2.alpha >= 1 && soft2.beta <= 0 && soft2.alpha - soft2.beta > 1)
    }
    // A user at the global CTR needs no correction.
    for method in [Method.soft1, .soft2] {
      let labels = LabelCorrection.labels(method, ClickRates(localCTR: 0.4, globalCTR: 0.4))
      #expect(labels.alpha == 1 && labels.beta == 0)
    }
  }

  @Test func missingClasses() {
    let plain = CorrectedLabels(alpha: 1, beta: 0, status: .undefined)
    #expect(LabelCorrection.labels(.soft2, ClickRates(localCTR: 0, globalCTR: 0.2)) == plain)
    #expect(LabelCorrection.labels(.soft2, ClickRates(localCTR: 1, globalCTR: 0.2)) == plain)
    #expect(LabelCorrection.labels(.soft1, ClickRates(localCTR: 0.3, globalCTR: 0)) == plain)
    #expect(LabelCorrection.labels(.soft1, ClickRates(localCTR: 0.3, globalCTR: 1)) == plain)
    // soft1 is defined at the ends: the class that is there carries the correction.
    let onlyNegatives = LabelCorrection.labels(.soft1, ClickRates(localCTR: 0, globalCTR: 0.2))
    #expect(onlyNegatives == CorrectedLabels(alpha: 1, beta: 0.2, status: .corrected))
    let onlyPositives = LabelCorrection.labels(.soft1, ClickRates(localCTR: 1, globalCTR: 0.2))
    #expect(onlyPositives == CorrectedLabels(alpha: 0.2, beta: 0, status: .corrected))
    for method in [Method.cloud, .local] {
      let labels = LabelCorrection.labels(method, ClickRates(localCTR: 0.3, globalCTR: 0.2))
      #expect(labels == CorrectedLabels(alpha: 1, beta: 0, status: .uncorrected))
    }
  }

  /// Where all samples are of one class there is no prior, and so no estimate of a user's rate to correct by.
  @Test(arguments: [Method.shrunkenSoft1, .shrunkenSoft2, .shrunkenBalanced1, .shrunkenBalanced2])
  func anUnknownEstimateIsUndefined(_ method: Method) {
    var rates = ClickRates(localCTR: 1, globalCTR: 1)
    rates.meanPrediction = 0.7
    let labels = LabelCorrection.labels(method, rates)
    #expect(labels == CorrectedLabels(alpha: 1, beta: 0, status: .undefined))
  }

  /// The shifted logit of the global CTR is the local one's: a model that answers w_g fits a user of CTR w.
  @Test func priorOffset() {
    let labels = LabelCorrection.labels(.priorOffset, ClickRates(localCTR: 0.25, globalCTR: 0.5))
    #expect(labels.alpha == 1 && labels.beta == 0 && labels.status == .corrected)
    #expect(abs(labels.logitOffset - -1.098_612_288_668_109_8) < 1e-15)
    #expect(LabelCorrection.labels(.priorOffset, ClickRates(localCTR: 0.2, globalCTR: 0.2)).logitOffset == 0)
    for w in [0.0, 1.0] {
      let undefined = LabelCorrection.labels(.priorOffset, ClickRates(localCTR: w, globalCTR: 0.2))
      #expect(undefined.status == .undefined && undefined.logitOffset == 0)
    }
  }
}
