"""Lists of promises are read along one index, from either end."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("promises", "0070_customer_deltas")]

    operations = [migrations.RemoveIndex("promise", "promise_matures_latest")]
