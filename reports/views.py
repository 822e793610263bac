from django.http import HttpRequest, HttpResponse


def reports(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=501)
