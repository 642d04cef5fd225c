"""Grafana: the dashboards as code, the JSON that it builds, and how Grafana finds it."""
