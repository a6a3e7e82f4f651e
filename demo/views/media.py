"""Photos, as nginx serves them in production: only photos, never guessed to be something else, kept for good."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe


@require_safe
def photo(request: HttpRequest, name: str) -> FileResponse:
    try:
        file = default_storage.open(f"photos/{name}.webp")
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return FileResponse(file, content_type="image/webp", headers=headers)
