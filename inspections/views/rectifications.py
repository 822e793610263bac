from django.http import HttpRequest, HttpResponse


def ledger(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)


def rectification(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)


def move(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)
