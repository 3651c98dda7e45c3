import Foundation
import Support

// Gives changed copies of valid files to the code that reads them, in this process and its children:
//   fuzz-check CORPUS SCRATCH CASES SEED         supervises; ends with 'N passed, N failed'
//   fuzz-check case CORPUS SCRATCH SEED INDEX    one case by itself, its file left at SCRATCH/case
//   fuzz-check write CORPUS SCRATCH SEED COUNT   the files of some cases, one in each folder of SCRATCH/written
//   fuzz-check work CORPUS SCRATCH SEED FIRST COUNT    what the supervisor starts
// A case is named by the seed and its index alone. Tests/fuzz.sh makes the corpus and limits the memory.

let arguments = Array(CommandLine.arguments.dropFirst())
do {
  switch arguments.first {
  case "work" where arguments.count == 6:
    let worker = try Worker(corpus: arguments[1], scratch: arguments[2], seed: number(arguments[3]))
    try worker.run(Int(number(arguments[4]))..<Int(number(arguments[4]) + number(arguments[5])))
  case "write" where arguments.count == 5:
    let worker = try Worker(corpus: arguments[1], scratch: arguments[2], seed: number(arguments[3]))
    try worker.write(1000..<1000 + Int(number(arguments[4])), to: "\(arguments[2])/written")
  case "case" where arguments.count == 5:
    let worker = try Worker(corpus: arguments[1], scratch: arguments[2], seed: number(arguments[3]))
    let index = Int(try number(arguments[4]))
    try worker.run(index..<index + 1)
  case .some where arguments.count == 4:
    let supervisor = try Supervisor(corpus: arguments[0], scratch: arguments[1], seed: number(arguments[3]))
    exit(try supervisor.run(cases: Int(number(arguments[2]))) ? 0 : 1)
  default:
    print("usage: fuzz-check CORPUS SCRATCH CASES SEED")
    exit(2)
  }
} catch {
  print("fuzz-check: \(error)")
  exit(2)
}

/// A line on standard output that is there whatever happens next.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func number(_ text: String) throws -> UInt64 {
  guard let value = UInt64(text) else { throw FuzzFailure("\(text) is not a number") }
  return value
}

/// What is wrong with a case, or with how it was run.
struct FuzzFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
