/// Every choice of one element per list, the first list outermost.
package func combinations<Element>(_ lists: [[Element]]) -> [[Element]] {
  lists.reduce([[]]) { chosen, list in chosen.flatMap { one in list.map { one + [$0] } } }
}
