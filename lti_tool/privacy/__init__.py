"""What a person may know and do about their own data."""
