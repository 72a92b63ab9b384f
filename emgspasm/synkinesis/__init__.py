"""Pure: bursts of many muscles become events and measures."""
