"""WeChat Pay v3: one merchant who sells on this machine."""
