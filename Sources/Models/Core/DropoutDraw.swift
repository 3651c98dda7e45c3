/// Which outputs of hidden layers a training step drops (Srivastava et al., JMLR 2014).
///
/// Whether an output is dropped depends on the layer, the step, the sample and the column alone: the same samples give
/// the same masks on any number of ranks and in any order.
package struct DropoutDraw: BitwiseCopyable {
  /// The probability that an output is dropped, in (0, 1).
  package var rate: Double
  package var seed: UInt64
  /// The step of the whole training, counted from 1.
  package var step: Int
  /// [B] each sample's row among the training samples.
  package var samples: UnsafePointer<Int>

  package init(rate: Double, seed: UInt64, step: Int, samples: UnsafePointer<Int>) {
    self.rate = rate
    self.seed = seed
    self.step = step
    self.samples = samples
  }
}
