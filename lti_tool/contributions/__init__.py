"""What a peer shares: drafts, files, the sent text."""
