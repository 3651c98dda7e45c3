print("rank-check")
