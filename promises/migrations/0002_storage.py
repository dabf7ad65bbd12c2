"""How the tables are stored: room for updates in place, quick cleaning of the to-do tables."""

from django.db import migrations

FORWARD = """
ALTER TABLE promises_promise SET (fillfactor = 80);
ALTER TABLE promises_cell SET (fillfactor = 80);
ALTER TABLE promises_celldetail SET (fillfactor = 80);
ALTER TABLE promises_celllateness SET (fillfactor = 80);
ALTER TABLE promises_celldelta SET (autovacuum_vacuum_scale_factor = 0,
                                    autovacuum_vacuum_threshold = 10000);
ALTER TABLE promises_customermark SET (autovacuum_vacuum_scale_factor = 0,
                                       autovacuum_vacuum_threshold = 10000);
ALTER TABLE interactions_pendingevent SET (autovacuum_vacuum_scale_factor = 0,
                                           autovacuum_vacuum_threshold = 10000);
"""

BACKWARD = """
ALTER TABLE promises_promise RESET (fillfactor);
ALTER TABLE promises_cell RESET (fillfactor);
ALTER TABLE promises_celldetail RESET (fillfactor);
ALTER TABLE promises_celllateness RESET (fillfactor);
ALTER TABLE promises_celldelta RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE promises_customermark RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE interactions_pendingevent
    RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
"""


class Migration(migrations.Migration):
    dependencies = [("promises", "0001_initial"), ("interactions", "0002_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
