"""Arithmetic only: arrays in, arrays out. No Arrow, no input or output, no settings, no threads."""
