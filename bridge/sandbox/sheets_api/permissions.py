"""Who may see and edit a file: listed, given, changed, taken away; and how a file gets another owner."""

from __future__ import annotations

from .call import Call
from .drive_access import answered, forbidden, seen, writable
from .errors import DriveError, Json, unimplemented
from .files import FOLDER_TYPE, ROLES, File, permission

_DEFAULTS = ("kind", "id", "type", "role")
_KINDS = ("user", "group", "domain", "anyone")
_OF_SHARED_DRIVES = ("organizer", "fileOrganizer")


def permission_json(held: Json) -> Json:
    """One with everything that Drive tells about it."""
    if held["type"] == "anyone":
        return {**held, "allowFileDiscovery": False}
    named = {**held, "displayName": held.get("emailAddress") or held["domain"]}
    if held["type"] == "domain":
        return {**named, "allowFileDiscovery": False}
    known = {**named, "deleted": False}
    return {**known, "pendingOwner": held.get("pendingOwner", False)} if held["type"] == "user" else known


def list_permissions(call: Call, file_id: str) -> Json:
    held = writable(call, file_id).permissions
    return {
        "kind": "drive#permissionList",
        "permissions": [answered(call, permission_json(each), _DEFAULTS) for each in held],
    }


def get(call: Call, file_id: str, permission_id: str) -> Json:
    return answered(call, permission_json(_held(seen(call, file_id), permission_id)), _DEFAULTS)


def create(call: Call, file_id: str) -> Json:
    """Nobody is sent a mail. What a client of v2 still sends, `withLink`, is passed over, as Drive does."""
    file = writable(call, file_id)
    kind, role = call.body.get("type"), _role(call)
    if kind not in _KINDS:
        raise DriveError(400, "required", "The permission type field is required.")
    if file.mime_type == FOLDER_TYPE:
        raise unimplemented("the sharing of folders")
    if call.body.get("allowFileDiscovery"):
        raise unimplemented("files that are found without their link")
    if "expirationTime" in call.body:
        raise unimplemented("permissions that end by themselves")
    whom = {"domain": call.body.get("domain"), "anyone": "-"}.get(kind, call.body.get("emailAddress"))
    if not whom:
        raise DriveError(400, "required", f"The {'domain' if kind == 'domain' else 'emailAddress'} field is required.")
    made = permission(kind, role, "" if kind == "anyone" else whom)
    if whom == file.owner:
        raise DriveError(403, "cannotModifyOwner", "The owner's permission cannot be changed.")
    if role == "owner":
        raise _consent_required()
    made |= _offered(call, file, made, role)
    file.share(made)
    call.store.touch()
    return answered(call, permission_json(made), _DEFAULTS)


def _role(call: Call) -> str:
    role = str(call.body.get("role", ""))
    if role in _OF_SHARED_DRIVES:
        raise unimplemented(f"shared drives and their role '{role}'")
    if role not in ROLES:
        raise DriveError(400, "invalid", f"The specified role is invalid or not supported for this item type: {role}")
    if role == "owner" and call.query.get("transferOwnership", "").lower() != "true":
        message = "The transferOwnership parameter must be enabled when the permission role is 'owner'."
        raise DriveError(403, "forbidden", message, "transferOwnership")
    return role


def _consent_required() -> DriveError:
    message = "Consent is required to transfer ownership of a file to another user."
    return DriveError(403, "consentRequiredForOwnershipTransfer", message)


def update(call: Call, file_id: str, permission_id: str) -> Json:
    """Another role. A file changes hands in two steps: its owner offers it to somebody who may edit it
    (pendingOwner), and they make themselves the owner."""
    file = writable(call, file_id)
    held, role = _held(file, permission_id), _role(call)
    if role == "owner":
        changed = _accepted(call, file, held)
    elif held["role"] == "owner":
        raise DriveError(403, "cannotModifyOwner", "The owner's permission cannot be changed.")
    else:
        changed = {**held, "role": role, **_offered(call, file, held, role)}
        file.share(changed)
    call.store.touch()
    return answered(call, permission_json(changed), _DEFAULTS)


def _offered(call: Call, file: File, held: Json, role: str) -> Json:
    if "pendingOwner" not in call.body:
        return {}
    if file.owner != call.user:
        raise forbidden()
    if role != "writer" or held["type"] != "user":
        message = "The target user cannot be a pending owner because the target user does not have a writer role for "
        raise DriveError(403, "pendingOwnerWriterRequired", f"{message}the file.")
    return {"pendingOwner": call.body["pendingOwner"]}


def _accepted(call: Call, file: File, held: Json) -> Json:
    if held.get("emailAddress") != call.user or not held.get("pendingOwner"):
        raise _consent_required()
    if file.owner:
        file.share(permission("user", "writer", file.owner))
    changed = permission("user", "owner", call.user)
    file.share(changed)
    return changed


def delete(call: Call, file_id: str, permission_id: str) -> Json:
    """Taken away by somebody who may edit the file, or given up by the one who has it."""
    file = seen(call, file_id)
    held = _held(file, permission_id)
    if held.get("emailAddress") != call.user:
        file = writable(call, file_id)
    if held["role"] == "owner":
        raise DriveError(403, "cannotRemoveOwner", "The owner of a file cannot be removed.")
    file.permissions = [each for each in file.permissions if each["id"] != permission_id]
    call.store.touch()
    return {}


def _held(file: File, permission_id: str) -> Json:
    for each in file.permissions:
        if each["id"] == permission_id:
            return each
    raise DriveError(404, "notFound", f"Permission not found: {permission_id}.", "permissionId")
