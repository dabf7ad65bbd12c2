"""What people set: teams, touchpoints, names of segments, accounts and roles."""
