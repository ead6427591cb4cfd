-- The first schema. Times are Unix milliseconds, money nano-dollars, documents JSON text, truth 0 or 1.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE config (
    kind TEXT NOT NULL, name TEXT NOT NULL, doc TEXT NOT NULL, origin TEXT NOT NULL, paused INTEGER NOT NULL,
    version BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, plan TEXT NOT NULL,
    balance BIGINT NOT NULL, held BIGINT NOT NULL CHECK (held >= 0), floor BIGINT NOT NULL,
    paused INTEGER NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
    notice_secret BIGINT NOT NULL DEFAULT 1, notice_secret_at BIGINT NOT NULL DEFAULT 0, erased_at BIGINT
);

CREATE TABLE keys (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE, hint TEXT NOT NULL, scopes TEXT NOT NULL, expires_at BIGINT,
    paused INTEGER NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT
);

CREATE INDEX keys_of_account ON keys (account_id);

CREATE TABLE tasks (
    id TEXT PRIMARY KEY, public_id TEXT NOT NULL UNIQUE, dialect TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id), key_id TEXT NOT NULL, model TEXT NOT NULL, state TEXT NOT NULL,
    spec TEXT NOT NULL, quote TEXT NOT NULL, candidates TEXT NOT NULL, terms TEXT NOT NULL,
    attempt INTEGER NOT NULL, upstream TEXT NOT NULL, handle TEXT,
    held BIGINT NOT NULL, charged BIGINT, cost BIGINT,
    progress DOUBLE PRECISION, outputs TEXT, artifacts TEXT NOT NULL, failure TEXT, usage TEXT,
    due_at BIGINT, lease_until BIGINT NOT NULL, fence BIGINT NOT NULL, polls INTEGER NOT NULL, misses INTEGER NOT NULL,
    cancel_at BIGINT, unknown_since BIGINT, sent_at BIGINT, deadline_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, finished_at BIGINT,
    sandbox INTEGER NOT NULL, late INTEGER NOT NULL, callback_url TEXT, family TEXT NOT NULL, external_id TEXT,
    erased_at BIGINT
);
CREATE UNIQUE INDEX tasks_external ON tasks (account_id, dialect, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX tasks_due ON tasks (upstream, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX tasks_of_account ON tasks (account_id, id);
CREATE INDEX tasks_under_way ON tasks (account_id) WHERE finished_at IS NULL;
CREATE INDEX tasks_in_flight ON tasks (upstream) WHERE state IN ('sending', 'running');
CREATE INDEX tasks_kept ON tasks (account_id, finished_at) WHERE finished_at IS NOT NULL AND erased_at IS NULL;
CREATE INDEX tasks_storing ON tasks (id) WHERE state = 'storing';
CREATE INDEX tasks_unknown ON tasks (unknown_since) WHERE unknown_since IS NOT NULL;

CREATE TABLE attempts (
    task_id TEXT NOT NULL REFERENCES tasks (id), n INTEGER NOT NULL, upstream TEXT NOT NULL, model TEXT NOT NULL,
    order_doc TEXT NOT NULL, sent_at BIGINT NOT NULL, outcome TEXT, handle TEXT, detail TEXT, ended_at BIGINT,
    PRIMARY KEY (task_id, n)
);

CREATE TABLE paces (
    upstream TEXT NOT NULL, model TEXT NOT NULL, n BIGINT NOT NULL, mean DOUBLE PRECISION NOT NULL,
    variance DOUBLE PRECISION NOT NULL, updated_at BIGINT NOT NULL,
    PRIMARY KEY (upstream, model)
);

CREATE TABLE idempotency (
    account_id TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, task_id TEXT NOT NULL, created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- A file is kept while something refers to it. `loose_at` is when it came, or last lost a reference: from then on it may
-- be unreferenced, and who stores the same bytes has an hour to refer to it. `going_at`: it is being removed. The `content` of small files is here; that
-- of others is on the shelf.
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY, size BIGINT NOT NULL, media_type TEXT NOT NULL, created_at BIGINT NOT NULL,
    loose_at BIGINT, going_at BIGINT
);
CREATE INDEX files_going ON files (going_at) WHERE going_at IS NOT NULL;
CREATE INDEX files_loose ON files (loose_at) WHERE loose_at IS NOT NULL;

-- Who refers to a file: an artifact (to itself, its poster and its previews) or an input medium, by its id.
CREATE TABLE file_refs (owner TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (owner, sha256));
CREATE INDEX file_refs_of_file ON file_refs (sha256);

CREATE TABLE artifacts (
    id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks (id), account_id TEXT NOT NULL, kind TEXT NOT NULL,
    media_type TEXT NOT NULL, size BIGINT NOT NULL, sha256 TEXT NOT NULL, doc TEXT NOT NULL,
    created_at BIGINT NOT NULL, deleted_at BIGINT
);
CREATE INDEX artifacts_of_task ON artifacts (task_id);
CREATE INDEX artifacts_kept ON artifacts (account_id, created_at) WHERE deleted_at IS NULL;

CREATE TABLE media (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL, sha256 TEXT, media_type TEXT NOT NULL, size BIGINT NOT NULL,
    filename TEXT NOT NULL, source TEXT NOT NULL, state TEXT NOT NULL, created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL, upload INTEGER NOT NULL
);
CREATE INDEX media_kept ON media (account_id, used_at);

-- Which tasks need an input medium: it is kept until they have ended.
CREATE TABLE media_uses (media_id TEXT NOT NULL, task_id TEXT NOT NULL, PRIMARY KEY (media_id, task_id));
CREATE INDEX media_uses_of_task ON media_uses (task_id);

-- What one process does at a time for all of them.
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, lease_until BIGINT NOT NULL);

CREATE TABLE notices (
    id TEXT PRIMARY KEY, task_id TEXT NOT NULL REFERENCES tasks (id), account_id TEXT NOT NULL, url TEXT NOT NULL,
    kind TEXT NOT NULL, headers TEXT NOT NULL, body TEXT NOT NULL, due_at BIGINT, tries INTEGER NOT NULL,
    state TEXT NOT NULL, lease_until BIGINT NOT NULL, last_error TEXT, created_at BIGINT NOT NULL, sent_at BIGINT
);
CREATE INDEX notices_due ON notices (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notices_of_task ON notices (task_id);

CREATE TABLE deliveries (
    notice_id TEXT NOT NULL REFERENCES notices (id), at BIGINT NOT NULL, ms BIGINT NOT NULL, status BIGINT, error TEXT
);
CREATE INDEX deliveries_of_notice ON deliveries (notice_id, at);

INSERT INTO meta (key, value) VALUES ('config_version', '1');
