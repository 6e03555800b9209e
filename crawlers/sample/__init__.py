"""A workspace to try things in: three fictional companies, three small sites, 66 mentions.

Nothing here is about a real company, product or person.
"""
