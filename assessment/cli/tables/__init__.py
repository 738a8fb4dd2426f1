"""Tables of answers, scored row by row: read in parts, written in parts, whatever their length."""
