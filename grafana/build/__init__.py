"""The dashboards, as code: `python -m grafana.build` writes dashboards/vi and dashboards/en."""
