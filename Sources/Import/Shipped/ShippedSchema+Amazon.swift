extension ShippedSchema {
  /// Written by ShippedSchemaTextTests from the files of `schemas/`.
  static let amazonTexts = [
    "amazon-2014": #"""
    # Amazon reviews of 2014, 5-core or all, and their metadata.
    #
    #   lcft import table --schema schemas/amazon-2014.yaml --log reviews_Electronics_5.json.gz \
    #     --items meta_Electronics.json.gz --output electronics.h5
    #
    # The split is the paper's of Electronics.
    log:
      files: reviews.json.gz
      user: reviewerID
      item: asin
      time: {column: unixReviewTime, unit: s}
    label: none                  # a review is a positive, whatever its stars
    negatives: {per_user: 1-9}
    event_features:
      stars: overall
    items:
      file: meta.json.gz
      key: asin
      features:
        category: {column: categories, list: true, keep: 6}        # the last of several paths
        brand: {min_count: 5}
        price: {kind: numeric, transform: [log, standardised]}
    split: {time: 1385078400}

    """#,
    "amazon-2018": #"""
    # Amazon reviews of 2018, 5-core or all, and their metadata.
    #
    #   lcft import table --schema schemas/amazon-2018.yaml --log Electronics_5.json.gz --items meta_Electronics.json.gz \
    #     --output electronics.h5
    #
    # A price that is a range has no value.
    log:
      files: reviews.json.gz
      user: reviewerID
      item: asin
      time: {column: unixReviewTime, unit: s}
    label: none                  # a review is a positive, whatever its stars
    negatives: {per_user: 1-9}
    event_features:
      stars: overall
    items:
      file: meta.json.gz
      key: asin
      features:
        category: {list: true, path: true, keep: 6}                # bullet points after the path are cut off
        brand: {min_count: 5}
        price: {kind: numeric, transform: [log, standardised]}
    split: {fraction: 0.8}

    """#,
    "amazon-2023": #"""
    # Amazon reviews of 2023 and their metadata; for the log also the 5-core and 0-core ratings
    # (user_id,parent_asin,rating,timestamp).
    #
    #   lcft import table --schema schemas/amazon-2023.yaml --log All_Beauty.jsonl.gz --items meta_All_Beauty.jsonl.gz \
    #     --output beauty.h5
    log:
      files: reviews.jsonl.gz
      user: user_id
      item: parent_asin          # the product of all variants, as in the metadata
      time: {column: timestamp, unit: ms}
    label: none                  # a review is a positive, whatever its stars
    negatives: {per_user: 1-9}
    event_features:
      stars: rating
    items:
      file: meta.jsonl.gz
      key: parent_asin
      features:
        category: {column: categories, list: true, keep: 6}
        store: {min_count: 5}
        price: {kind: numeric, transform: [log, standardised]}
    split: {fraction: 0.8}

    """#,
    "amazon-5core-csv": #"""
    # Amazon's ratings of 2023 without metadata, 5-core or 0-core: user_id,parent_asin,rating,timestamp.
    #
    #   lcft import table --schema schemas/amazon-5core-csv.yaml --log Electronics.csv --output electronics.h5
    #
    # With metadata: amazon-2023.yaml.
    log:
      files: ratings.csv
      user: user_id
      item: parent_asin
      time: {column: timestamp, unit: ms}
    label: none                  # a review is a positive, whatever its stars
    negatives: {per_user: 1-9}
    event_features:
      stars: rating
    split: {fraction: 0.8}

    """#,
    "amazon-ratings-only": #"""
    # Amazon's "ratings only" files of 2014, which have no header: user, item, rating, timestamp.
    #
    #   lcft import table --schema schemas/amazon-ratings-only.yaml --log ratings_Beauty.csv --output beauty.h5
    #
    # Those of 2018 have the item first: columns: [item, user, rating, timestamp].
    log:
      files: ratings.csv
      columns: [user, item, rating, timestamp]
      time: {column: timestamp, unit: s}
    label: none                  # a review is a positive, whatever its stars
    negatives: {per_user: 1-9}
    event_features:
      stars: rating
    split: {fraction: 0.8}

    """#,
    "yelp": #"""
    # Yelp Open Dataset, in JSON: reviews and businesses.
    #
    #   lcft import table --schema schemas/yelp.yaml --folder yelp_dataset --output yelp.h5
    #
    # Not read: counts and mean stars of users and businesses, which are those of the day when the set was made and so hold
    # the labels of the test samples.
    log:
      files: yelp_academic_dataset_review.json
      user: user_id
      item: business_id
      time: {column: date, unit: iso8601}
    label: {column: stars, at_least: 4}
    items:
      file: yelp_academic_dataset_business.json
      key: business_id
      features:
        city: {min_count: 20}
        state: {}
        category: {column: categories, list: ",", min_count: 20}
        price_range: {column: attributes.RestaurantsPriceRange2}
    split: {fraction: 0.8}

    """#,
  ]
}
