"""How firm a verdict is: other choices of the analyst, one answer more or less, chance, and those who left."""
