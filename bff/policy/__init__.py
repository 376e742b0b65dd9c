"""May this come back, for how much, and who says so? The kernel in which policy plugins decide together.

Plugin authors import `facts`, `contributions`, `manifest` and `hookspecs` from here, and nothing else of bff
but `bff.money`, `bff.markets` and `bff.vocabulary`.
"""
