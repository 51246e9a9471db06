"""How good the reader and the decision are: measured on labelled sentences, never guessed."""
