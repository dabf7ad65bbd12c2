"""The import road: files and a mapping in, events in the ledger and an account of every row out."""
