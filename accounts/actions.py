"""What is done to accounts besides editing them: tokens, passwords, sessions, lock-outs. Audited as it is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import F
from knox.models import AuthToken

from accounts import audit
from accounts.models import Grant, User
from accounts.roles import Role


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

    Their sessions end by themselves: each is tied to the password's hash. A password that somebody else set has to be
    changed at the next sign-in.
    """
    before = user.password
    with transaction.atomic():
        yield
        if User.objects.get(pk=user.pk).password != before:
            User.objects.filter(pk=user.pk).update(must_change_password=by != user)
            audit.write("user.password_changed", user, by=by)
            revoke_tokens(user, by=by)


def end_sessions(user: User) -> None:
    """Whoever is signed in as `user` is nobody at their next request. Audited by who calls it, with the reason."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    user.refresh_from_db(fields=["session_generation"])


@transaction.atomic
def first_administrator(username: str, password: str, *, name: str = "", must_change: bool) -> User:
    """An account with an admin grant from today on, made by a command: nobody has to be signed in. Audited."""
    user = User(username=username, name=name, must_change_password=must_change)
    user.set_password(password)
    user.save(force_insert=True)
    grant = Grant.objects.create(user=user, role=Role.ADMIN)
    audit.write("user.added", user, by=None, after=audit.snapshot(user), first=True)
    audit.write("grant.saved", grant, by=None, after=audit.snapshot(grant), first=True)
    return user


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
