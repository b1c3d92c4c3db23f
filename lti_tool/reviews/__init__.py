"""Who reviews what, and the review itself."""
