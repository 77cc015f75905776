"""Refusals in the form every Google API gives them: `{"error": {code, message, status}}`."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    def __init__(self, code: int, status: str, message: str, details: list[Json] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.details = details

    def body(self) -> Json:
        error: Json = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}


class DriveError(ApiError):
    """A refusal with a reason of its own, and the parameter at fault where there is one."""

    def __init__(self, code: int, reason: str, message: str, parameter: str = "") -> None:
        super().__init__(code, "", message)
        self.cause = {"message": message, "domain": "global", "reason": reason}
        if parameter:
            self.cause |= {"locationType": "parameter", "location": parameter}


def drive_body(error: ApiError) -> Json:
    """Drive still answers in the older form: a list of errors with reasons, no status."""
    if isinstance(error, DriveError):
        cause = error.cause
    else:
        reason = _DRIVE_REASONS.get(error.code, "backendError")
        cause = {"message": error.message, "domain": "global", "reason": reason}
    return {"error": {"errors": [cause], "code": error.code, "message": error.message}}


_DRIVE_REASONS = {
    400: "invalid",
    401: "authError",
    403: "insufficientFilePermissions",
    404: "notFound",
    501: "notImplemented",
}


def invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_ARGUMENT", message)


def required(body: Json, name: str) -> Any:
    """The member, which must be there."""
    if name not in body:
        raise invalid(f"{name} must be specified.")
    return body[name]


def unknown_name(name: str, place: str) -> ApiError:
    """Google's answer to a JSON member that its schema does not have."""
    at = f" at '{place}'" if place else ""
    return invalid(f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.')


def unauthenticated() -> ApiError:
    return ApiError(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )


def beyond_scope() -> ApiError:
    reason = {"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **reason}]
    return ApiError(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", details)


def anonymous() -> ApiError:
    return ApiError(
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
        "form of API consumer identity to call this API.",
    )


def permission_denied() -> ApiError:
    return ApiError(403, "PERMISSION_DENIED", "The caller does not have permission")


def not_found() -> ApiError:
    return ApiError(404, "NOT_FOUND", "Requested entity was not found.")


def quota_exceeded(kind: str, limit: int) -> ApiError:
    """`kind` is "Read" or "Write"; `limit` is per minute and user."""
    metric = f"{kind} requests"
    details = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "quota_limit": f"{kind}RequestsPerMinutePerUser",
            "quota_limit_value": str(limit),
            "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
            "service": "sheets.googleapis.com",
        },
    }
    return ApiError(
        429,
        "RESOURCE_EXHAUSTED",
        f"Quota exceeded for quota metric '{metric}' and limit '{metric} per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:0'.",
        [details],
    )


def unimplemented(what: str) -> ApiError:
    """Google serves it, this sandbox does not: said openly rather than answered wrongly."""
    return ApiError(501, "UNIMPLEMENTED", f"The sandbox does not serve {what}.")
