"""The faces' side and the poller's side of the socket between them: the faces live in a process of their own."""
