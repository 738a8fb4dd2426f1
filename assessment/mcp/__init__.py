"""The service for AI assistants: tools and resources of the Model Context Protocol, over HTTP and on stdio."""
