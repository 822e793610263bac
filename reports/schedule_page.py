"""周期设置: which reports of one's divisions are made ready by themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import require
from accounts.requests import SignedInRequest, asks
from accounts.roles import Permission
from institutions.models import Division
from reports.actions.scheduling import schedule_of, set_schedule
from reports.models import ReportSchedule


@asks()
@require_http_methods(["GET", "HEAD", "POST"])
def report_schedule(request: SignedInRequest) -> HttpResponse:
    """The divisions in which one prepares reports, with their periods."""
    require(request.user, Permission.PREPARE_REPORT)
    own = Division.objects.filter(pk__in=request.user.prefixes(Permission.PREPARE_REPORT)).order_by("code")
    if request.method == "POST":
        division = get_object_or_404(own, pk=request.POST.get("division", ""))
        set_schedule(division, request.POST.get("period", ""), by=request.user)
        messages.success(request, _("已保存。"))
        return redirect("report_schedule")
    rows = [(division, schedule_of(division)) for division in own]
    context = {"rows": rows, "periods": ReportSchedule.Period.choices}
    return render(request, "reports/schedule.html", context)
