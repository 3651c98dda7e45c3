/// The columns that a terminal shows `text` in.
package func terminalColumns(_ text: String) -> Int { text.reduce(0) { $0 + terminalColumns($1) } }

/// Two for Korean, Chinese and Japanese characters and for pictures, one for all others.
package func terminalColumns(_ character: Character) -> Int {
  let scalar = character.unicodeScalars.first?.value ?? 0
  if scalar < 0x1100 { return 1 }
  return wide.contains { $0.contains(scalar) } ? 2 : 1
}

private let wide: [ClosedRange<UInt32>] = [
  0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
  0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
]
