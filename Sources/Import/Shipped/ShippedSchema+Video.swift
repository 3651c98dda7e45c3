extension ShippedSchema {
  /// Written by ShippedSchemaTextTests from the files of `schemas/`.
  static let videoTexts = [
    "kuairand": #"""
    # KuaiRand-Pure: the standard logs with user_features_pure.csv and video_features_basic_pure.csv.
    #
    #   lcft import table --schema schemas/kuairand.yaml --folder KuaiRand-Pure/data --output kuairand.h5
    #
    # KuaiRand-1K and 27K have the same columns in files of other names:
    #
    #   lcft import table --schema schemas/kuairand.yaml --output kuairand-1k.h5 \
    #     --log log_standard_4_08_to_4_21_1k.csv log_standard_4_22_to_5_08_1k.csv \
    #     --users user_features_1k.csv --items video_features_basic_1k.csv
    log:
      files: [log_standard_4_08_to_4_21_pure.csv, log_standard_4_22_to_5_08_pure.csv]
      user: user_id
      item: video_id
      time: {column: time_ms, unit: ms, utc_offset: 8}
    label: is_click
    sample_features:
      tab: {}
      hour: {from: time, as: hour}
      weekday: {from: time, as: weekday}
      duration: {column: duration_ms, kind: numeric, transform: quantiles(20)}
    event_features:
      play_time: {column: play_time_ms, kind: numeric, transform: quantiles(20)}
      long_view: {}
      is_like: {}
      is_follow: {}
      is_comment: {}
      is_forward: {}
      is_hate: {}
    users:
      file: user_features_pure.csv
      key: user_id
      features:
        user_active_degree: {}
        is_live_streamer: {}
        is_video_author: {}
        follow_user_num_range: {}
        fans_user_num_range: {}
        friend_user_num_range: {}
        register_days_range: {}
        onehot_feat0: {}
        onehot_feat1: {}
        onehot_feat2: {}
        onehot_feat3: {}
        onehot_feat4: {}
        onehot_feat5: {}
        onehot_feat6: {}
        onehot_feat7: {}
        onehot_feat8: {}
        onehot_feat9: {}
        onehot_feat10: {}
        onehot_feat11: {}
    items:
      file: video_features_basic_pure.csv
      key: video_id
      features:
        author: {column: author_id, min_count: 5}
        video_type: {}
        upload_type: {}
        music: {column: music_id, min_count: 5}
        music_type: {}
        tag: {list: ","}
    split: {last_days: 7}

    """#,
    "kuairec": #"""
    # KuaiRec: big_matrix.csv, user_features.csv and item_categories.csv.
    #
    #   lcft import table --schema schemas/kuairec.yaml --folder "KuaiRec 2.0/data" --output kuairec.h5
    #
    # The label is ours: a video that was watched to its end or longer. (The authors propose watch_ratio > 2 for a "like".)
    # Rows of small_matrix.csv without a time are left out: --log .../small_matrix.csv --on-error skip.
    log:
      files: big_matrix.csv
      user: user_id
      item: video_id
      time: {column: timestamp, unit: s, utc_offset: 8}
    label: {column: watch_ratio, at_least: 1}
    sample_features:
      hour: {from: time, as: hour}
      weekday: {from: time, as: weekday}
      duration: {column: video_duration, kind: numeric, transform: quantiles(20)}
    event_features:
      play_time: {column: play_duration, kind: numeric, transform: quantiles(20)}
    users:
      file: user_features.csv
      key: user_id
      features:
        user_active_degree: {}
        is_live_streamer: {}
        is_video_author: {}
        follow_user_num_range: {}
        fans_user_num_range: {}
        friend_user_num_range: {}
        register_days_range: {}
        onehot_feat0: {}
        onehot_feat1: {}
        onehot_feat2: {}
        onehot_feat3: {}
        onehot_feat4: {}
        onehot_feat5: {}
        onehot_feat6: {}
        onehot_feat7: {}
        onehot_feat8: {}
        onehot_feat9: {}
        onehot_feat10: {}
        onehot_feat11: {}
    items:
      file: item_categories.csv
      key: video_id
      features:
        tag: {column: feat, list: true}                  # [27, 9]
    same_time: exclude           # rows are exposures
    split: {last_days: 7}

    """#,
  ]
}
