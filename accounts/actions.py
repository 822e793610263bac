"""What is done to accounts besides editing them: tokens, passwords, lock-outs. Audited in the same transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from axes.models import AccessAttempt
from django.db import transaction
from knox.models import AuthToken

from accounts import audit
from accounts.models import User


@transaction.atomic
def create_token(user: User, *, by: User | None) -> str:
    """A new API token of `user`, to be shown once: only its hash is kept. The audit row names its first characters."""
    token: str
    row, token = AuthToken.objects.create(user)
    audit.write("token.created", user, by=by, after={"token_key": row.token_key})
    return token


@transaction.atomic
def revoke_tokens(user: User, *, by: User | None, only: AuthToken | None = None) -> int:
    """Delete the API tokens of `user`, or `only` one of them; an audit row for each. Returns how many."""
    tokens = [only] if only else list(AuthToken.objects.filter(user=user))
    for token in tokens:
        audit.write("token.revoked", user, by=by, before={"token_key": token.token_key})
        token.delete()
    return len(tokens)


@contextmanager
def password_change(user: User, *, by: User) -> Iterator[None]:
    """One transaction around what may change the password of `user`: if it did, their tokens end and it is audited.

    Their sessions end by themselves: Django ties each to the password's hash.
    """
    before = user.password
    with transaction.atomic():
        yield
        if User.objects.get(pk=user.pk).password != before:
            audit.write("user.password_changed", user, by=by)
            revoke_tokens(user, by=by)


@transaction.atomic
def spend_superuser(user: User, *, by: User) -> None:
    """With an admin grant the grant decides: the mark of the first account goes, or it would outlive the grant."""
    if User.objects.filter(pk=user.pk, is_superuser=True).update(is_superuser=False):
        audit.write("user.edited", user, by=by, before={"is_superuser": True}, after={"is_superuser": False})


@transaction.atomic
def lift_lock(attempt: AccessAttempt, *, by: User) -> None:
    """Forget the failed sign-ins of this user name from this address, from whichever browser."""
    counted = AccessAttempt.objects.filter(username=attempt.username, ip_address=attempt.ip_address)
    before = {
        "username": attempt.username,
        "ip_address": attempt.ip_address,
        "failures": sum(counted.values_list("failures_since_start", flat=True)),
    }
    audit.write("lock.lifted", attempt, by=by, before=before)
    counted.delete()
