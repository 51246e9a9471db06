"""The decision: a complaint's place and category become one responsible unit, with reasons.

Pure computation. Nothing here reads a file, a clock, an environment variable or a global.
Coordinates are WGS 84 longitude/latitude in degrees unless a name ends in ``_m`` or ``_m2``.
"""
