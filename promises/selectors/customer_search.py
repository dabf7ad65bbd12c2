"""Finding a customer while somebody types: by the id, the beginning of the name, or any words.

Each way has its index, so that a look-up takes a few milliseconds among 200,000.
"""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, QuerySet

from interactions.models import Customer
from interactions.models.party import NOT_STATED
from interactions.selectors import Viewer
from promises.selectors.visibility import visible_customers
from promises.selectors.words import words_of

MOST_FOUND = 8
_MOST_TYPED = 100
# So many of those that match are sorted, and searched for those whom an agent may see. Nobody finds
# theirs among more in a list of eight, and sorting them all takes longer than typing on.
_LOOKED_AT = 400
# One letter begins too many words.
_LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer in a list to choose from."""

    reference: str
    name: str
    preferred_name: str
    segment: str

    @property
    def detail(self) -> str:
        """What tells two of the same name apart."""
        preferred = self.preferred_name if self.preferred_name != self.name else ""
        reference = self.reference if self.reference != self.name else ""
        return " · ".join(part for part in (preferred, self.segment, reference) if part)


def customers_like(viewer: Viewer, text: str, *, most: int = MOST_FOUND) -> list[CustomerHit]:
    """Customers that the viewer may see and that a text may mean, the likeliest first."""
    text = " ".join(text.replace("\0", "").split())[:_MOST_TYPED]
    found: dict[int, Customer] = {}
    if not text:
        return []
    for matching in _ways(text):
        for customer in _seen(viewer, matching)[:most]:
            found.setdefault(customer.pk, customer)
        if len(found) >= most:
            break
    return [_hit(customer) for customer in list(found.values())[:most]]


def _ways(text: str) -> list[QuerySet[Customer]]:
    customers = Customer.objects.exclude(reference=NOT_STATED)
    ways = [customers.filter(reference=text), customers.filter(name__istartswith=text)]
    words = [word for word in words_of(text) if len(word) >= _LEAST_LETTERS]
    if words:
        query = " & ".join(f"'{word}':*" for word in words)
        vector = Func(
            "name",
            "preferred_name",
            "reference",
            function="customer_words",
            output_field=SearchVectorField(),
        )
        ways.append(
            customers.alias(words=vector).filter(
                words=SearchQuery(query, config="simple", search_type="raw")
            )
        )
    return ways


def _seen(viewer: Viewer, matching: QuerySet[Customer]) -> QuerySet[Customer]:
    """Those of the first that match whom the viewer may see, by name."""
    some = matching.order_by().values("pk")[:_LOOKED_AT]
    return visible_customers(viewer).filter(pk__in=some).order_by("name", "pk")


def _hit(customer: Customer) -> CustomerHit:
    return CustomerHit(customer.reference, customer.name, customer.preferred_name, customer.segment)
