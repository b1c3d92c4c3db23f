"""xAPI for peer learning: a vocabulary, statements, and their way to a learning record store.

Stands by itself: nothing here knows Flask, LTI or the tool's database.
"""
