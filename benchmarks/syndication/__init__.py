"""The parts of ``simulator.py``: originals, houses and their style guides, what is done to a page, dates."""
