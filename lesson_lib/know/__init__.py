"""The ground floor: reads the facts in `data/` and says where each comes from."""
