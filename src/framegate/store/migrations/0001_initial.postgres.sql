-- What is numbered as it comes, as PostgreSQL writes it: stories, and the ledger, which is append-only; and the check
-- that makes a unit all or nothing.
CREATE TABLE events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks (id), at BIGINT NOT NULL,
    kind TEXT, detail TEXT, calls TEXT
);
CREATE INDEX events_of_task ON events (task_id, id);
CREATE TABLE entries (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), task_id TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('topup', 'hold', 'settle', 'release', 'writeoff')),
    customer BIGINT NOT NULL, held BIGINT NOT NULL, revenue BIGINT NOT NULL, topup BIGINT NOT NULL,
    writeoff BIGINT NOT NULL, at BIGINT NOT NULL, note TEXT NOT NULL,
    CHECK (customer + held + revenue + topup + writeoff = 0)
);
CREATE UNIQUE INDEX entries_once ON entries (task_id, kind);
CREATE UNIQUE INDEX entries_one_end ON entries (task_id) WHERE kind IN ('settle', 'release');
CREATE INDEX entries_of_account ON entries (account_id, id);
CREATE FUNCTION framegate_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER entries_never_go BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION framegate_append_only();
CREATE TRIGGER entries_never_change BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION framegate_append_only();
CREATE FUNCTION framegate_met(step INTEGER, touched BIGINT, expected BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql AS
$$ BEGIN
    IF touched <> expected THEN RAISE EXCEPTION 'framegate unmet %', step USING ERRCODE = 'FG001'; END IF;
    RETURN TRUE;
END $$;
ALTER TABLE files ADD COLUMN content BYTEA;
