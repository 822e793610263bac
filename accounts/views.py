import sys
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.errors import NO_PERMISSION, Refusal, Unusable, as_json, refusal_of


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What is wrong, with its status: JSON for programs, else a page."""
    if is_ogc(request):
        answer: HttpResponse = _json(*as_ogc(as_json(refusal), refusal.status))
    elif is_api(request):
        answer = _json(as_json(refusal), refusal.status)
    else:
        answer = render(
            request, "refused.html", {"refusal": refusal, "again": _again(request, refusal)}, status=refusal.status
        )
    for name, value in refusal.headers.items():
        answer[name] = value
    return answer


def _again(request: HttpRequest, refusal: Refusal) -> list[tuple[str, str]]:
    """What a form sent that found the server busy or full, to be sent again as it is. Nothing where it held files or a
    password: neither goes into a page."""
    if refusal.status < 500 or request.FILES or any("password" in name for name in request.POST):
        return []
    named = (name for name in request.POST if name != "csrfmiddlewaretoken")
    return [(name, given) for name in named for given in request.POST.getlist(name)]


def unusable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refused(request, refusal_of(exception) or Unusable(_("收到的请求无法处理。请返回上一页，核对后重试。")))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_api(request):
        return _json({"code": "not_permitted", "message": str(exception or NO_PERMISSION)}, 403)
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same bytes for what does not exist and for what is out of scope: no path, no token, no nonce in it.

    Under /api/ it is a path that nothing answers: rows are looked for, and missed, in the API's views.
    """
    if is_api(request):
        docs = "/ogc/api" if is_ogc(request) else "/api/v1/docs/"
        message = _("没有 %(path)s 这个接口；全部接口见 %(docs)s。") % {"path": request.path, "docs": docs}
        answer = {"code": "not_found", "message": message}
        return _json(*as_ogc(answer, 404) if is_ogc(request) else (answer, 404))
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault. A full disk also comes here, when it was met before the view: as the session was read."""
    refusal = refusal_of(sys.exc_info()[1])
    if refusal:
        return refused(request, refusal)
    if is_api(request):
        message = _("这次操作没有完成，没有写入任何内容。错误已记录；请稍后再试，或联系系统管理员。")
        return _json({"code": "fault", "message": message}, 500)
    return render(request, "500.html", status=500)


def is_api(request: HttpRequest) -> bool:
    """Whether programs ask here, who are answered in JSON: the API, OGC API Features, vector tiles."""
    return request.path.startswith(("/api/", "/tiles/")) or is_ogc(request)


def is_ogc(request: HttpRequest) -> bool:
    return f"{request.path}/".startswith("/ogc/")


def as_ogc(answer: Mapping[str, object], status: int) -> tuple[dict[str, object], int]:
    """A refusal as OGC API Features words it: its sentence is the `description`, and a question that is not understood
    is a 400 where our own API says 422."""
    return {**answer, "description": answer["message"]}, 400 if status == 422 else status


def _json(answer: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
