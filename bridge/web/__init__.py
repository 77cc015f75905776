"""What others may tell or ask the bridge over HTTP: webhooks, /healthz, /metrics. Nothing here decides anything."""
