"""From reviews to a score, and the score's way to the LMS."""
