from django.http import HttpRequest, HttpResponse


def new_visit(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)


def visit(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)


def photo(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)
