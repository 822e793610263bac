"""Free text as somebody reads it who may, or may not, see personal data."""

from django import template

from accounts.masking import mask_phones

register = template.Library()


@register.filter
def readable(text: str, may_see: bool) -> str:
    """As it was written; with telephone numbers masked for who may not see personal data."""
    return text if may_see or not text else mask_phones(str(text))
