"""The upper floor: everything a student sees."""
