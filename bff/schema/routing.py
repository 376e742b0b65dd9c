"""Where does a case go? The queue and warehouse that plugins chose, and the carrier that was booked."""

import strawberry

from bff.schema.enums import Priority
from bff.schema.fields import attribute


@strawberry.type(description="Where the plugins sent the case.")
class Routing:
    queue: str = attribute('The work list that it stands in: "standard".')
    priority: Priority = attribute("How soon a person should look.")
    channel: str = attribute('By which way it is handled: "standard".')
    warehouse: str | None = attribute("Where the goods go; null where nobody chose or nothing travels back.")
    carrier: str | None = attribute("Who carries them back; null until a way back is booked.")
    requires_inspection: bool = attribute(
        "Whether somebody looks at the goods before money goes; false once the time for it has passed."
    )
