"""The inventory in other programs' forms: CSV, Excel, NetBox, and back into sites.yaml."""
