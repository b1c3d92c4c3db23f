"""A small LMS and a ready course, so that a newcomer sees the tool work in one command.

It shares no code with the tool: what it proves, it proves from outside, over HTTP.
"""
