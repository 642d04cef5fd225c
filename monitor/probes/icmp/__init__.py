"""Echo requests in bursts to everybody, by one socket."""
