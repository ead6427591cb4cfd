-- name: put_file
-- The content-addressed store's index; the same bytes are one file.
INSERT INTO files (sha256, size, media_type, created_at) VALUES (:sha256, :size, :media_type, :created_at)
ON CONFLICT (sha256) DO NOTHING;

-- name: insert_artifact
-- A stored result.
INSERT INTO artifacts (id, task_id, account_id, kind, media_type, size, sha256, doc, created_at, deleted_at)
VALUES (:id, :task_id, :account_id, :kind, :media_type, :size, :sha256, :doc, :created_at, :deleted_at);

-- name: artifact_by_id
-- A stored result by id.
SELECT * FROM artifacts WHERE id = :id AND deleted_at IS NULL;

-- name: erase_artifacts
-- The results of a task are no longer kept.
UPDATE artifacts SET deleted_at = :at WHERE task_id = :task_id AND deleted_at IS NULL;

-- name: insert_media
-- An input medium, or a slot for one.
INSERT INTO media (id, account_id, sha256, media_type, size, filename, source, state, created_at)
VALUES (:id, :account_id, :sha256, :media_type, :size, :filename, :source, :state, :created_at);

-- name: media_by_id
-- An input medium, for its owner alone.
SELECT * FROM media WHERE id = :id AND account_id = :account_id;

-- name: media_any
-- An input medium whose signed link was checked already.
SELECT * FROM media WHERE id = :id;

-- name: fill_media
-- The bytes of an upload slot have come.
UPDATE media SET sha256 = :sha256, media_type = :media_type, size = :size, state = 'ready'
WHERE id = :id AND account_id = :account_id;
