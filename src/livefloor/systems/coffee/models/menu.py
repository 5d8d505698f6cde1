"""What can be ordered: drinks, their sizes and recipes, options, and what is taken off the menu."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from livefloor import Resource, one_of, unique_while
from livefloor.systems.coffee.models.base import Tables


class MenuItem(Resource, Tables):
    """A drink."""

    __tablename__ = "menu_items"
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    category: Mapped[str]
    needs_milk: Mapped[str]
    description: Mapped[str] = mapped_column(String(200), default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    """Raised with each change of its sizes and recipes too, so that its version is that of the whole."""
    __table_args__ = (
        CheckConstraint("code = lower(code) AND length(code) BETWEEN 2 AND 32", name="code"),
        one_of("category", "coffee", "chocolate", "tea", "chai", "iced", "filter"),
        one_of("needs_milk", "none", "required", "optional"),
    )


class MenuVariant(Resource, Tables):
    """A size of a drink, and how long it takes to make."""

    __tablename__ = "menu_variants"
    menu_item_id: Mapped[str] = mapped_column(ForeignKey("menu_items.id", ondelete="CASCADE"))
    size: Mapped[str]
    volume_ml: Mapped[int]
    prep_seconds: Mapped[int]
    enabled: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (
        UniqueConstraint("menu_item_id", "size"),
        one_of("size", "small", "regular", "large"),
        CheckConstraint("volume_ml > 0", name="volume_ml"),
        CheckConstraint("prep_seconds BETWEEN 5 AND 600", name="prep_seconds"),
    )


class RecipeLine(Resource, Tables):
    """How much of something goes into a size of a drink; which milk and which beans, the order says."""

    __tablename__ = "recipe_lines"
    variant_id: Mapped[str] = mapped_column(ForeignKey("menu_variants.id", ondelete="CASCADE"))
    role: Mapped[str]
    item_id: Mapped[str | None] = mapped_column(ForeignKey("inventory_items.id"))
    quantity: Mapped[int]
    __table_args__ = (
        one_of("role", "fixed", "milk", "beans"),
        CheckConstraint("(role = 'fixed') = (item_id IS NOT NULL)", name="item"),
        CheckConstraint("quantity > 0", name="quantity"),
        UniqueConstraint("variant_id", "role", "item_id"),
        # Where the order says which item, the constraint above would let in two lines.
        unique_while("uq_recipe_lines_of_order", "item_id IS NULL", "variant_id", "role"),
        Index(None, "item_id"),
    )


class MenuOption(Resource, Tables):
    """Something that a guest may add to a cup, or change about it."""

    __tablename__ = "menu_options"
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str]
    max: Mapped[int] = mapped_column(default=1)
    item_id: Mapped[str | None] = mapped_column(ForeignKey("inventory_items.id"))
    quantity: Mapped[int] = mapped_column(default=0)
    prep_seconds_extra: Mapped[int] = mapped_column(default=0)
    effect: Mapped[str] = mapped_column(default="none")
    enabled: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        one_of("kind", "count", "flag"),
        CheckConstraint("max BETWEEN 1 AND 5", name="max"),
        CheckConstraint("quantity >= 0", name="quantity"),
        CheckConstraint("prep_seconds_extra BETWEEN 0 AND 600", name="prep_seconds_extra"),
        one_of("effect", "none", "replace_beans", "halve_beans"),
    )


class AvailabilityBlock(Resource, Tables):
    """A drink, milk or option that is off the menu, at one station or at all."""

    __tablename__ = "availability_blocks"
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="CASCADE"))
    menu_item_id: Mapped[str | None] = mapped_column(ForeignKey("menu_items.id", ondelete="CASCADE"))
    milk_id: Mapped[str | None] = mapped_column(ForeignKey("milks.id", ondelete="CASCADE"))
    option_id: Mapped[str | None] = mapped_column(ForeignKey("menu_options.id", ondelete="CASCADE"))
    target: Mapped[str]
    """Whichever of the three it is."""
    source: Mapped[str]
    reason: Mapped[str] = mapped_column(String(120), default="")
    until: Mapped[datetime | None]
    actor_id: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(
            "(menu_item_id IS NOT NULL AND milk_id IS NULL AND option_id IS NULL)"
            " OR (menu_item_id IS NULL AND milk_id IS NOT NULL AND option_id IS NULL)"
            " OR (menu_item_id IS NULL AND milk_id IS NULL AND option_id IS NOT NULL)",
            name="one_target",
        ),
        one_of("source", "manual", "stock"),
        CheckConstraint("target = coalesce(menu_item_id, milk_id, option_id)", name="target"),
        UniqueConstraint("station_id", "target", "source"),
        unique_while("uq_availability_blocks_everywhere", "station_id IS NULL", "target", "source"),
        Index(None, "until"),
    )
