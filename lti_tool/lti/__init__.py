"""The door: login, launch, and the way back. Only this room imports pylti1p3."""
