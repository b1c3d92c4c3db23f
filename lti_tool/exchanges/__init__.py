"""What people say to each other about what they share: comments, thanks, what was applied at work."""
