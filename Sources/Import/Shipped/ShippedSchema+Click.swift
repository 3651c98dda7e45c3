extension ShippedSchema {
  /// Written by ShippedSchemaTextTests from the files of `schemas/`.
  static let clickTexts = [
    "ali-display-ad": #"""
    # Ali Display Ad Click: raw_sample.csv, user_profile.csv, ad_feature.csv and behavior_log.csv.
    #
    #   lcft import table --schema schemas/ali-display-ad.yaml --folder ali --output ads.h5
    #
    # An impression of an ad is a sample. What users did with goods in the shop, in the 14 days before and while the ads were
    # shown, is history: its items are the goods of a category and a brand. Page views are left out, which show no ad.
    log:
      files: raw_sample.csv
      user: user
      item: adgroup_id
      time: {column: time_stamp, unit: s, utc_offset: 8}
      days: [2017-05-06, 2017-05-13]
    label: clk
    sample_features:
      pid: {}                            # where the ad was shown
      hour: {from: time, as: hour}
      weekday: {from: time, as: weekday}
    event_features:
      action: {from: label}
    users:
      file: user_profile.csv
      key: userid
      features:
        cms_segid: {}
        cms_group_id: {}
        final_gender_code: {}
        age_level: {}
        pvalue_level: {}
        shopping_level: {}
        occupation: {}
        new_user_class_level: {}
    items:
      file: ad_feature.csv
      key: adgroup_id
      missing: ["", "NULL"]
      features:
        category: cate_id
        brand: {min_count: 5}
        campaign: {column: campaign_id, min_count: 5}
        customer: {min_count: 5}
        price: {kind: numeric, transform: [log, standardised]}
    history:
      files: behavior_log.csv
      user: user
      item: "cate:{cate}/brand:{brand}"
      time: {column: time_stamp, unit: s}
      days: [2017-04-22, 2017-05-13]
      action: {column: btag, values: {cart: cart, fav: favourite, buy: buy}, ignored: [pv]}
      item_features: {category: cate, brand: brand}
    split: {first_days: 5}

    """#,
    "avazu": #"""
    # Avazu's click-through rate challenge: the training file (Kaggle's train.gz).
    #
    #   lcft import table --schema schemas/avazu.yaml --log train.gz --output avazu.h5
    #
    # The log names neither users nor advertisements. The device's address stands for the user and the anonymous C14 for the
    # advertisement; most devices share one device_id.
    log:
      files: train.gz
      user: device_ip
      item: C14
      time: {column: hour, format: "%y%m%d%H"}
    label: click
    sample_features:
      hour: {from: time, as: hour}
      weekday: {from: time, as: weekday}
      banner_pos: {}
      site_id: {min_count: 5}
      site_domain: {min_count: 5}
      site_category: {}
      app_id: {min_count: 5}
      app_domain: {min_count: 5}
      app_category: {}
      device_id: {min_count: 5}
      device_model: {min_count: 5}
      device_type: {}
      device_conn_type: {}
      C1: {}
      C15: {}
      C16: {}
      C17: {}
      C18: {}
      C19: {}
      C20: {}
      C21: {}
    repeats: keep                # times are hours
    split: {last_days: 1}

    """#,
    "clicks-csv": #"""
    # Any log of impressions and clicks as plain CSV, as lcft import csv reads it: user,item,timestamp,label in
    # interactions.csv, item,category in items.csv, where the hour is taken from UTC.
    #
    #   lcft import table --schema schemas/clicks-csv.yaml --folder clicks --output clicks.h5
    log:
      files: interactions.csv
      time: {column: timestamp, unit: s}
    label: label
    sample_features:
      hour: {from: time, as: hour}
    items:
      file: items.csv
      features:
        category: {list: "|", keep: 6}
    split: {last_days: 1}

    """#,
    "exposures-and-page-views": #"""
    # A shop's log as EdgeRec reads it: what was shown, with how it was looked at, and what users did with it, with how they did
    # it. One row per exposure or action.
    #
    #   lcft import table --schema schemas/exposures-and-page-views.yaml --folder log --output shop.h5
    #   lcft run --job jobs/taobao-edgerec.yaml --data shop.h5 --output runs/shop
    #
    # An exposure is a sample, whose label says whether the user opens the item's page, or goes further, within half an hour.
    log:
      files: log.csv                       # user, item, time, event, exposure_s, scroll, dwell_s, ...
      time: {column: time, unit: s, utc_offset: 8}
    label:
      credit:
        column: event
        exposures: [exposure]
        actions: {page_view: click, cart: cart, favourite: favourite, buy: buy}
        window: 1800
    sample_features:
      hour: {from: time, as: hour}
    event_features:
      action: {from: label}
      exposure_s: {kind: numeric, transform: [log, standardised]}   # of exposures: seconds in the list
      scroll: {kind: numeric, transform: [standardised]}            # how fast it went by
      dwell_s: {kind: numeric, transform: [log, standardised]}      # of page views: seconds on the page
    users:
      file: users.csv
      key: user
      features:
        age: {kind: numeric, transform: standardised}
        gender: {}
    items:
      file: items.csv
      key: item
      features:
        category: {}
        brand: {min_count: 5}
        price: {kind: numeric, transform: [log, standardised]}
    split: {last_days: 2}

    """#,
    "mind": #"""
    # MIND, news recommendation: behaviors.tsv and news.tsv of the training part of MIND-small or MIND-large.
    #
    #   lcft import table --schema schemas/mind.yaml --folder MINDsmall_train --output mind.h5
    #
    # A row is a page of news: each item of it is a sample. The user's clicks before the first page are listed without times.
    # The development part has other users' days: import it alone, and join both with lcft merge.
    log:
      files: behaviors.tsv
      delimiter: tab
      quotes: false
      columns: [impression, user, time, history, impressions]
      item: {column: impressions, list: " ", label: "-"}       # N55689-1 N35729-0
      history: {column: history, list: " "}
      time: {column: time, format: "%m/%d/%Y %I:%M:%S %p"}
    sample_features:
      hour: {from: time, as: hour}
    items:
      file: news.tsv
      delimiter: tab
      quotes: false
      columns: [news, category, subcategory, title, abstract, url, title_entities, abstract_entities]
      key: news
      features:
        category: {}
        subcategory: {min_count: 2}
    split: {last_days: 1}

    """#,
    "taobao-userbehavior": #"""
    # Taobao UserBehavior: UserBehavior.csv, which has no header.
    #
    #   lcft import table --schema schemas/taobao-userbehavior.yaml --folder UserBehavior --output taobao.h5
    #
    # A page view is a sample, whose label says whether the user puts the item into the cart, among the favourites or buys it
    # on the same day, before seeing it again.
    log:
      files: UserBehavior.csv
      columns: [user, item, category, behavior, timestamp]
      time: {column: timestamp, unit: s, utc_offset: 8}
      days: [2017-11-25, 2017-12-03]     # some rows of the public file have times years away
    label:
      credit: {column: behavior, exposures: [pv], actions: [cart, fav, buy], window: day}
    sample_features:
      hour: {from: time, as: hour}
    event_features:
      action: {from: label}
    items:
      features:
        category: {}
    split: {first_days: 5}
    on_error: skip                       # copies of the file end in the middle of a line

    """#,
  ]
}
