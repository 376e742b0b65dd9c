"""What is the whole graph? The roots and the scalars; everything else is reached from them."""

from datetime import date

import strawberry
from strawberry.schema.config import StrawberryConfig

from bff.resolvers.mutation import Mutation
from bff.resolvers.query import Query
from bff.resolvers.subscription import Subscription
from bff.schema.scalars import SCALARS


def build_schema() -> strawberry.Schema:
    """The executable schema. Its resolvers ask for a `bff.schema.context.RequestContext` as context."""
    config = StrawberryConfig(scalar_map=SCALARS)
    return strawberry.Schema(
        query=Query, mutation=Mutation, subscription=Subscription, types=[date], config=config
    )
