"""Voices that speech is learnt from, each family in a file; dependencies of training only."""
