"""Every noun of the monitor, frozen; imports nothing but the standard library."""
