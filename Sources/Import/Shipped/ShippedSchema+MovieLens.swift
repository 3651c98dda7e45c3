extension ShippedSchema {
  /// Written by ShippedSchemaTextTests from the files of `schemas/`.
  static let movieLensTexts = [
    "movielens-100k": #"""
    # MovieLens 100K (ml-100k): u.data, u.user and u.item.
    #
    #   lcft import table --schema schemas/movielens-100k.yaml --folder ml-100k --output ml-100k.h5
    log:
      files: u.data
      delimiter: tab
      columns: [user, movie, rating, timestamp]
      item: movie
      time: {column: timestamp, unit: s}
    label: {column: rating, at_least: 4, between: [0, 5]}
    users:
      file: u.user
      delimiter: bar
      columns: [user, age, gender, occupation, zip]
      features:
        age: {kind: numeric, transform: quantiles(10)}
        gender: {}
        occupation: {}
        zip: {min_count: 20}
    items:
      file: u.item
      delimiter: bar
      quotes: false
      columns: [movie, title, release, video_release, url, unknown, Action, Adventure, Animation, "Children's", Comedy,
        Crime, Documentary, Drama, Fantasy, Film-Noir, Horror, Musical, Mystery, Romance, Sci-Fi, Thriller, War, Western]
      features:
        category:                # a column of 0 and 1 for each
          flags: [unknown, Action, Adventure, Animation, "Children's", Comedy, Crime, Documentary, Drama, Fantasy, Film-Noir,
            Horror, Musical, Mystery, Romance, Sci-Fi, Thriller, War, Western]
    split: {fraction: 0.8}

    """#,
    "movielens-10m": #"""
    # MovieLens 10M (ml-10M100K): ratings.dat and movies.dat.
    #
    #   lcft import table --schema schemas/movielens-10m.yaml --folder ml-10M100K --output ml-10m.h5
    log:
      files: ratings.dat
      delimiter: double-colon
      columns: [user, movie, rating, timestamp]
      item: movie
      time: {column: timestamp, unit: s}
    label: {column: rating, at_least: 4, between: [0, 5]}
    items:
      file: movies.dat
      delimiter: double-colon
      columns: [movie, title, genres]
      rest: title                # may hold two colons itself
      missing: ["", "(no genres listed)"]
      features:
        category: {column: genres, list: "|"}
    split: {fraction: 0.8}

    """#,
    "movielens-1m": #"""
    # MovieLens 1M (ml-1m): ratings.dat, users.dat and movies.dat.
    #
    #   lcft import table --schema schemas/movielens-1m.yaml --folder ml-1m --output ml-1m.h5
    log:
      files: ratings.dat
      delimiter: double-colon
      columns: [user, movie, rating, timestamp]
      item: movie
      time: {column: timestamp, unit: s}
    label: {column: rating, at_least: 4, between: [0, 5]}
    users:
      file: users.dat
      delimiter: double-colon
      columns: [user, gender, age, occupation, zip]
      features:
        gender: {}
        age: {}                  # the lower bound of an age group
        occupation: {}
        zip: {min_count: 100}
    items:
      file: movies.dat
      delimiter: double-colon
      columns: [movie, title, genres]
      rest: title                # may hold two colons itself
      missing: ["", "(no genres listed)"]
      features:
        category: {column: genres, list: "|"}
    split: {fraction: 0.8}

    """#,
    "movielens-20m": #"""
    # MovieLens 20M, with a tag genome: ratings.csv, movies.csv and genome-scores.csv.
    #
    #   lcft import table --schema schemas/movielens-20m.yaml --folder ml-20m --output ml-20m.h5
    #
    # The split is the paper's.
    log:
      files: ratings.csv
      user: userId
      item: movieId
      time: {column: timestamp, unit: s}
    label: {column: rating, at_least: 4, between: [0, 5]}
    items:
      file: movies.csv
      key: movieId
      missing: ["", "(no genres listed)"]
      features:
        category: {column: genres, list: "|"}
        genome: {kind: vector, file: genome-scores.csv, key: movieId, index: tagId, value: relevance, between: [0, 1]}
    split: {time: 1225642324}

    """#,
    "movielens-25m": #"""
    # MovieLens 25M and latest, with a tag genome: ratings.csv, movies.csv and genome-scores.csv.
    #
    #   lcft import table --schema schemas/movielens-25m.yaml --folder ml-25m --output ml-25m.h5
    log:
      files: ratings.csv
      user: userId
      item: movieId
      time: {column: timestamp, unit: s}
    label: {column: rating, at_least: 4, between: [0, 5]}
    items:
      file: movies.csv
      key: movieId
      missing: ["", "(no genres listed)"]
      features:
        category: {column: genres, list: "|"}
        genome: {kind: vector, file: genome-scores.csv, key: movieId, index: tagId, value: relevance, between: [0, 1]}
    split: {fraction: 0.8}

    """#,
    "movielens-32m": #"""
    # MovieLens sets without a tag genome, 32M and latest-small: ratings.csv and movies.csv.
    #
    #   lcft import table --schema schemas/movielens-32m.yaml --folder ml-32m --output ml-32m.h5
    log:
      files: ratings.csv
      user: userId
      item: movieId
      time: {column: timestamp, unit: s}
    label: {column: rating, at_least: 4, between: [0, 5]}
    items:
      file: movies.csv
      key: movieId
      missing: ["", "(no genres listed)"]
      features:
        category: {column: genres, list: "|"}
    split: {fraction: 0.8}

    """#,
  ]
}
