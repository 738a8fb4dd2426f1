"""The sections of a report, each a function of a Writer: None where there is nothing to say."""
