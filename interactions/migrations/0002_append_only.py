"""The ledger refuses UPDATE and DELETE (R1)."""

from django.db import migrations

# The two audited deletions announce themselves for the length of their transaction: removing a source
# that is marked as sample, and erasing a person. TRUNCATE is for the flush of a test database only.
GUARD = """
CREATE FUNCTION interactions_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deleting text := current_setting('promisegap.deleting', true);
BEGIN
    IF TG_OP = 'TRUNCATE' AND deleting = 'flush' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'DELETE' AND (deleting = 'person' OR (deleting = 'sample' AND EXISTS (
            SELECT FROM interactions_source s WHERE s.id = OLD.source_id AND s.is_sample))) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % of an event is refused', TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'take a fact back by recording event.retracted';
END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON interactions_event
    FOR EACH ROW EXECUTE FUNCTION interactions_event_guard();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON interactions_event
    FOR EACH STATEMENT EXECUTE FUNCTION interactions_event_guard();
"""

UNGUARD = """
DROP TRIGGER event_no_truncate ON interactions_event;
DROP TRIGGER event_append_only ON interactions_event;
DROP FUNCTION interactions_event_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("interactions", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
