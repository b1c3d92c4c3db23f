"""The first screen after a launch: what do I do now, and for an instructor, who takes part."""
