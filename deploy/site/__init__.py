"""The course as a static site: `python3 run.py site`."""
