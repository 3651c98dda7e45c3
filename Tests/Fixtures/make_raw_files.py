"""Makes small raw files in the forms of public logs, under the names that the documents give them, in the current
folder: MovieLens 20M and 1M, Amazon Electronics (2014) and All Beauty (2023), both logs of Taobao, RecBole's ml-100k, a
log with members and things. Tests/documents.sh runs the documents' commands on them.

    python3 make_raw_files.py [NAME...]      all, or some of: movielens-20m movielens-1m amazon-2014 amazon-2023 taobao
                                             taobao-ads recbole shop
"""
import gzip
import json
import os
import random
import sys
import zipfile

DAY = 86400


class Draw(random.Random):
    """Draws that are the same in every version of Python, as those of `random` are."""

    def below(self, end):
        return int(self.random() * end)

    def pick(self, values):
        return values[self.below(len(values))]

    def some(self, values, count):
        left = list(values)
        return [left.pop(self.below(len(left))) for _ in range(count)]


def write(path, lines):
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with (gzip.open if path.endswith(".gz") else open)(path, "wt", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)


def likes(draw, user, item):
    """Users differ in their base rate, and each likes a fourth of the items."""
    return draw.random() < (0.7 if (user + item) % 4 == 0 else 0.1 + 0.01 * (user % 30))


def history(draw, users, items, length, first, last):
    """Rows (user, item, time, liked), by user and time, each of a user's items once."""
    for user in range(1, users + 1):
        chosen = draw.some(range(1, items + 1), length + user % 5)
        times = sorted(first + draw.below(last - first) for _ in chosen)
        for item, time in zip(chosen, times):
            yield user, item, time, likes(draw, user, item)


def movielens_20m(draw):
    split = 1225642324
    rows = history(draw, 50, 60, 30, split - 100 * DAY, split + 50 * DAY)
    ratings = [f"{u},{m},{draw.pick((4, 4.5, 5) if liked else (1, 2.5, 3))},{t}" for u, m, t, liked in rows]
    write("ml-20m/ratings.csv", ["userId,movieId,rating,timestamp", *ratings])
    genres = ["Drama", "Comedy|Romance", "Action|Sci-Fi", "(no genres listed)"]
    movies = [f'{m},"Movie {m}, The (1999)",{genres[m % 4]}' for m in range(1, 61)]
    write("ml-20m/movies.csv", ["movieId,title,genres", *movies])
    scores = [f"{m},{tag},{draw.random():.5f}" for m in range(1, 55) for tag in range(1, 1129)]
    write("ml-20m/genome-scores.csv", ["movieId,tagId,relevance", *scores])
    with zipfile.ZipFile("ml-20m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(os.listdir("ml-20m")):
            archive.write(f"ml-20m/{name}")


def movielens_1m(draw):
    rows = list(history(draw, 40, 50, 20, 975000000, 978000000))
    write("ml-1m/ratings.dat", [f"{u}::{m}::{5 if liked else 2}::{t}" for u, m, t, liked in rows])
    write("ml-1m/users.dat", [f"{u}::{'FM'[u % 2]}::{25 + u % 3 * 10}::{u % 21}::0{u % 7}460" for u in range(1, 41)])
    write("ml-1m/movies.dat", [f"{m}::Movie {m} (1990)::{'Drama' if m % 2 else 'Action|War'}" for m in range(1, 51)])


def amazon_2014(draw):
    split = 1385078400
    rows = history(draw, 80, 60, 8, split - 300 * DAY, split + 150 * DAY)
    reviews = [{"reviewerID": f"A{u:06}", "asin": f"B{i:05}", "overall": 5.0 if liked else 3.0,
                "unixReviewTime": t // DAY * DAY} for u, i, t, liked in rows]
    write("reviews_Electronics_5.json.gz", map(json.dumps, reviews))
    # The metadata of 2014 are Python's literals.
    write("meta_Electronics.json.gz", [
        repr({"asin": f"B{i:05}", "categories": [["Electronics", f"Group {i % 4}", f"Kind {i % 9}"]], "price": 9.5})
        for i in range(1, 61)])


def amazon_2023(draw):
    rows = history(draw, 40, 40, 8, 1500000000, 1600000000)
    write("All_Beauty.jsonl.gz", [json.dumps({
        "rating": 5.0 if liked else 2.0, "user_id": f"U{u}", "asin": f"B{i}", "parent_asin": f"B{i}",
        "timestamp": 1000 * t, "verified_purchase": True}) for u, i, t, liked in rows])
    write("meta_All_Beauty.jsonl.gz", [json.dumps({
        "parent_asin": f"B{i}", "store": f"store {i % 5}", "price": 9.99, "categories": ["Beauty", f"Group {i % 3}"]})
        for i in range(1, 41)])


def taobao(draw):
    first, rows = 1511539200, []          # 2017-11-25, UTC+8
    for user in range(1, 5):
        for time in sorted({first + draw.below(9 * DAY) for _ in range(600)}):
            item = 1 + draw.below(79)
            rows.append(f"{user},{item},{item % 9},pv,{time}")
            if likes(draw, user, item):
                rows.append(f"{user},{item},{item % 9},{draw.pick(('cart', 'fav', 'buy'))},{time + 1}")
    # The public file has rows like this one, outside its days.
    write("UserBehavior.csv", [*rows, f"1,5,5,pv,{first - 100 * DAY}", "1,5,5,pv"])


def taobao_ads(draw):
    first, shown, behaviour = 1494000000, [], []          # 2017-05-06, UTC+8
    for user in range(1, 5):
        for time in sorted({first + draw.below(8 * DAY) for _ in range(500)}):
            ad = 1 + draw.below(59)
            clicked = int(likes(draw, user, ad))
            shown.append(f"{user},{time},{ad},430548_1007,{1 - clicked},{clicked}")
        for time in sorted({first - 1 - draw.below(10 * DAY) for _ in range(40)}):
            behaviour.append(f"{user},{time},{draw.pick(('pv', 'cart', 'fav', 'buy'))},{draw.below(9)},{draw.below(5)}")
    write("raw_sample.csv", ["user,time_stamp,adgroup_id,pid,nonclk,clk", *shown])
    write("ad_feature.csv", ["adgroup_id,cate_id,campaign_id,customer,brand,price",
                             *[f"{ad},{ad % 9},{ad},{ad % 7},{ad % 5},{5 + ad / 2}" for ad in range(1, 60)]])
    write("behavior_log.csv", ["user,time_stamp,btag,cate,brand", *behaviour])


def recbole(draw):
    rows = history(draw, 40, 50, 20, 880000000, 890000000)
    write("ml-100k/ml-100k.inter", ["user_id:token\titem_id:token\trating:float\ttimestamp:float",
                                    *[f"{u}\t{i}\t{5 if liked else 2}\t{t}" for u, i, t, liked in rows]])
    write("ml-100k/ml-100k.user", ["user_id:token\tage:token", *[f"{u}\t{20 + u}" for u in range(1, 41)]])
    write("ml-100k/ml-100k.item", ["item_id:token\tclass:token_seq", *[f"{i}\tDrama War" for i in range(1, 51)]])


def shop(draw):
    """What docs/schemas.md names: a log in one file and in two, members and things."""
    rows = []
    for minute in range(0, 10 * 24 * 60, 7):
        user, item = draw.below(40), draw.below(60)
        clicked = likes(draw, user, item)
        time = f"2024-03-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00"
        device, dwell = draw.pick(("phone", "desk")), 5 + draw.below(90) if clicked else ""
        rows.append(f"m{user}\tS-{item}\t{time}\t{device}\t{5 + item / 4}\t{dwell}\t{'yes' if clicked else 'no'}")
    header = "member_id\tsku\tshown_at\tdevice\tlist_price\tdwell_s\tclicked"
    write("views.tsv.gz", [header, *rows])
    for number, part in enumerate((rows[:1000], rows[1000:]), 1):
        write(f"views-{number}.tsv.gz", [header, *part])
    write("members.csv", ["id,age,tags", *[f"m{u},{18 + u % 30},{'old|free' if u % 3 else 'paid'}" for u in range(40)]])
    write("skus.jsonl", [json.dumps({"sku": f"S-{i}", "brand": f"brand {i % 9}", "category": f"Home|Group {i % 4}"})
                         for i in range(60)])


KINDS = {
    "movielens-20m": movielens_20m, "movielens-1m": movielens_1m, "amazon-2014": amazon_2014,
    "amazon-2023": amazon_2023, "taobao": taobao, "taobao-ads": taobao_ads, "recbole": recbole, "shop": shop,
}
for name in sys.argv[1:] or KINDS:
    KINDS[name](Draw(name))
