"""`python -m lti_tool` is `entraide`."""

from .cli import main

if __name__ == "__main__":
    main()
