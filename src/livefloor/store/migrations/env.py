"""Alembic's entry: runs the migrations of one chain (the platform's or a system's) on the connection it is given."""

from alembic import context

from livefloor.store.migrate import render_type

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    version_table=config.attributes["version_table"],
    include_name=config.attributes.get("include_name"),
    render_item=render_type,
    compare_type=True,
    compare_server_default=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
