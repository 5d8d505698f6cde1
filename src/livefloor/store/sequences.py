"""What PostgreSQL numbers by itself, after rows came with their numbers."""

from typing import Any

SERIAL = """SELECT table_name, column_name, pg_get_serial_sequence(format('%I.%I', table_schema, table_name), column_name)
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
  WHERE table_schema = $1 AND table_type = 'BASE TABLE'"""


async def go_on(db: Any, schema: str) -> None:
    """Let each sequence of a schema go on after the highest number that there is."""
    for table, column, sequence in await db.fetch(SERIAL, schema):
        if sequence is not None:
            highest = f'SELECT max("{column}") FROM "{schema}"."{table}"'  # noqa: S608 - the names are our own
            await db.execute(f"SELECT setval('{sequence}', ({highest})) WHERE ({highest}) IS NOT NULL")
