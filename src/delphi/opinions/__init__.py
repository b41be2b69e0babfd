"""Groups of opinion and themes in open text: the statistics that need scikit-learn or sparse tables, as pure functions.

Nothing here knows a study, a table or a file. scikit-learn and the sparse tables of SciPy are imported inside the functions.
"""
