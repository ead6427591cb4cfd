-- name: claim_lease
-- Do what one process does at a time for all of them; none while another holds the lease.
INSERT INTO leases (name, holder, lease_until) VALUES (:name, :holder, :lease_until)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
WHERE leases.lease_until <= :now OR leases.holder = excluded.holder
RETURNING name;

-- name: end_lease
-- It is done.
DELETE FROM leases WHERE name = :name AND holder = :holder;

-- name: end_leases
-- After a restore: whoever held a lease when the backup was made is not here.
DELETE FROM leases;

-- name: tasks_before
-- An account's tasks that ended first, at or before a time, and are not erased.
SELECT * FROM tasks WHERE account_id = :account_id AND finished_at IS NOT NULL AND erased_at IS NULL
AND finished_at <= :before ORDER BY finished_at LIMIT :limit;

-- name: tasks_made_before
-- An account's ended tasks that were made at or before a time, and are not erased.
SELECT * FROM tasks WHERE account_id = :account_id AND finished_at IS NOT NULL AND erased_at IS NULL
AND created_at <= :before ORDER BY finished_at LIMIT :limit;

-- name: under_way
-- An account's tasks that have not ended.
SELECT * FROM tasks WHERE account_id = :account_id AND finished_at IS NULL ORDER BY id LIMIT :limit;

-- name: erased_among
-- Of these tasks (their ids, with spaces between), those that are erased.
-- sqlite:
SELECT id FROM tasks WHERE erased_at IS NOT NULL
AND id IN (SELECT value FROM json_each('["' || replace(:ids, ' ', '","') || '"]'));
-- postgres:
SELECT id FROM tasks WHERE erased_at IS NOT NULL AND id = ANY(string_to_array(:ids, ' '));

-- name: storing_outputs
-- The results of tasks that are just being stored: some lie in files that came with an upstream's answer.
SELECT outputs FROM tasks WHERE state = 'storing' AND outputs IS NOT NULL;

-- name: erase_notices
-- Forget what a task's client was told.
DELETE FROM notices WHERE task_id = :task_id;

-- name: erase_deliveries
-- Forget how.
DELETE FROM deliveries WHERE notice_id IN (SELECT id FROM notices WHERE task_id = :task_id);

-- name: erase_calls
-- Of a task's story, forget the lines that tell of calls alone.
DELETE FROM events WHERE task_id = :task_id AND kind IS NULL;

-- name: blank_attempts
-- Of a task's tries, forget the words.
UPDATE attempts SET order_doc = '{}', detail = NULL WHERE task_id = :task_id;

-- name: blank_events
-- Of the others, forget the words.
UPDATE events SET detail = NULL, calls = NULL WHERE task_id = :task_id AND kind IS NOT NULL;

-- name: trim_events
-- Forget a task's story.
DELETE FROM events WHERE task_id = :task_id;

-- name: erase_account
-- An account's content up to now goes: also that of tasks that end later. It is paused, and its keys go.
UPDATE accounts SET erased_at = :at, paused = 1, updated_at = :at WHERE id = :id;

-- name: delete_keys_of
-- All keys of an account end for good.
DELETE FROM keys WHERE account_id = :account_id;

-- name: forget_keys_of
-- Forget an account's idempotency keys.
DELETE FROM idempotency WHERE account_id = :account_id;

-- name: count_entries
-- How many movements of money an account has.
SELECT COUNT(*) AS n FROM entries WHERE account_id = :account_id;

-- name: tell_doubt
-- After a restore: tasks that wait to be sent may have been sent since the backup; that goes into their stories.
INSERT INTO events (task_id, at, kind, detail)
SELECT id, :at, 'restored', 'it waited to be sent when the backup was made, and may have been sent since' FROM tasks
WHERE state = 'queued' AND sandbox = 0 AND cancel_at IS NULL;

-- name: doubt_queued
-- After a restore: such tasks are sends of unknown outcome.
UPDATE tasks SET state = 'sending', unknown_since = :at, sent_at = :at, due_at = :at, updated_at = :at, lease_until = 0,
    fence = fence + 1
WHERE state = 'queued' AND sandbox = 0 AND cancel_at IS NULL RETURNING id;
