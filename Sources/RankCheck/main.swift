import Dist
import Support

// Asserts that the ranks agree. Run under mpirun with any number of ranks:
//   rank-check                       every check; rank 0 prints one line
//   rank-check fail R                rank R throws while the others wait for it
//   rank-check fail-late R           rank R throws when the others have ended
//   rank-check fail-together         every rank throws the same error
//   rank-check agree R               rank R fails in a step that the ranks agree on
//   rank-check queue-fail R          rank R throws in an item of the work queue
//   rank-check hang R                rank R never answers while the others wait for it
//   rank-check alone R               rank R works alone for longer than the others' patience
//   rank-check queue-hang R          rank R never ends an item of the work queue
//   rank-check share-large           a shared block of more bytes than 32 bits can count
//   rank-check share-apart           ranks in containers of their own do not share
//   rank-check hold                  shares memory and computes until it is killed
//   rank-check queue-stop R          rank R is asked to stop in the work queue
//   rank-check queue-stop-short      all ranks are asked to stop in a queue of two items
//   rank-check time                  times of sums and of the work queue

let arguments = CommandLine.arguments.dropFirst()
let chosen = arguments.dropFirst().first.flatMap { Int($0) } ?? 0

do {
  try withWorld(program: "rank-check", run)
} catch {
  print("rank-check: \(error)")
  exit(1)
}

func run(_ world: any Communicator) throws {
  switch arguments.first {
  case nil: try checkAll(world)
  case "fail": try fail(world, rank: chosen)
  case "fail-late":
    if world.rank == chosen {
      spin(seconds: 0.5)
      throw CheckFailure("users.h5: cannot be closed")
    }
  case "fail-together": throw CheckFailure("ratings.csv: no such file")
  case "agree": try failInAgreement(world, rank: chosen)
  case "queue-fail": try failInQueue(world, rank: chosen)
  case "hang": try fail(world, rank: chosen, hangs: true)
  case "alone": try workAlone(world, rank: chosen)
  case "queue-hang": try failInQueue(world, rank: chosen, hangs: true)
  case "share-large": try shareLarge(world)
  case "share-apart": try shareApart(world)
  case "hold": try holdShared(world)
  case "queue-stop": try stopInQueue(world, rank: chosen)
  case "queue-stop-short": try stopInShortQueue(world)
  case "time": try time(world)
  case .some(let unknown): throw CheckFailure("no such check: \(unknown)")
  }
}

func checkAll(_ world: any Communicator) throws {
  let start = steadySeconds()
  let check = Check(world)
  try checkCollectives(check)
  try checkMessages(check)
  try checkAgreement(check)
  try checkLongWaits(check)
  let layouts = try Layout.all(check)
  try checkTreeSums(check, layouts)
  try checkSparseSums(check, layouts)
  try checkSharedRows(check, layouts)
  for layout in layouts { try layout.free() }
  try checkQueue(check)
  try checkSharedMemory(check)
  let total = try world.allreduce(check.count, .sum)
  let nodes = try world.allreduce(try world.node().rank == 0 ? 1 : 0, .sum)
  let ranks = (world.size == 1 ? "1 rank" : "\(world.size) ranks") + (nodes == 1 ? "" : " on \(nodes) nodes")
  let milliseconds = Int((1000 * (steadySeconds() - start)).rounded())
  if world.rank == 0 {
    print(
      "rank-check: \(ranks), \(total) checks passed in \(milliseconds) ms, sums \(check.digestText)")
  }
}
