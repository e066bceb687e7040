"""The servers' logs as they are written, and the boards they fill."""
