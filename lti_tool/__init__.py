"""Entraide, the LTI tool: peers who teach each other, inside the course."""
