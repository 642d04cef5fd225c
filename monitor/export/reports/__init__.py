"""Reports made on demand: their queue, the process that makes each, their routes."""
