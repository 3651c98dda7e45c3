"""Writes the text files of the fuzzer's corpus: small valid ones of every format, and hostile ones.

Usage: make_corpus.py FOLDER
"""
import gzip
import json
import os
import random
import sys

folder = sys.argv[1]
rng = random.Random(5)


def write(name, text, packed=False):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(text.encode())
    if packed:
        # Two members, as from a concatenation.
        half = len(text) // 2
        with open(os.path.join(folder, name + ".gz"), "wb") as file:
            file.write(gzip.compress(text[:half].encode(), mtime=0) + gzip.compress(text[half:].encode(), mtime=0))


events = [(f"u{user}", f"i{rng.randrange(15)}", 1000 * time + rng.randrange(500))
          for user in range(8) for time in range(rng.randrange(4, 9))]
write("interactions.csv", "user,item,timestamp\n" + "".join(f"{u},{i},{t}\n" for u, i, t in events), packed=True)
write("interactions-rating.csv", "item,\"rating\",user,timestamp\n"
      + "".join(f"{i},{rng.randrange(1, 6)},\"{u}\",{t}\n" for u, i, t in events))
write("interactions-label.csv", "timestamp,user,item,label,other\r\n"
      + "".join(f"{t},{u},{i},{rng.randrange(2)},x\r\n" for u, i, t in events))
write("items.csv", "item,category,categories\n" + "".join(f"i{i},c{i % 4},all|c{i % 2}\n" for i in range(15)))

ratings = [(user, rng.randrange(1, 16), rng.choice([1, 2.5, 4, 5]), 1000 * time)
           for user in range(1, 8) for time in range(6)]
genres = [f"Genre {i % 3}|Comedy" for i in range(16)]
write("ratings.csv", "userId,movieId,rating,timestamp\n" + "".join(f"{u},{m},{r},{t}\n" for u, m, r, t in ratings),
      packed=True)
write("movies.csv", "movieId,title,genres\n" + "".join(f'{m},"Film, {m}",{genres[m]}\n' for m in range(1, 16)))
write("genome-scores.csv", "movieId,tagId,relevance\n"
      + "".join(f"{m},{t},{rng.random():.3f}\n" for m in range(1, 16) for t in range(1, 6)))
write("ratings.dat", "".join(f"{u}::{m}::{r}::{t}\n" for u, m, r, t in ratings))
write("movies.dat", "".join(f"{m}::Film: {m}::{genres[m]}\n" for m in range(1, 16)))

reviews = [{"reviewerID": f"U{u}", "asin": f"A{rng.randrange(12)}", "overall": 5.0, "helpful": [1, 2],
            "reviewText": "good \"thing\" \u00e9\n\\", "unixReviewTime": 1_300_000_000 + t}
           for u in range(6) for t in range(6)]
write("reviews.json", "".join(json.dumps(r) + "\n" for r in reviews), packed=True)
write("reviews-python.json", "".join(repr(r) + "\n" for r in reviews))
meta = [{"asin": f"A{i}", "title": "it's", "price": 1.5, "categories": [["All", f"C{i % 3}"], ["All", "Leaf"]],
         "related": {"also": ["A1", None, True]}} for i in range(12)]
write("meta.json", "".join(json.dumps(m) + "\n" for m in meta), packed=True)
write("meta-python.json", "".join(repr(m) + "\n" for m in meta))

write("UserBehavior.csv", "".join(
    f"{u},{rng.randrange(9)},{rng.randrange(3)},{rng.choice(['pv', 'pv', 'pv', 'cart', 'fav', 'buy'])},"
    f"{1_511_600_000 + 40_000 * t}\n" for u in range(6) for t in range(12)), packed=True)
write("raw_sample.csv", "user,time_stamp,adgroup_id,pid,nonclk,clk\n" + "".join(
    f"{u},{1_494_050_000 + 40_000 * t},{rng.randrange(9)},430548_1007,{1 - c},{c}\n"
    for u in range(6) for t in range(12) for c in [rng.randrange(2)]))
write("ad_feature.csv", "adgroup_id,cate_id,campaign_id,customer,brand,price\n"
      + "".join(f"{a},{a % 3},{a},{a},NULL,{a}.5\n" for a in range(9)))
write("behavior_log.csv", "user,time_stamp,btag,cate,brand\n" + "".join(
    f"{u},{1_494_040_000 + 40_000 * t},{rng.choice(['pv', 'cart', 'fav', 'buy'])},{t % 3},{t % 2}\n"
    for u in range(7) for t in range(9)))

write("schema.yaml", """log:
  files: [views.tsv]
  delimiter: tab
  user: member
  item: sku
  time: {column: at, format: "%Y-%m-%d %H:%M", utc_offset: 8}
  days: [2024-03-01, 2024-03-20]
label:
  credit: {column: what, exposures: [view], actions: {put: cart, paid: buy}, window: 3600}
sample_features:
  price: {kind: numeric, transform: [log, quantiles(4)]}
  hour: {from: time, as: hour}
  tags: {list: "|", keep: 2, min_count: 2}
event_features: {action: {from: label}, dwell: {kind: numeric, transform: standardised}}
users: {file: members.csv, key: id, features: {kinds: {flags: [new, paid]}, v: {kind: vector, width: 2, list: " "}}}
items: {file: skus.jsonl, key: sku, features: {category: {list: true, path: true}, brand: {}}}
history:
  files: earlier.csv
  user: who
  item: "{kind}/{brand}"
  time: {column: t, unit: s}
  action: {column: act, values: {cart: cart, buy: buy}, ignored: [pv]}
  item_features: {brand: brand}
split: {first_days: 5}
minimum_training_samples: 1
""")
write("views.tsv", "member\tsku\tat\twhat\tprice\ttags\tdwell\n" + "".join(
    f"m{m}\ts{rng.randrange(9)}\t2024-03-{1 + 2 * t:02d} 1{t}:0{m}\t{rng.choice(['view', 'view', 'put', 'paid'])}\t"
    f"{rng.choice(['', '1.5', '$1,200.00'])}\t{rng.choice(['', 'a|b', 'a|b|c'])}\t{t}\n"
    for m in range(6) for t in range(9)), packed=True)
write("members.csv", "id,new,paid,v\n" + "".join(f"m{m},{m % 2},{m % 3 // 2},{m} 1.5\n" for m in range(6)))
write("skus.jsonl", "".join(
    json.dumps({"sku": f"s{i}", "brand": f"b{i % 3}", "category": ["All", f"C{i % 2}", f"Point {i}"]}) + "\n"
    for i in range(12)))
write("earlier.csv", "who,t,act,kind,brand\n" + "".join(
    f"m{m},{1_709_000_000 + 9_000 * t},{rng.choice(['pv', 'cart', 'buy'])},k{t % 3},b{t % 2}\n"
    for m in range(7) for t in range(5)))
write("schema-pages.yaml", """log:
  files: pages.tsv
  columns: [page, user, time, history, shown]
  rest: shown
  item: {column: shown, list: " ", label: "-"}
  history: {column: history, list: " "}
sample_features: {page: {}}
items: {file: news.tsv, delimiter: tab, quotes: false, columns: [news, category, title], key: news, features: {category: {}}}
split: {last_days: 1}
on_error: skip
""".replace("history, shown]\n", "history, shown]\n  time: {column: time, unit: s}\n"))
write("pages.tsv", "".join(
    f"{t}\tu{u}\t{1_700_000_000 + 40_000 * t}\tN1 N{u}\t" + " ".join(f"N{rng.randrange(9)}-{rng.randrange(2)}" for _ in range(3))
    + "\n" for u in range(5) for t in range(5)))
write("news.tsv", "".join(f"N{n}\tc{n % 3}\tTitle \"{n}\"\n" for n in range(9)))

# What a file of a few kilobytes may try.
line = b"u1,i1,1\n"
with open(os.path.join(folder, "hostile-interactions-bomb.csv.gz"), "wb") as file:
    # 48 MB without an end of line, in 48 kB.
    packer = gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=9)
    packer.write(b"user,item,timestamp\n")
    for _ in range(48):
        packer.write(b"0" * (1 << 20))
    packer.close()
deep = 20_000
write("hostile-job-nested.yaml", "a: " + "[" * deep + "]" * deep + "\n")
write("hostile-job-indented.yaml", "".join(" " * i + f"k{i}:\n" for i in range(600)))
laughs = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 40))
write("hostile-job-laughs.yaml", laughs)
write("hostile-job-laughing-key.yaml", laughs + "? *a39\n: 1\n? *a39\n: 2\n")
write("hostile-job-laughing-seed.yaml", laughs + "seed: *a39\n")
write("hostile-search-laughs.yaml", laughs + "per_method: *a39\n")
write("hostile-job-huge.yaml", "training: {epochs: 1000000000000000000, batch_size: 4611686018427387904, "
      "virtual_shards: 1000000000}\nmodel: {hidden: [1000000000]}\n")
write("hostile-schema-laughs.yaml", laughs + "log: *a39\n")
write("hostile-schema-nested.yaml", "log: " + "[" * deep + "]" * deep + "\n")
write("hostile-schema-huge.yaml", "log: {files: views.tsv, time: {utc_offset: 1e300}, days: [0000-01-01, 9999-12-31]}\n"
      "minimum_training_samples: 1000000000000000000\n")
write("hostile-job-name.yaml", "name: ../../etc/x\n")
write("hostile-reviews-nested.json", "{\"a\":" + "[" * deep + "]" * deep + "}\n")
write("hostile-summary-nested.json", "[" * deep + "]" * deep + "\n")
write("hostile-users-long.txt", "u" * (1 << 20) + "\n")
