"""Errors as pages, for people; programs get problem details from the handlers beneath."""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api import problems
from api.auth.identity import SignedIn
from api.availability import StoreName, away
from api.doors import page_user, service
from api.pages.i18n import _
from api.pages.render import page
from api.problems import status_of
from api.security import CONTENT_SECURITY_POLICY
from core.errors import NotSignedIn, ShengyuError, StorageError
from core.log import logger

_PROGRAMS: Final = ("/api/", "/health/", "/objects/", "/static/", "/sample/")


class MustChangePassword(ShengyuError):
    """The person still has the printed password; every page leads to the one that changes it."""


def install(app: FastAPI) -> None:
    """Answer errors of pages with pages; everything else goes to the handlers that were there."""
    for kind, answer in (
        (ShengyuError, _ours),
        (RequestValidationError, _invalid),
        (HTTPException, _http),
    ):
        app.add_exception_handler(kind, _for_people(answer, app.exception_handlers.get(kind)))
    app.add_exception_handler(Exception, _for_people(_unforeseen, None))


def _for_people(answer: Callable[[Request, Any], Response], beneath: Any) -> Any:
    async def handle(request: Request, error: Exception) -> Response:
        from starlette.concurrency import run_in_threadpool

        if request.url.path.startswith(_PROGRAMS):
            if beneath is None:
                return problems.problem(500, _("服务内部出错，已写入日志。"))
            response: Response = await beneath(request, error)
            return response
        return await run_in_threadpool(answer, request, error)

    return handle


def _ours(request: Request, error: ShengyuError) -> Response:
    if isinstance(error, NotSignedIn):
        return RedirectResponse(f"/login?next={quote(_where(request), safe='')}", 303)
    if isinstance(error, MustChangePassword):
        return RedirectResponse("/password", 303)
    status = status_of(error)
    if status >= 500:
        logger("pages").error("request failed", path=request.url.path, error=str(error))
    if isinstance(error, StorageError):
        return _page(request, status, _missing(away(service(request))))
    return _page(request, status, str(error))


def _invalid(request: Request, error: RequestValidationError) -> Response:
    return _page(request, 422, _("地址或表单里有一项不对。"))


def _http(request: Request, error: HTTPException) -> Response:
    return _page(request, error.status_code, "")


def _unforeseen(request: Request, error: Exception) -> Response:
    response = _page(request, 500, "")
    # This answer is made outside of the middleware that adds it to the others.
    response.headers["content-security-policy"] = CONTENT_SECURITY_POLICY
    response.headers["cache-control"] = "no-store"
    return response


def _missing(stores: Collection[StoreName]) -> str:
    """Say what people cannot have now, and what goes on."""
    if "records" in stores:
        return _("主数据库暂时连不上。采集到的内容在排队，恢复后自动入库，不会丢失。")
    if "index" in stores:
        return _("搜索索引暂时连不上，这个页面要用到它。事件、审核和通知照常。")
    if "files" in stores:
        return _("文件存储暂时连不上，上传和下载要等它恢复。其他功能照常。")
    return ""


def _page(request: Request, status: int, detail: str) -> Response:
    return page(
        request,
        service(request),
        None if status == 500 else _person(request),
        "error.html",
        status=status,
        title=_title(status),
        detail=detail,
        advice=_advice(status),
        again=request.method == "GET" and status >= 500,
        number=status,
    )


def _person(request: Request) -> SignedIn | None:
    try:
        return page_user(request)
    except (NotSignedIn, StorageError):
        return None


def _where(request: Request) -> str:
    """The page to come back to after signing in; a form's own address cannot be opened."""
    if request.method != "GET":
        return "/"
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def _title(status: int) -> str:
    known = {
        403: _("没有权限"),
        404: _("没有这个页面"),
        405: _("不能这样打开"),
        409: _("刚被别人改过"),
        422: _("有一项不对"),
        500: _("出错了"),
        503: _("暂时不可用"),
    }
    return known.get(status) or f"{status} {HTTPStatus(status).phrase}"


def _advice(status: int) -> str:
    return {
        403: _("需要这项权限的话，请联系管理员。"),
        404: _("地址可能写错了，或者内容已经删除。从下面的入口再找一次。"),
        405: _("请回到上一页，用页面上的按钮再试。"),
        409: _("请回到上一页刷新，看过最新情况再操作。"),
        422: _("请回到上一页改正后再试。"),
        500: _("不是你的问题，已写入日志。稍后再试一次；还不行就请管理员看日志。"),
        503: _("数据暂时读不到，通常很快恢复。请稍后再试。"),
    }.get(status, "")
