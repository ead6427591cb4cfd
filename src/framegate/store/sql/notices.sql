-- name: insert_notice
-- A notice to send, written with the transition it tells of.
INSERT INTO notices (id, task_id, account_id, url, kind, headers, body, due_at, tries, state, lease_until, last_error,
                     created_at, sent_at)
VALUES (:id, :task_id, :account_id, :url, :kind, :headers, :body, :due_at, :tries, :state, :lease_until, :last_error,
        :created_at, :sent_at);

-- name: claim_notices
-- Lease the notices that are due.
-- sqlite:
UPDATE notices SET lease_until = :lease_until WHERE id IN (
    SELECT id FROM notices WHERE due_at <= :now AND lease_until <= :now ORDER BY due_at LIMIT :limit)
RETURNING *;
-- postgres:
UPDATE notices SET lease_until = :lease_until WHERE id = ANY(ARRAY(
    SELECT id FROM notices WHERE due_at <= :now AND lease_until <= :now ORDER BY due_at LIMIT :limit
    FOR UPDATE SKIP LOCKED))
RETURNING *;

-- name: end_notice
-- How a try to send a notice ended.
UPDATE notices SET state = :state, tries = :tries, due_at = :due_at, last_error = :last_error, sent_at = :sent_at,
    lease_until = 0 WHERE id = :id;

-- name: notices_of
-- The notices of a task.
SELECT * FROM notices WHERE task_id = :task_id ORDER BY created_at;
