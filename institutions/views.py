from django.http import HttpRequest, HttpResponse


def new_institution(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)


def edit_institution(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)


def new_licence(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)
