"""SNMP agents asked by one socket, and what is learned of each on the way; pysnmp as the second engine."""
