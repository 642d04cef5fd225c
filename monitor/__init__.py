"""The monitor of Hà Giang's specialised data network and its conference system."""

__version__ = "0.1.0"
