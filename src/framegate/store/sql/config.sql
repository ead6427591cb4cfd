-- name: put_config
-- Write one configuration row.
INSERT INTO config (kind, name, doc, origin, paused, version, updated_at)
VALUES (:kind, :name, :doc, :origin, :paused, :version, :updated_at)
ON CONFLICT (kind, name) DO UPDATE SET doc = excluded.doc, origin = excluded.origin, paused = excluded.paused,
    version = excluded.version, updated_at = excluded.updated_at;

-- name: delete_config
-- Delete one configuration row.
DELETE FROM config WHERE kind = :kind AND name = :name;

-- name: config_rows
-- The whole configuration.
SELECT * FROM config ORDER BY kind, name;

-- name: config_of
-- The rows of one kind.
SELECT * FROM config WHERE kind = :kind ORDER BY name;

-- name: config_row
-- One row.
SELECT * FROM config WHERE kind = :kind AND name = :name;

-- name: bump_config
-- Say that the configuration has changed: every process re-reads it.
UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'config_version';

-- name: config_version
-- The number of the newest configuration.
SELECT value FROM meta WHERE key = 'config_version';
