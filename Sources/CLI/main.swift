print("lcft")
