"""trustledger: books of a housing community that nobody has to take on faith."""
