"""What the map keeps of how institutions stand today, so that the country is drawn as fast as a county
(docs/adr/0054-cells-of-the-map.md). It repeats the register and is nobody's source: `manage.py rebuild_figures` makes
it anew, `manage.py verify_figures` compares it with the definition."""

from django.db import models
from django.db.models import Q


class MapTouched(models.Model):
    """An institution of which something was written that the map shows, put here by triggers (mapping/guards.py) until
    the transaction that wrote has worked it out anew; `seen` where all that was written is a visit."""

    institution = models.ForeignKey("institutions.Institution", models.DO_NOTHING, db_constraint=False, db_index=False)
    seen = models.BooleanField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.institution_id)


class Spot(models.Model):
    """An institution as it stands today: where, and of which `kind` (mapping/pyramid.py; GONE when it is not on the
    register). `turns_on` is the next day on which it may stand otherwise without anything being written."""

    # Looked up by no constraint: whoever works out what others have left would wait at its end for who holds them.
    institution = models.OneToOneField(
        "institutions.Institution", models.PROTECT, primary_key=True, related_name="+", db_constraint=False
    )
    scope_code = models.CharField(max_length=12)
    kind = models.SmallIntegerField()
    cell = models.BigIntegerField(null=True)  # of those that have a place of their own
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    approximate = models.BooleanField(default=False)
    turns_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["cell", "kind", "scope_code", "longitude", "latitude"], name="spot_on_map"),
            models.Index(fields=["scope_code"], name="spot_of_place"),
            models.Index(fields=["turns_on"], name="spot_turns", condition=Q(turns_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return str(self.institution_id)


class SpotChange(models.Model):
    """One more of a kind at a place, or one less. Added by each writer for itself, so that two of one township do not
    wait for each other; they are deleted when they have been folded into the cells."""

    area = models.CharField(max_length=2)
    kind = models.SmallIntegerField()
    number = models.SmallIntegerField()
    cell = models.BigIntegerField(null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    approximate = models.BooleanField(default=False)
    folded = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number:+d} {self.area} {self.cell}"


class Cell(models.Model):
    """Institutions of one kind, or of EVERY kind, and province in one square of a zoom: how many, how many of each
    status and licence status, the sums of their positions in the units of mapping/layers.py, and the degrees between
    which they lie. Of `level` TOTALS: all of them, by whether they have a place (mapping/summing.py)."""

    level = models.SmallIntegerField()
    square = models.BigIntegerField()
    area = models.CharField(max_length=2)
    kind = models.SmallIntegerField()
    number = models.IntegerField()
    east = models.BigIntegerField()
    north = models.BigIntegerField()
    west = models.FloatField()
    south = models.FloatField()
    eastmost = models.FloatField()
    northmost = models.FloatField()
    n_unseen = models.IntegerField(default=0)
    n_clear = models.IntegerField(default=0)
    n_open = models.IntegerField(default=0)
    n_overdue = models.IntegerField(default=0)
    n_closed = models.IntegerField(default=0)
    n_licensed = models.IntegerField(default=0)
    n_corrected = models.IntegerField(default=0)
    n_unsurveyed = models.IntegerField(default=0)
    n_full = models.IntegerField(default=0)
    n_registration_only = models.IntegerField(default=0)
    n_permit_only = models.IntegerField(default=0)
    n_none = models.IntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["level", "square", "area", "kind"], name="cell_of_the_map_is_kept_once")
        ]
        indexes = [models.Index(fields=["level"], name="cell_of_none", condition=Q(number=0))]

    def __str__(self) -> str:
        return f"{self.level} {self.square} {self.area} {self.kind}"


class CellsMade(models.Model):
    """There is one while cells are kept; without it the plain query answers. `kinds` are the statuses and licence
    statuses by whose places a kind is numbered: a release that has others makes the cells anew."""

    made_at = models.DateTimeField()
    kinds = models.TextField(default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.made_at}"
