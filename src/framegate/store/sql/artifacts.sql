-- name: insert_artifact
-- A stored result.
INSERT INTO artifacts (id, task_id, account_id, kind, media_type, size, sha256, doc, created_at, deleted_at)
VALUES (:id, :task_id, :account_id, :kind, :media_type, :size, :sha256, :doc, :created_at, :deleted_at);

-- name: artifact_by_id
-- A stored result by id.
SELECT * FROM artifacts WHERE id = :id AND deleted_at IS NULL;

-- name: expire_artifact
-- A result is no longer kept.
UPDATE artifacts SET deleted_at = :at WHERE id = :id AND deleted_at IS NULL;

-- name: erase_artifacts
-- The results of a task are no longer kept, nor what they were.
UPDATE artifacts SET deleted_at = COALESCE(deleted_at, :at), doc = '{}' WHERE task_id = :task_id;

-- name: artifacts_of
-- The results of a task, with those that are no longer kept.
SELECT * FROM artifacts WHERE task_id = :task_id ORDER BY id;

-- name: artifacts_before
-- An account's oldest results that were stored at or before a time.
SELECT id, sha256, size FROM artifacts WHERE account_id = :account_id AND deleted_at IS NULL AND created_at <= :before
ORDER BY created_at LIMIT :limit;

-- name: insert_media
-- An input medium, or a slot for one.
INSERT INTO media (id, account_id, sha256, media_type, size, filename, source, state, created_at, used_at, upload)
VALUES (:id, :account_id, :sha256, :media_type, :size, :filename, :source, :state, :created_at, :created_at, :upload);

-- name: media_by_id
-- An input medium, for its owner alone.
SELECT * FROM media WHERE id = :id AND account_id = :account_id;

-- name: media_any
-- An input medium whose signed link was checked already.
SELECT * FROM media WHERE id = :id;

-- name: fill_media
-- The bytes of an upload slot have come. Once: tasks may have been made with them.
UPDATE media SET sha256 = :sha256, media_type = :media_type, size = :size, state = 'ready', used_at = :at
WHERE id = :id AND account_id = :account_id AND (state = 'open' OR sha256 = :sha256);

-- name: touch_media
-- An upload is used by one more task.
UPDATE media SET used_at = :at WHERE id = :id AND account_id = :account_id AND state = 'ready';

-- name: use_media
-- A task needs this input medium.
INSERT INTO media_uses (media_id, task_id) VALUES (:media_id, :task_id) ON CONFLICT (media_id, task_id) DO NOTHING;

-- name: forget_uses
-- A task needs its input media no more.
DELETE FROM media_uses WHERE task_id = :task_id;

-- name: forget_users
-- Nobody needs an input medium any more.
DELETE FROM media_uses WHERE media_id = :media_id;

-- name: media_before
-- An account's input media that were last used at or before a time, and that no task at work needs.
SELECT m.id, m.sha256, m.size FROM media m WHERE m.account_id = :account_id AND m.used_at <= :before AND NOT EXISTS (
    SELECT 1 FROM media_uses u JOIN tasks t ON t.id = u.task_id
    WHERE u.media_id = m.id AND (t.finished_at IS NULL OR t.due_at IS NOT NULL))
ORDER BY m.used_at LIMIT :limit;

-- name: expire_media
-- An input medium goes, unless it was used again meanwhile or a task at work needs it.
DELETE FROM media WHERE id = :id AND used_at <= :before AND NOT EXISTS (
    SELECT 1 FROM media_uses u JOIN tasks t ON t.id = u.task_id
    WHERE u.media_id = media.id AND (t.finished_at IS NULL OR t.due_at IS NOT NULL));

-- name: erase_input
-- An input medium goes that came with a task, not as an upload, once no task has it.
DELETE FROM media WHERE id = :id AND account_id = :account_id AND upload = 0
AND NOT EXISTS (SELECT 1 FROM media_uses u WHERE u.media_id = media.id);
