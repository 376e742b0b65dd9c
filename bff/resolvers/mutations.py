"""How does a function over a request become a mutation? It takes one input and answers with one payload."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import strawberry

from bff.schema.context import Info, RequestContext
from bff.schema.fields import resolved


def mutation(work: Callable[[RequestContext, Any], Awaitable[Any]], asked: type, description: str) -> Any:
    """A field of Mutation: `work` is given the context and the input, whose type is `asked`."""

    async def resolve(info: Any, asked: Any) -> Any:
        return await work(info.context, asked)

    about = strawberry.argument(name="input", description="What is to be done.")
    annotated = Annotated[asked, about]  # type: ignore[valid-type]
    parameters = [
        inspect.Parameter("info", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Info),
        inspect.Parameter("asked", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=annotated),
    ]
    resolve.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolve.__annotations__ = {"info": Info, "asked": annotated}
    resolve.__name__, resolve.__module__, resolve.__doc__ = work.__name__, work.__module__, work.__doc__
    return resolved(resolve, description)
