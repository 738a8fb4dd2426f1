"""What form tools have collected, read as assessments."""
