"""The activity an instructor embeds: its kind, settings and dates."""
