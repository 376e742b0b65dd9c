"""What can be fetched again by its id alone?"""

import strawberry

from bff.schema.fields import attribute


@strawberry.interface(description="Anything that `node` can fetch again.")
class Node:
    id: strawberry.ID = attribute("Global and opaque: equal ids are the same object, whatever the type.")
