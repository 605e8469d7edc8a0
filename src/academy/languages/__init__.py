"""The interface in languages: sentences, catalogues, the choice of a language, dates and numbers in words."""
