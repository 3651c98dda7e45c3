import IO
import Import
import Testing

/// Amazon's newer files, and logs of exposures.
extension ShippedSchemaTests {
  @Test func amazon2023() throws {
    let result = try TableResult(
      shipped: "amazon-2023",
      [
        "reviews.jsonl.gz": """
        {"rating": 5.0, "title": "t", "text": "x", "images": [], "asin": "B0V", "parent_asin": "B0", "user_id": "AU0", "timestamp": 1588687728923, "helpful_vote": 0, "verified_purchase": true}
        {"rating": 1.0, "title": "t", "text": "x", "images": [], "asin": "B1V", "parent_asin": "B1", "user_id": "AU0", "timestamp": 1588774128923, "helpful_vote": 0, "verified_purchase": true}
        {"rating": 3.0, "title": "t", "text": "x", "images": [], "asin": "B2", "parent_asin": "B2", "user_id": "AU1", "timestamp": 1588860528923, "helpful_vote": 0, "verified_purchase": true}

        """,
        "meta.jsonl.gz": """
        {"main_category": "All Beauty", "title": "t", "average_rating": 4.8, "rating_number": 10, "features": [], "description": [], "price": null, "images": [], "videos": [], "store": "Howard", "categories": [], "details": {"a": "b"}, "parent_asin": "B0", "bought_together": null}
        {"main_category": "All Beauty", "title": "t", "average_rating": 4.8, "rating_number": 10, "features": [], "description": [], "price": 14.5, "images": [], "videos": [], "store": null, "categories": ["Beauty", "Hair"], "details": {}, "parent_asin": "B1", "bought_together": null}

        """,
      ])
    #expect(result.dataset.events.timestamp.elements == [1_588_687_728, 1_588_774_128, 1_588_860_528])
    #expect(result.dataset.items.count == 3 && result.account.itemsWithoutRow == 1)
    #expect(result.values(.events, "stars") == ["5.0", "1.0", "3.0"])
    #expect(result.values(.items, "category") == ["", "Beauty+Hair", ""])
    #expect(result.values(.items, "store") == ["Howard", "-", "-"])
    #expect(result.values(.items, "price") == ["(0.0)", "14.5", "(0.0)"])
    // The files of ratings alone.
    let ratings = "user_id,parent_asin,rating,timestamp\nAU0,B0,5.0,1588687728923\nAU1,B1,2.0,1588774128923\n"
    let table = try TableResult(shipped: "amazon-5core-csv", ["ratings.csv": ratings])
    #expect(table.dataset.events.timestamp.elements == [1_588_687_728, 1_588_774_128])
    #expect(table.values(.events, "stars") == ["5.0", "2.0"])
    let older = try TableResult(
      shipped: "amazon-ratings-only", ["ratings.csv": "AU1,B1,5.0,1369699200\nAU1,B2,3.0,1369699300\n"])
    #expect(older.dataset.events.timestamp.elements == [1_369_699_200, 1_369_699_300])
    #expect(older.values(.events, "stars") == ["5.0", "3.0"] && older.dataset.users.count == 1)
  }

  @Test func taobao() throws {
    let result = try TableResult(
      shipped: "taobao-userbehavior",
      [
        "UserBehavior.csv":
          "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,buy,1512200000\n"
          + "1,2333346,2520771,pv,1512190000\n1,2268318,2520377,pv,1311544070\n1,2576651,149192,p"
      ])
    // 2017-11-24 17:21:10 UTC is 01:21 of the next day in China; the cut line is counted.
    #expect(
      result.dataset.lines == [
        "1: 2268318@1511544070=0 2333346@1512190000=0 2333346@1512200000=4 | 2268318#0=0 | 2333346#1=1"
      ])
    #expect(result.values(.samples, "hour") == ["1"] && result.values(.samples, "hour", part: 1) == ["12"])
    #expect(result.values(.events, "action") == ["exposure", "exposure", "buy"])
    #expect(result.values(.items, "category") == ["2520377", "2520771"])
    #expect(result.account.files[0].leftOutRows == 2)
  }

  @Test func kuaiRand() throws {
    let header =
      "user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,is_comment,is_forward,is_hate,long_view,"
      + "play_time_ms,duration_ms,profile_stay_time,comment_stay_time,is_profile_enter,is_rand,tab\n"
    let users =
      "user_id,user_active_degree,is_lowactive_period,is_live_streamer,is_video_author,follow_user_num,"
      + "follow_user_num_range,fans_user_num,fans_user_num_range,friend_user_num,friend_user_num_range,register_days,"
      + "register_days_range," + (0..<18).map { "onehot_feat\($0)" }.joined(separator: ",") + "\n"
    let result = try TableResult(
      shipped: "kuairand",
      [
        "log_standard_4_08_to_4_21_pure.csv": header
          + "0,7,20220421,400,1650485801301,1,0,0,0,0,0,1,151024,104400,0,0,0,0,1\n",
        "log_standard_4_22_to_5_08_pure.csv": header
          + "0,9,20220508,1200,1651982400000,0,0,0,0,0,0,0,500,17200,0,0,0,0,4\n",
        "user_features_pure.csv": users
          + "0,full_active,0,0,1,5,\"(0,10]\",312,\"[100,1k)\",0,0,3624,730+,"
          + (0..<18).map { "\($0)" }.joined(separator: ",") + "\n",
        "video_features_basic_pure.csv":
          "video_id,author_id,video_type,upload_dt,upload_type,visible_status,video_duration,server_width,"
          + "server_height,music_id,music_type,tag\n"
          + "7,441,NORMAL,2020-07-08,ShortImport,1,17200.0,720,1280,989,4,\"12,65\"\n"
          + "9,442,AD,2020-07-08,LongImport,1,,720,1280,990,9,\n",
      ])
    #expect(result.dataset.lines == ["0: 7@1650485801=1 9@1651982400=0 | 7#0=1 | 9#1=0"])
    #expect(result.values(.samples, "hour") == ["4"] && result.values(.samples, "tab") == ["1"])
    #expect(result.values(.samples, "duration") == ["104400.0"])
    #expect(result.values(.events, "play_time") == ["151024.0", "500.0"])
    #expect(result.values(.users, "follow_user_num_range") == ["(0,10]"])
    #expect(result.values(.users, "onehot_feat11") == ["11"])
    #expect(
      result.values(.items, "tag") == ["12+65", ""] && result.values(.items, "author") == ["441", "442"])
  }

  @Test func kuaiRec() throws {
    let users =
      "user_id,user_active_degree,is_lowactive_period,is_live_streamer,is_video_author,follow_user_num,"
      + "follow_user_num_range,fans_user_num,fans_user_num_range,friend_user_num,friend_user_num_range,register_days,"
      + "register_days_range," + (0..<18).map { "onehot_feat\($0)" }.joined(separator: ",") + "\n"
    let result = try TableResult(
      shipped: "kuairec",
      [
        "big_matrix.csv": """
        user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio
        0,3649,13838,10867,2020-07-05 00:08:23.438,20200705,1593878903.438,1.273396521579093
        0,9598,1000,10984,2020-07-15 00:08:23.438,20200715,1594742903.438,0.09
        0,9598,1000,10984,2020-07-15 00:08:23.9,20200715,1594742903.9,0.09

        """,
        "user_features.csv": users
          + "0,high_active,0,0,0,5,\"(0,10]\",0,0,0,0,107,91-180,0,1,17,638,2,0,1,6,184,6,3,0,0.0,0.0,0.0,0.0,0.0,0.0\n",
        "item_categories.csv": "video_id,feat\n3649,\"[27, 9]\"\n9598,[9]\n",
      ])
    #expect(result.dataset.lines == ["0: 3649@1593878903=1 9598@1594742903=0 | 3649#0=1 | 9598#1=0"])
    #expect(result.account.repeats == 1)
    #expect(result.values(.items, "tag") == ["27+9", "9"])
    #expect(result.values(.samples, "hour") == ["0"] && result.values(.samples, "weekday") == ["7"])
    #expect(result.values(.users, "register_days_range") == ["91-180"])
  }

  @Test func yelp() throws {
    let result = try TableResult(
      shipped: "yelp",
      [
        "yelp_academic_dataset_review.json": """
        {"review_id":"r1","user_id":"u1","business_id":"b1","stars":3.0,"useful":0,"funny":0,"cool":0,"text":"x","date":"2018-07-07 22:09:11"}
        {"review_id":"r2","user_id":"u1","business_id":"b2","stars":5.0,"useful":0,"funny":0,"cool":0,"text":"x","date":"2018-07-08 00:00:00"}

        """,
        "yelp_academic_dataset_business.json": """
        {"business_id":"b1","name":"A","address":"1 St","city":"Goleta","state":"CA","postal_code":"93117","latitude":34.4,"longitude":-119.7,"stars":4.0,"review_count":7,"is_open":1,"attributes":{"RestaurantsPriceRange2":"2","WiFi":"u'no'"},"categories":"Thai, Restaurants","hours":null}
        {"business_id":"b2","name":"B","address":"","city":"Goleta","state":"CA","postal_code":"","latitude":34.4,"longitude":-119.7,"stars":4.0,"review_count":7,"is_open":1,"attributes":null,"categories":null,"hours":null}

        """,
      ])
    #expect(result.dataset.lines == ["u1: b1@1531001351=0 b2@1531008000=1 | b1#0=0 | b2#1=1"])
    #expect(result.values(.items, "category") == ["Thai+Restaurants", ""])
    #expect(result.values(.items, "price_range") == ["2", "-"])
    #expect(result.values(.items, "city") == ["Goleta", "Goleta"])
  }

  @Test func avazu() throws {
    let result = try TableResult(
      shipped: "avazu",
      [
        "train.gz": """
        id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,device_id,device_ip,device_model,device_type,device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21
        1000009418151094273,0,14102100,1005,0,1fbe01fe,f3845767,28905ebd,ecad2386,7801e8d9,07d7df22,a99f214a,ddd2926e,44956a24,1,2,15706,320,50,1722,0,35,-1,79
        10000169349117863715,1,14102205,1005,0,1fbe01fe,f3845767,28905ebd,ecad2386,7801e8d9,07d7df22,a99f214a,ddd2926e,711ee120,1,0,15704,320,50,1722,0,35,100084,79

        """
      ])
    #expect(
      result.dataset.lines == [
        "ddd2926e: 15706@1413849600=0 15704@1413954000=1 | 15706#0=0 | 15704#1=1"
      ])
    #expect(result.dataset.features.samples.count == 21)
    #expect(result.values(.samples, "hour", part: 1) == ["5"] && result.values(.samples, "C20") == ["-1"])
  }

  @Test func clicks() throws {
    let result = try TableResult(
      shipped: "clicks-csv",
      [
        "interactions.csv": "user,item,timestamp,label\nu,a,1541030460,0\nu,b,1541120000,1\n",
        "items.csv": "item,category\na,Paris\nb,Rome|Roma\n",
      ])
    #expect(result.dataset.lines == ["u: a@1541030460=0 b@1541120000=1 | a#0=0 | b#1=1"])
    #expect(result.values(.items, "category") == ["Paris", "Rome+Roma"])
    #expect(result.values(.samples, "hour") == ["0"])
  }
}
