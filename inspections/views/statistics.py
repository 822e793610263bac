from django.http import HttpRequest, HttpResponse


def statistics(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)
