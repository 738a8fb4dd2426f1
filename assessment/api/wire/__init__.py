"""The shapes that clients see; every field carries its description, which is the API's documentation."""
