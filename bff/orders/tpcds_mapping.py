"""What do TPC-DS's words mean in the trade's? Countries to markets, reasons to reasons, categories to paths."""

from bff.vocabulary import ReturnReason

PREMIUM = "premium"  # the segment of preferred customers

HOME_MARKETS = {
    "CHINA": "CN",
    "FRANCE": "FR",
    "GERMANY": "DE",
    "INDONESIA": "ID",
    "MALAYSIA": "MY",
    "PHILIPPINES": "PH",
    "SINGAPORE": "SG",
    "THAILAND": "TH",
    "UNITED KINGDOM": "GB",
    "UNITED STATES": "US",
    "VIET NAM": "VN",
}

# Countries without a market of their own buy in a neighbour's.
NEIGHBOURS = {
    "CN": "HONG KONG;JAPAN;KOREA, REPUBLIC OF;MACAO;MONGOLIA",
    "SG": (
        "AUSTRALIA;BANGLADESH;BHUTAN;BRUNEI DARUSSALAM;CHRISTMAS ISLAND;FIJI;INDIA;KIRIBATI;MALDIVES;"
        "MARSHALL ISLANDS;MYANMAR;NAURU;NEPAL;NEW ZEALAND;NIUE;NORFOLK ISLAND;PAKISTAN;PALAU;PAPUA NEW GUINEA;"
        "PITCAIRN;SAMOA;SOLOMON ISLANDS;SRI LANKA;TIMOR-LESTE;TOKELAU;TONGA;TUVALU;VANUATU"
    ),
    "TH": "CAMBODIA;LAO PEOPLE'S DEMOCRATIC REPUBLIC",
    "GB": "GIBRALTAR;GUERNSEY;IRELAND;ISLE OF MAN;JERSEY;MALTA;SAINT HELENA",
    "FR": (
        "ANDORRA;BELGIUM;FRENCH GUIANA;FRENCH POLYNESIA;GUADELOUPE;ITALY;LUXEMBOURG;MARTINIQUE;MAYOTTE;MONACO;"
        "NEW CALEDONIA;PORTUGAL;RÉUNION;SAN MARINO;SPAIN;WALLIS AND FUTUNA"
    ),
    "DE": (
        "ALAND ISLANDS;ALBANIA;AUSTRIA;BELARUS;BULGARIA;CROATIA;CYPRUS;CZECH REPUBLIC;DENMARK;ESTONIA;"
        "FAROE ISLANDS;FINLAND;GREECE;GREENLAND;HUNGARY;ICELAND;LATVIA;LIECHTENSTEIN;LITHUANIA;"
        "MOLDOVA, REPUBLIC OF;MONTENEGRO;NETHERLANDS;NORWAY;POLAND;ROMANIA;RUSSIAN FEDERATION;SERBIA;SLOVAKIA;"
        "SLOVENIA;SWEDEN;SWITZERLAND;TURKEY;UKRAINE"
    ),
}
MARKET_OF = HOME_MARKETS | {
    country: market for market, countries in NEIGHBOURS.items() for country in countries.split(";")
}
# The rest of the world, and customers of unknown birth, buy where the benchmark's shop stands.
OTHER_MARKET = "US"

# By the text in the `reason` table, misspellings included. The texts "reason 23" to "reason 75" say nothing.
REASON_OF = {
    "Package was damaged": ReturnReason.DAMAGED_IN_TRANSIT,
    "Stopped working": ReturnReason.QUALITY_DEFECT,
    "Not working any more": ReturnReason.QUALITY_DEFECT,
    "Did not get it on time": ReturnReason.LATE_DELIVERY,
    "Not the product that was ordred": ReturnReason.WRONG_ITEM,
    "Parts missing": ReturnReason.MISSING_PARTS,
    "Does not work with a product that I have": ReturnReason.NOT_AS_DESCRIBED,
    "Did not fit": ReturnReason.SIZE_OR_FIT,
    "Wrong size": ReturnReason.SIZE_OR_FIT,
    "Gift exchange": ReturnReason.CHANGE_OF_MIND,
    "Did not like the color": ReturnReason.CHANGE_OF_MIND,
    "Did not like the model": ReturnReason.CHANGE_OF_MIND,
    "Did not like the make": ReturnReason.CHANGE_OF_MIND,
    "Did not like the warranty": ReturnReason.CHANGE_OF_MIND,
    "No service location in my area": ReturnReason.CHANGE_OF_MIND,
    "Found a better price in a store": ReturnReason.CHANGE_OF_MIND,
    "Found a better extended warranty in a store": ReturnReason.CHANGE_OF_MIND,
    "Lost my job": ReturnReason.CHANGE_OF_MIND,
    "unauthoized purchase": ReturnReason.CHANGE_OF_MIND,
    "duplicate purchase": ReturnReason.CHANGE_OF_MIND,
    "its is a boy": ReturnReason.CHANGE_OF_MIND,
    "it is a girl": ReturnReason.CHANGE_OF_MIND,
}
OTHER_REASON = ReturnReason.CHANGE_OF_MIND

CATEGORY_OF = {
    "Women": "apparel/women",
    "Men": "apparel/men",
    "Children": "apparel/children",
    "Shoes": "apparel/shoes",
    "Music": "media/music",
    "Books": "media/books",
}


def category_path(category: str | None, kind: str | None) -> str:
    """TPC-DS's category and class as a path: Women, dresses is "apparel/women/dresses"."""
    top = CATEGORY_OF.get(category or "", (category or "other").lower())
    return f"{top}/{kind.lower().replace(' ', '-')}" if kind else top
