"""May this come back, for how much, and who says so? The kernel in which policy plugins decide together.

Plugin authors import `facts`, `contributions`, `manifest` and `hookspecs` from here, and nothing else of bff
but `bff.money`, `bff.markets` and `bff.vocabulary`; their tests import `testing` as well.

The host loads plugins with `registry.load_plugins`, rules with `parameters.PolicySet.load`, facts with
`prefetch.prefetch`, and asks one `kernel.Kernel`. Inside it a `hearing` asks the plugins phase by phase,
`deciding` gives the phases their order, and one file a fold combines what was said.
"""
