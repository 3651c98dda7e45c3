/// The keys of an object that are read, also those of objects within it, and the slot that each one's value goes to.
final class ObjectKeys {
  private struct Key {
    let name: [UInt8]
    var slot: Int?
    var inner: ObjectKeys?
  }

  private var keys: [Key] = []

  /// `names[slot]` is a key, or a path of keys with points between them.
  init(_ names: [String] = []) {
    for (slot, name) in names.enumerated() {
      // A key may have a point in it.
      add(name, slot)
      let path = name.split(separator: ".", omittingEmptySubsequences: false)
      if path.count > 1 { add(path[...], slot) }
    }
  }

  private func add(_ name: String, _ slot: Int) { add([name[...]], slot) }

  private func add(_ path: ArraySlice<Substring>, _ slot: Int) {
    guard let first = path.first else { return }
    let name = Array(first.utf8)
    let index = keys.firstIndex { $0.name == name } ?? keys.endIndex
    if index == keys.endIndex { keys.append(Key(name: name)) }
    if path.count == 1 {
      keys[index].slot = slot
    } else {
      let inner = keys[index].inner ?? ObjectKeys()
      inner.add(path.dropFirst(), slot)
      keys[index].inner = inner
    }
  }

  /// What becomes of the value of `key`.
  func find(_ key: Bytes) -> (slot: Int?, inner: ObjectKeys?) {
    for index in keys.indices where keys[index].name.count == key.count {
      if keys[index].name.elementsEqual(key) { return (keys[index].slot, keys[index].inner) }
    }
    return (nil, nil)
  }
}
