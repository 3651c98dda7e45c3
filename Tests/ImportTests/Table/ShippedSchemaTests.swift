import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// The schemas of the folder `schemas`, each on a small example in exactly the public layout.
@Suite struct ShippedSchemaTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../schemas")
    .standardized.path

  static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }.sorted()
    }
  }

  /// Each is read, says how it is run, and is in the table of the folder.
  @Test func allAreReadAndListed() throws {
    let table = try String(contentsOfFile: Self.folder + "/README.md", encoding: .utf8)
    #expect(try Self.names.count == 20)
    for name in try Self.names {
      let schema = try Schema.read("\(Self.folder)/\(name)", folder: "/data")
      #expect(schema.files.allSatisfy { $0.hasPrefix("/data/") }, "\(name)")
      #expect(schema.text.hasPrefix("# ") && schema.text.contains("--schema schemas/\(name)"), "\(name)")
      #expect(table.contains("[\(name)](\(name))"), "\(name)")
    }
  }

  @Test func movieLens100K() throws {
    let result = try TableResult(
      shipped: "movielens-100k",
      [
        "u.data": "196\t242\t3\t881250949\n196\t302\t4\t881250950\n22\t377\t1\t878887116\n"
          + "22\t242\t5\t878887117\n",
        "u.user": "22|25|M|writer|40206\n23|30|F|artist|48197\n196|49|M|writer|55105\n",
        "u.item": "242|Kolya (1996)|24-Jan-1997||http://us.imdb.com/M/title-exact?Kolya%20(1996)"
          + "|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
          + "302|L.A. \"C\" (1997)|01-Jan-1997||http://x|0|0|0|0|0|0|1|0|0|0|1|0|0|1|0|0|1|0|0\n"
          + "377|Heavyweights (1994)|01-Jan-1994||http://x|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n",
      ])
    #expect(
      result.dataset.lines == [
        "196: 242@881250949=0 302@881250950=1 | 242#0=0 | 302#1=1",
        "22: 377@878887116=0 242@878887117=1 | 377#0=0 | 242#1=1",
      ])
    #expect(result.values(.items, "category") == ["Comedy", "Crime+Film-Noir+Mystery+Thriller", "unknown"])
    #expect(result.values(.users, "age") == ["49.0", "25.0"])
    #expect(result.values(.users, "gender") == ["M", "M"])
    #expect(result.values(.users, "occupation") == ["writer", "writer"])
    #expect(result.values(.users, "zip") == ["55105", "40206"])
    #expect(result.vocabulary("users_zip") == ["|40206:1", "|55105:1"])
  }

  @Test func movieLens1M() throws {
    let files = [
      "ratings.dat": "1::1193::5::978300760\n1::661::3::978302109\n2::1193::4::978298413\n",
      "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
      "movies.dat":
        "1193::One Flew Over the Cuckoo's Nest (1975)::Drama\n"
        + "661::James (1996)::Animation|Children's|Musical\n",
    ]
    let result = try TableResult(shipped: "movielens-1m", files)
    #expect(
      result.dataset.lines == [
        "1: 1193@978300760=1 661@978302109=0 | 1193#0=1 | 661#1=0", "2: 1193@978298413=1 | 1193#0=1 |",
      ])
    #expect(result.values(.users, "gender") == ["F", "M"] && result.values(.users, "age") == ["1", "56"])
    #expect(result.values(.items, "category") == ["Drama", "Animation+Children's+Musical"])
    // 10M is the same without users, with half stars.
    let larger = try TableResult(
      shipped: "movielens-10m",
      [
        "ratings.dat": "1::1193::3.5::978300760\n1::661::4.5::978302109\n",
        "movies.dat": files["movies.dat"] ?? "",
      ])
    #expect(larger.dataset.lines == ["1: 1193@978300760=0 661@978302109=1 | 1193#0=0 | 661#1=1"])
    #expect(larger.values(.items, "category") == ["Drama", "Animation+Children's+Musical"])
  }

  @Test func movieLens20M() throws {
    let ratings = "userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n1,29,4.0,1225642325\n"
    let movies = "movieId,title,genres\n2,Jumanji (1995),Adventure|Children\n29,\"City, The (1995)\",Drama\n"
    let result = try TableResult(
      shipped: "movielens-20m",
      [
        "ratings.csv": ratings, "movies.csv": movies,
        "genome-scores.csv": "movieId,tagId,relevance\n2,1,0.025\n2,2,0.5\n29,1,0.75\n29,2,1\n",
      ])
    let lines = ["1: 2@1112486027=0 29@1225642325=1 | 2#0=0 | 29#1=1"]
    #expect(result.dataset.lines == lines)
    #expect(result.values(.items, "category") == ["Adventure+Children", "Drama"])
    #expect(result.values(.items, "genome") == ["0.025 0.5", "0.75 1.0"])
    let latest = try TableResult(
      shipped: "movielens-25m",
      [
        "ratings.csv": ratings, "movies.csv": movies,
        "genome-scores.csv": "movieId,tagId,relevance\n2,1,0.5\n",
      ])
    #expect(latest.dataset.lines == lines && latest.values(.items, "genome") == ["0.5", "(0.5)"])
    let newer = try TableResult(shipped: "movielens-32m", ["ratings.csv": ratings, "movies.csv": movies])
    #expect(newer.dataset.lines == lines)
    #expect(newer.dataset.features.items.map(\.name) == ["category"])
  }

  @Test func amazon2014() throws {
    let result = try TableResult(
      shipped: "amazon-2014",
      [
        "reviews.json.gz": """
        {"reviewerID": "A1", "asin": "01", "reviewerName": "J", "helpful": [2, 3], "reviewText": "x", "overall": 5.0, "summary": "y", "unixReviewTime": 1252800000, "reviewTime": "09 13, 2009"}
        {"reviewerID": "A1", "asin": "02", "helpful": [0, 0], "reviewText": "x", "overall": 2.0, "summary": "y", "unixReviewTime": 1352800000, "reviewTime": "11 13, 2012"}
        {"reviewerID": "A1", "asin": "03", "helpful": [0, 0], "reviewText": "x", "overall": 3.0, "summary": "y", "unixReviewTime": 1392800000, "reviewTime": "02 19, 2014"}
        {"reviewerID": "A2", "asin": "04", "helpful": [0, 0], "reviewText": "x", "overall": 1.0, "summary": "y", "unixReviewTime": 1392800000, "reviewTime": "02 19, 2014"}

        """,
        "meta.json.gz": """
        {'asin': '01', 'title': "Girl's", 'price': 3.17, 'imUrl': 'http://x', 'related': {'also_bought': ['02']}, 'salesRank': {'Toys': 211836}, 'brand': 'Coxlures', 'categories': [['Sports', 'Dance'], ['Toys', 'Dance']]}
        {'asin': '02', 'categories': [['Sports']]}
        {'asin': '02', 'categories': [['Second']]}
        {'asin': '09', 'categories': [['Other']]}

        """,
      ])
    // A user's first review is no sample; the others have 1 to 9 negatives.
    let dataset = result.dataset
    #expect(dataset.events.count == 4 && dataset.items.count == 4)
    for part in [dataset.train, dataset.test] {
      #expect(part.label.values.count { $0 == 1 } == 1 && part.label.values.contains(0))
    }
    #expect(result.values(.events, "stars") == ["5.0", "2.0", "3.0", "1.0"])
    #expect(result.values(.items, "category") == ["Sports+Toys+Dance", "Sports", "", ""])
    #expect(result.values(.items, "brand") == ["Coxlures", "-", "-", "-"])
    #expect(result.values(.items, "price") == ["3.17", "(0.0)", "(0.0)", "(0.0)"])
    #expect(
      result.account.files[1].leftOut.map { "\($0.count) \($0.what)" } == [
        "1 the item is not in the log", "1 the item is listed a second time",
      ])
  }

  @Test func amazon2018() throws {
    let result = try TableResult(
      shipped: "amazon-2018",
      [
        "reviews.json.gz": """
        {"overall": 5.0, "vote": "3", "verified": true, "reviewTime": "09 18, 1999", "reviewerID": "A1", "asin": "01", "reviewerName": "A", "reviewText": "x", "summary": "y", "unixReviewTime": 937612800}
        {"overall": 4.0, "verified": false, "reviewTime": "10 23, 2013", "reviewerID": "A1", "asin": "02", "style": {"Format:": "CD"}, "reviewerName": "A", "reviewText": "x", "summary": "y", "unixReviewTime": 1382486400}
        {"overall": 4.0, "verified": false, "reviewTime": "10 23, 2013", "reviewerID": "A2", "asin": "03", "reviewerName": "A", "reviewText": "x", "summary": "y", "unixReviewTime": 1382486400}

        """,
        "meta.json.gz": """
        {"category": ["Electronics", "Headphones"], "tech1": "", "description": ["d"], "title": "t", "also_buy": [], "brand": "Acme", "feature": ["f"], "rank": [">#1 in x"], "also_view": [], "main_cat": "Electronics", "similar_item": "", "date": "", "price": "$1,299.00", "asin": "01", "imageURL": []}
        {"category": [], "brand": "", "main_cat": "Electronics", "price": "$9.99 - $19.99", "asin": "02"}
        {"category": ["Electronics"], "brand": "Acme", "main_cat": "Electronics", "price": "$9.99", "asin": "03"}

        """,
      ])
    #expect(result.dataset.events.count == 3)
    #expect(result.values(.items, "category") == ["Electronics+Headphones", "", "Electronics"])
    #expect(result.values(.items, "brand") == ["Acme", "-", "Acme"])
    #expect(result.values(.items, "price") == ["1299.0", "(0.0)", "9.99"])
    // A range is no price.
    #expect(result.account.files[1].lostValues.map(\.count) == [1])
  }
}

extension TableResult {
  /// What the shipped schema `name` makes of files in a folder of their own.
  init(shipped name: String, _ files: [String: String]) throws {
    let directory = try FileTestFolder()
    for (name, text) in files { try directory.write(text, to: name) }
    try self.init(Schema.read("\(ShippedSchemaTests.folder)/\(name).yaml", folder: directory.path))
  }
}
