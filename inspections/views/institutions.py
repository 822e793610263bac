from django.http import HttpRequest, HttpResponse


def institution_list(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)


def institution_file(request: HttpRequest, **kwargs) -> HttpResponse:
    return HttpResponse(status=501)
