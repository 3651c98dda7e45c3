import IO
import LCFT

extension Method {
  /// What the method is, in a sentence for who reads a report. w is the user's local CTR and w_g the global one.
  var sentence: String {
    switch self {
    case .cloud: "The cloud model as it is, the same for every user."
    case .local:
      "The cloud model, fine-tuned on the user's own training samples, whose labels stay as they are."
    case .soft1:
      "Fine-tuned with corrected labels, by which the user's equivalent CTR is the global one (eq. 10): where w is above "
        + "w_g, positives have the label w_g / w, elsewhere negatives have (w_g - w) / (1 - w). The gap between the labels "
        + "narrows."
    case .soft2:
      "As soft1, with the correction on the other class: where w is above w_g, negatives have (w_g - w) / (1 - w), below "
        + "0, elsewhere positives have w_g / w, above 1. The gap between the labels widens."
    case .hard:
      "Fine-tuned with the labels that a search on held-out training samples found best for users of such a local CTR."
    case .biasOnly:
      "Only the bias of the logit is fine-tuned, labels as they are: all of a user's scores move alike, and the user's AUC "
        + "stays that of cloud."
    case .denseOnly:
      "Only the dense weights are fine-tuned, labels as they are; the embeddings stay the cloud model's."
    case .embeddingsOnly:
      "Only the embeddings are fine-tuned, labels as they are; the dense weights stay the cloud model's."
    case .priorOffset:
      "Fine-tuned on labels as they are, while logits are shifted by logit(w) - logit(w_g), so that the shift and not the "
        + "model accounts for the user's local CTR."
    case .grouped: "One model for all users of a group by local CTR, fine-tuned on the samples of the group."
    case .balanced1:
      "As soft1, with the mean of the cloud model's predictions on the user's training samples in place of w_g: the errors "
        + "that the first step corrects then sum to 0."
    case .balanced2: "As balanced1, with the correction on the other class, as soft2 has it."
    case .shrunkenSoft1, .shrunkenSoft2, .shrunkenBalanced1, .shrunkenBalanced2:
      "As \(rawValue.dropFirst("shrunken_".count)), with w estimated as (n+ + s w_g) / (n + s): s samples of the global CTR "
        + "join the user's own. s is what makes all users' counts most likely (beta-binomial)."
    case .proximal:
      "Fine-tuned on labels as they are, pulled towards the cloud model's weights: mu / 2 times the squared distance joins "
        + "the loss. The same as local for users with a single step."
    case .averaged: "Fine-tuned as local; logits are the cloud model's and the fine-tuned one's, mixed."
    case .cloudWithoutUser:
      "The cloud model, with the mean of all users' embeddings in place of the user's own. The user's features and history "
        + "stay."
    case .popularity:
      "No model: the item's click rate over all users' training samples, smoothed; where negatives were drawn, the order of "
        + "the items' counts of positives."
    case .lcft:
      "The method that was best on held-out training samples of all users, or cloud where none was better: one for all users."
    case .lcftByCTR: "As lcft, with a method for each group of users by local CTR."
    }
  }
}

/// What the scores of a report's tables are.
enum MeasureText {
  static let all: [(name: String, sentence: String)] = [
    (
      "user AUC",
      "A user's AUC is the share of pairs of a clicked and an unclicked test sample of the user that the scores order right, "
        + "ties counted one half; user AUC is the mean over the users, weighted by their test samples (eq. 12)."
    ),
    ("unweighted", "The mean of the users' AUCs in which every user counts alike."),
    ("pooled AUC", "The AUC over the test samples of all users together."),
    ("log loss", "The mean cross entropy of the predicted click probabilities over the same samples."),
    ("log loss per user", "The mean over users, each counted alike, of a user's log loss."),
    (
      "predicted / true",
      "The sum of the predicted click probabilities over the number of clicks: above 1, too many clicks are predicted."
    ),
    (
      "ECE",
      "Expected calibration error: samples are put into bins of one width by their predicted probability; the mean over the "
        + "samples of the distance between the mean probability and the CTR of their bin."
    ),
    (
      "NDCG@k, hit rate@k, MRR",
      "Of lists of candidates of one moment: a user's test samples with the same time, with a positive and a negative among "
        + "them. NDCG@k weighs a positive at rank r up to k by 1 / log2(r + 1), over the best that the list allows; hit "
        + "rate@k is the share of lists with a positive among the first k; MRR is the mean of 1 / r of the first positive. "
        + "Candidates with the same score count by their expected value over all orders."
    ),
    (
      "local CTR, global CTR",
      "The share of positives among a user's training samples (w), and among all training samples (w_g)."
    ),
    (
      "95% interval",
      "Made so that in about 95 of 100 repetitions with other users of the same kind (and other seeds, where there are "
        + "several) it holds the true difference; where it does not hold 0, the difference is unlikely to be chance. Of fewer "
        + "than \(Results.Comparison.fewestUsers) users none is given."
    ),
  ]
}
