import IO
import Import
import Testing

/// Public layouts with pages in one row, and with a log that is history only.
extension ShippedSchemaTests {
  @Test func mind() throws {
    let result = try TableResult(
      shipped: "mind",
      [
        "behaviors.tsv":
          "1\tU13740\t11/11/2019 9:05:58 AM\tN55189 N42782\tN55689-1 N35729-0\n"
          + "2\tU91836\t11/12/2019 6:11:30 PM\t\tN20678-0 N39317-1\n"
          + "3\tU13740\t11/14/2019 7:01:48 AM\tN55189 N42782\tN35729-1\n",
        "news.tsv":
          "N55189\tlifestyle\tlifestyleroyals\tThe \"Brands\"\tShop\thttps://x\t[]\t[]\n"
          + "N42782\tsports\tbaseball_mlb\tYankees\tGrief\thttps://x\t[{\"Label\": \"A\"}]\t[]\n"
          + "N35729\tsports\tfootball_nfl\tx\t\thttps://x\t[]\t[]\n"
          + "N99999\tnews\tnewsworld\tx\t\thttps://x\t[]\t[]\n",
      ])
    #expect(
      result.dataset.lines == [
        "U13740: N55189@1573463156=1 N42782@1573463157=1 N55689@1573463158=1 N35729@1573463158=0 "
          + "N35729@1573714908=1 | N55689#2=1 N35729#2=0 | N35729#4=1",
        "U91836: N20678@1573582290=0 N39317@1573582290=1 | N20678#0=0 N39317#0=1 |",
      ])
    #expect(result.values(.samples, "hour") == ["9", "9", "18", "18"])
    // In the order in which items are met: shown ones, then those of histories.
    #expect(
      result.values(.items, "category") == ["-", "sports", "-", "-", "lifestyle", "sports"])
    #expect(result.account.itemsWithoutRow == 3)
  }

  @Test func aliDisplayAdClick() throws {
    let start = 1_494_000_000
    let result = try TableResult(
      shipped: "ali-display-ad",
      [
        "raw_sample.csv":
          "user,time_stamp,adgroup_id,pid,nonclk,clk\n581738,\(start + 100),1,430548_1007,1,0\n"
          + "581738,\(start + 100),2,430548_1007,0,1\n581738,\(start + 500_000),1,430539_1007,1,0\n",
        // The public header has a space at the end of a name.
        "user_profile.csv":
          "userid,cms_segid,cms_group_id,final_gender_code,age_level,pvalue_level,shopping_level,occupation,"
          + "new_user_class_level \n234,0,5,2,5,,3,0,3\n581738,5,2,2,2,1,3,1,2\n",
        "ad_feature.csv":
          "adgroup_id,cate_id,campaign_id,customer,brand,price\n2,6406,83237,1,95471,170.0\n"
          + "1,6406,83237,1,NULL,199.0\n63133,6406,83237,1,95471,170.0\n",
        "behavior_log.csv":
          "user,time_stamp,btag,cate,brand\n581738,\(start - 86_400),cart,6250,91286\n"
          + "581738,\(start - 86_400),pv,6250,91286\n558157,\(start),buy,1,1\n581738,1,fav,1,1\n",
      ])
    #expect(
      result.dataset.lines == [
        "581738: cate:6250/brand:91286@\(start - 86_400)=2 1@\(start + 100)=0 2@\(start + 100)=1 "
          + "1@\(start + 500_000)=0 | 1#1=0 2#1=1 | 1#3=0"
      ])
    #expect(result.values(.events, "action") == ["cart", "exposure", "click", "exposure"])
    #expect(result.values(.users, "age_level") == ["2"])
    #expect(result.values(.users, "new_user_class_level") == ["2"])
    #expect(result.values(.items, "category") == ["6406", "6406", "6250"])
    #expect(result.values(.items, "brand") == ["-", "95471", "91286"])
    #expect(result.values(.items, "price") == ["199.0", "170.0", "(0.0)"])
    #expect(result.values(.samples, "pid") == ["430548_1007", "430548_1007"])
    #expect(result.values(.samples, "hour") == ["0", "0"])
    #expect(result.account.files.map(\.leftOutRows) == [0, 3, 1, 1])
  }

  /// Exposures, page views and actions, each with what is known of it, as EdgeRec reads them.
  @Test func exposuresAndPageViews() throws {
    let start = 1_600_000_000
    let day = 86_400
    let result = try TableResult(
      shipped: "exposures-and-page-views",
      [
        "log.csv":
          "user,item,time,event,exposure_s,scroll,dwell_s\n"
          + "u1,i1,\(start),exposure,2.5,0.3,\nu1,i2,\(start),exposure,0.4,1.9,\n"
          + "u1,i1,\(start + 5),page_view,,,40\nu1,i1,\(start + 60),cart,,,\n"
          + "u1,i2,\(start + 3 * day),exposure,1.0,0.2,\nu1,i2,\(start + 3 * day + 9),page_view,,,7.5\n"
          + "u1,i1,\(start + 3 * day + 2000),exposure,0.2,2.5,\nu1,i1,\(start + 3 * day + 5000),page_view,,,3\n",
        "users.csv": "user,age,gender\nu1,31,f\n",
        "items.csv": "item,category,brand,price\ni1,shoes,b1,59.9\ni2,hats,b2,\n",
      ])
    #expect(
      result.values(.events, "action")
        == ["exposure", "exposure", "click", "cart", "exposure", "click", "exposure", "click"])
    #expect(
      result.values(.events, "dwell_s") == [
        "(0.0)", "(0.0)", "40.0", "(0.0)", "(0.0)", "7.5", "(0.0)", "3.0",
      ])
    #expect(
      result.values(.events, "exposure_s") == [
        "2.5", "0.4", "(0.0)", "(0.0)", "1.0", "(0.0)", "0.2", "(0.0)",
      ])
    // The page view of i1 comes more than half an hour after the last exposure.
    #expect(result.dataset.train.label.values.map { $0 } == [1, 0])
    #expect(result.dataset.test.label.values.map { $0 } == [1, 0])
    #expect(result.values(.users, "gender") == ["f"])
    #expect(result.values(.items, "category") == ["shoes", "hats"])
    #expect(result.dataset.actions?.codes.count == 8)
  }
}
