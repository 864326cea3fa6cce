"""Public test support: the pytest plugin for QA teams, and the story driver."""
