import Support
import Testing

@Suite struct DigestTests {
  /// The vectors of FIPS 180-4's examples, in pieces too.
  @Test func sha256() {
    let abc = SHA256()
    abc.update(Array("a".utf8))
    abc.update(Array("bc".utf8))
    #expect(abc.hexDigest() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(SHA256().hexDigest() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func hexadecimalDigits() {
    #expect(hexadecimal([0, 9, 10, 0x5F, 255]) == "00090a5fff")
    #expect(hexadecimal([UInt8]()) == "")
  }

  /// The vectors of the authors' own test suite.
  @Test func fnv() {
    #expect(FNV("").hash == 0xCBF2_9CE4_8422_2325)
    #expect(FNV("a").hash == 0xAF63_DC4C_8601_EC8C)
    #expect(FNV("foobar").hash == 0x8594_4171_F739_67E8)
  }
}
