import CBLAS

/// Row-major single-precision products. Calls are made per virtual shard: a BLAS may round a row
/// differently when the call's shape changes.
enum MatrixMultiply {
  /// One thread: ranks are the parallelism, and the order of sums must not depend on a thread count.
  static let singleThreaded: Void = openblas_set_num_threads(1)

  /// c [m x n] = a [m x k] b [k x n] + beta c.
  @inline(__always)
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int, beta: Float
  ) {
    guard m > 0, n > 0 else { return }
    if n == 1, bStride == 1 {
      cblas_sgemv(
        CblasRowMajor, CblasNoTrans, Int32(m), Int32(k), 1, a, Int32(aStride), b, 1, beta, c,
        Int32(cStride))
      return
    }
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(aStride), b,
      Int32(bStride), beta, c, Int32(cStride))
  }

  /// c [m x n] = a^T b + beta c, with a [k x m] and b [k x n]: the gradient of weights, k samples.
  @inline(__always)
  static func multiplyTransposedLeft(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int, beta: Float
  ) {
    guard k > 0 else { return }
    if n == 1, cStride == 1 {
      cblas_sgemv(
        CblasRowMajor, CblasTrans, Int32(k), Int32(m), 1, a, Int32(aStride), b, Int32(bStride), beta, c, 1)
      return
    }
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(aStride), b,
      Int32(bStride), beta, c, Int32(cStride))
  }

  /// c [m x n] = a b^T + beta c, with a [m x k] and b [n x k]: the gradient of inputs.
  @inline(__always)
  static func multiplyTransposedRight(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, _ c: UnsafeMutablePointer<Float>, _ cStride: Int, beta: Float
  ) {
    guard m > 0, n > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, Int32(m), Int32(n), Int32(k), 1, a, Int32(aStride), b,
      Int32(bStride), beta, c, Int32(cStride))
  }
}
