"""The worker that brings events to the partners' webhook endpoints."""
