"""What Stripe knows, split by noun: the shape of each object, its calls, and what happens to it."""
