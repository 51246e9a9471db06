"""The analysts' page (``/analysis``): what maps computes, carried from the store to the browser."""
