"""How does a case live? Here is what moves every case: its states, its one table, its clocks and its timeline; in
`asking` how it begins, in `deciding` what people do to it, in `goods` what travels, in `money` what is paid.
"""
