from django.db import models


class Row(models.Model):
    id = models.UUIDField(primary_key=True)
    content = models.TextField()

    class Meta:
        app_label = "peer"

    def __str__(self) -> str:
        return str(self.id)
