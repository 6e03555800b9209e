"""The command line. Start-up stays quick: each command imports what it needs when it runs."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from core.errors import ShengyuError, UserError

app = typer.Typer(
    name="shengyu",
    help="声誉：看见关于品牌的每一句话，并在 24 小时内回应。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
sample_app = typer.Typer(help="示例工作区。", no_args_is_help=True)
token_app = typer.Typer(help="程序用的访问令牌。", no_args_is_help=True)
assets_app = typer.Typer(help="品牌资产库。", no_args_is_help=True)
account_app = typer.Typer(help="人员账号。", no_args_is_help=True)
app.add_typer(sample_app, name="sample")
app.add_typer(assets_app, name="assets")
app.add_typer(token_app, name="token")
app.add_typer(account_app, name="account")

EnvFile = Annotated[
    Path | None, typer.Option("--env-file", help="从此文件读取设置（默认 .env）。", metavar="文件")
]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON（每条一行）。")]


@app.callback()
def _options(context: typer.Context, env_file: EnvFile = None) -> None:
    context.obj = env_file


@app.command()
def version() -> None:
    """显示版本。"""
    from importlib.metadata import version as installed

    typer.echo(installed("shengyu"))


@app.command()
def up(context: typer.Context) -> None:
    """启动网页与工作进程，直到 Ctrl-C。"""
    from api.command.up import run

    raise typer.Exit(run(context.obj))


@app.command()
def serve(context: typer.Context) -> None:
    """只启动网页进程。"""
    from api.command.serve import run

    raise typer.Exit(run(context.obj))


@app.command()
def work(context: typer.Context) -> None:
    """只启动工作进程：采集、入库、计时、发信。"""
    from api.command.work import run

    raise typer.Exit(run(context.obj))


@app.command()
def score(
    context: typer.Context,
    text: Annotated[str | None, typer.Option("--text", help="要评分的文本。")] = None,
    start: Annotated[int | None, typer.Option("--start", help="对象的起点（码点）。")] = None,
    end: Annotated[int | None, typer.Option("--end", help="对象的终点（不含）。")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="同时给出各分句和最关键字词的权重。")
    ] = False,
    as_json: Json = False,
) -> None:
    """为文本的情感评分；不给 --text 时从标准输入读取 JSONL。"""
    from api.command.score import run

    raise typer.Exit(run(context.obj, text, start, end, explain=explain))


@app.command()
def fetch(
    context: typer.Context,
    urls: Annotated[list[str], typer.Argument(help="网址。", metavar="URL…")],
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="允许访问内网地址。")
    ] = False,
    ignore_robots: Annotated[
        bool, typer.Option("--ignore-robots", help="不理会 robots.txt。")
    ] = False,
    as_json: Json = False,
) -> None:
    """取回网页并提取正文，每个网址一行 JSON。"""
    from api.command.fetch import run

    raise typer.Exit(run(context.obj, urls, allow_private, ignore_robots))


@app.command("import")
def import_(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(help="JSONL、JSON、CSV 或 XLSX 文件，或这些文件的文件夹。", metavar="FILE…"),
    ],
    source: Annotated[str, typer.Option("--source", help="来源名称。")] = "",
    open_cases: Annotated[
        bool, typer.Option("--open-cases", help="允许这些提及开启事件。")
    ] = False,
    way: Annotated[
        str,
        typer.Option("--format", help="mentions、mediacrawler 或 columns；auto 按内容判断。"),
    ] = "auto",
    maps: Annotated[
        list[str] | None, typer.Option("--map", help="字段=列名，可多次；如 text=内容。")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="对应关系的 JSON 文件。", metavar="FILE.json")
    ] = None,
    platform: Annotated[str, typer.Option("--platform", help="没有平台列时的平台。")] = "",
    preview: Annotated[
        int, typer.Option("--preview", min=0, max=1000, help="只显示前几行会成为什么。")
    ] = 0,
    report: Annotated[
        Path | None, typer.Option("--report", help="写出每行的原因。", metavar="FILE.csv")
    ] = None,
    as_json: Json = False,
) -> None:
    """导入提及：MediaCrawler 导出、各种表格、或每行一条的 JSON；等待入库并报告结果。"""
    from api.command.importing import options_of, run

    options = options_of(
        maps or [],
        mapping,
        way=way,
        platform=platform,
        source=source,
        open_cases=open_cases,
    )
    code = run(context.obj, files, options, as_json=as_json, preview_rows=preview, report=report)
    raise typer.Exit(code)


@app.command()
def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="查询，如 'brand:星澜科技 label:negative'。")],
    assets: Annotated[bool, typer.Option("--assets", help="搜索资产，而不是提及。")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="最多几条。")] = None,
    as_json: Json = False,
) -> None:
    """搜索提及或资产。"""
    if assets:
        from api.command.asset_search import run as run_assets

        raise typer.Exit(run_assets(context.obj, query, limit, as_json))
    from api.command.search import run

    raise typer.Exit(run(context.obj, query, limit, as_json))


@app.command()
def reindex(context: typer.Context, as_json: Json = False) -> None:
    """重建资产的搜索索引，并把旧版本写的提及重新建索引。"""
    from api.command.asset_search import reindex as run

    raise typer.Exit(run(context.obj, as_json))


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="要写的文件；不能已存在。", metavar="FILE.tar")],
    as_json: Json = False,
) -> None:
    """把工作区备份成一个文件；服务可以照常运行。"""
    from api.command.backup import run

    raise typer.Exit(run(context.obj, file, as_json))


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="备份文件。", metavar="FILE.tar")],
    replace: Annotated[
        bool, typer.Option("--replace", help="代替已有的工作区，原来的改名留下。")
    ] = False,
    as_json: Json = False,
) -> None:
    """核对备份并恢复到空的工作区或服务器；服务须停止。"""
    from api.command.restore import run

    raise typer.Exit(run(context.obj, file, replace, as_json))


@app.command()
def move(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", help="写有服务器设置的文件。", metavar="ENV_FILE")],
    as_json: Json = False,
) -> None:
    """把工作区搬到服务器：先在运行中复制，停止后补齐并逐项比对。"""
    from api.command.move import run

    raise typer.Exit(run(context.obj, to, as_json))


@app.command()
def cases(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="也列出已结束的事件。")] = False,
    as_json: Json = False,
) -> None:
    """列出事件，最急的在前。"""
    from api.command.cases import run

    raise typer.Exit(run(context.obj, everything, as_json))


@app.command()
def crawl(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="来源的名称或编号。")] = "",
    trying: Annotated[
        bool, typer.Option("--try", help="只试运行：列出条目和去留的原因，什么也不保存。")
    ] = False,
    preset: Annotated[str, typer.Option("--preset", help="试运行一个预设。")] = "",
    values: Annotated[
        list[str] | None, typer.Option("--set", help="预设的参数。", metavar="名称=值")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="试运行的来源类型。")] = "",
    url: Annotated[str, typer.Option("--url", help="试运行的地址。")] = "",
    rules: Annotated[
        Path | None, typer.Option("--rules", help="试运行的规则。", metavar="FILE.json")
    ] = None,
    as_json: Json = False,
) -> None:
    """立即采集一个来源，等待入库并报告结果；--try 只试运行。"""
    if trying:
        from api.command.trying import Asked
        from api.command.trying import run as run_trial

        asked = Asked(source, preset, tuple(values or ()), kind, url, rules)
        raise typer.Exit(run_trial(context.obj, asked, as_json))
    if not source or preset or kind or url or rules or values:
        raise typer.BadParameter("请给出来源的名称；--preset、--kind 等只与 --try 一起用。")
    from api.command.crawl import run

    raise typer.Exit(run(context.obj, source, as_json))


@app.command()
def doctor(
    context: typer.Context,
    put_back: Annotated[
        bool, typer.Option("--put-back", help="先把搁置的采集批次放回去再试一次。")
    ] = False,
    as_json: Json = False,
) -> None:
    """检查设置、数据与磁盘，每个问题附一条建议。"""
    from api.command.doctor import run

    raise typer.Exit(run(context.obj, as_json, put_back=put_back))


@assets_app.command("add")
def assets_add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="要放入资产库的文件。", metavar="FILE…")],
    kind: Annotated[
        str | None, typer.Option("--kind", help="种类，如 guideline；默认按文件类型。")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="标题；默认是文件名。")] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", help="标签，可重复。", metavar="T")
    ] = None,
    brand: Annotated[str | None, typer.Option("--brand", help="品牌的名称或编号。")] = None,
    as_json: Json = False,
) -> None:
    """把文件放入资产库，成为草稿；被拒绝的文件逐个说明原因。"""
    from api.command.assets import add

    raise typer.Exit(add(context.obj, files, kind, title, tags or [], brand, as_json))


@sample_app.command("clear")
def sample_clear(context: typer.Context) -> None:
    """移除示例工作区，开始正式设置。"""
    from api.command.sample import clear

    raise typer.Exit(clear(context.obj))


@token_app.command("create")
def token_create(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help="令牌的名字。")],
    role: Annotated[str, typer.Option("--role", help="角色，如 researcher。")],
) -> None:
    """创建令牌；标准输出只有令牌本身，之后不再显示。"""
    from api.command.token import create

    raise typer.Exit(create(context.obj, name, role))


@account_app.command("reset-password")
def account_reset_password(
    context: typer.Context,
    username: Annotated[str, typer.Argument(help="用户名，如 admin。", metavar="用户名")],
) -> None:
    """给出新的一次性密码；标准输出只有密码本身，原来的登录全部结束。"""
    from api.command.account import reset

    raise typer.Exit(reset(context.obj, username))


def main() -> None:
    """Run the command line: 0 all done, 1 some records failed, 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except UserError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except ShengyuError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has gone; point stdout at nothing so that exit stays silent.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        sys.exit(0)


if __name__ == "__main__":
    main()
