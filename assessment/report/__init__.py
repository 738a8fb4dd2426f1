"""A result made readable: charts, HTML and PDF. Pure: what goes in is data, what comes out is bytes."""
