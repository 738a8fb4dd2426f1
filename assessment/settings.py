"""What an operator can set, each by an environment variable with the prefix ASSESSMENT_."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL


class Settings(BaseSettings):
    """The defaults serve one machine with an embedded SQLite database and need nothing set."""

    model_config = SettingsConfigDict(env_prefix="ASSESSMENT_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    data_dir: Path = Path("data")
    database_url: str | None = None
    """`postgresql+asyncpg://…` or `sqlite+aiosqlite:///…`; None is `assessment.db` in `data_dir`."""
    rubrics_dir: Path | None = None
    """Folder of rubrics and studies; None is the one that came with the package."""
    auto_migrate: bool = False
    """Bring a PostgreSQL database to the current revision at start-up. SQLite always is."""
    writers: Annotated[int, Field(ge=1, le=4)] = 1
    """Connections that write to PostgreSQL. SQLite has one, whatever this says."""
    write_queue_limit: Annotated[int, Field(ge=1)] = 1024
    """Writes that may wait before callers are turned away."""
    read_connections: Annotated[int, Field(ge=1, le=100)] = 4
    allow_lossy_database: bool = False
    """Accept a PostgreSQL that may lose acknowledged writes, if it is reached by a unix socket. For tests only."""

    @property
    def url(self) -> str:
        """The database address in use."""
        if self.database_url is not None:
            return self.database_url
        # Through URL, because a folder's name may hold what has a meaning in an address.
        file = str(self.data_dir.absolute() / "assessment.db")
        return URL.create("sqlite+aiosqlite", database=file).render_as_string()
