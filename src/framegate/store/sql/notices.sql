-- name: insert_notice
-- A notice to send, written with the transition it tells of.
INSERT INTO notices (id, task_id, account_id, url, kind, headers, body, due_at, tries, state, lease_until, last_error,
                     created_at, sent_at)
VALUES (:id, :task_id, :account_id, :url, :kind, :headers, :body, :due_at, :tries, :state, :lease_until, :last_error,
        :created_at, :sent_at);

-- name: supersede_notices
-- Older notices of a task that still wait: the new one tells more, and the order must not be reversed.
UPDATE notices SET state = 'superseded', due_at = NULL
WHERE task_id = :task_id AND state = 'due' AND lease_until <= :now;

-- name: claim_notices
-- Lease the notices that are due, never two of one task at once.
-- sqlite:
UPDATE notices SET lease_until = :lease_until WHERE id IN (
    SELECT n.id FROM notices n WHERE n.due_at <= :now AND n.lease_until <= :now
    AND NOT EXISTS (SELECT 1 FROM notices o WHERE o.task_id = n.task_id AND o.id < n.id AND o.state = 'due')
    ORDER BY n.due_at LIMIT :limit)
RETURNING *;
-- postgres:
UPDATE notices SET lease_until = :lease_until WHERE id = ANY(ARRAY(
    SELECT n.id FROM notices n WHERE n.due_at <= :now AND n.lease_until <= :now
    AND NOT EXISTS (SELECT 1 FROM notices o WHERE o.task_id = n.task_id AND o.id < n.id AND o.state = 'due')
    ORDER BY n.due_at LIMIT :limit FOR UPDATE SKIP LOCKED))
RETURNING *;

-- name: end_notice
-- How a try to send a notice ended; one that newer news has overtaken is not tried again.
UPDATE notices SET tries = :tries, last_error = :last_error, sent_at = :sent_at, lease_until = 0,
    state = CASE WHEN CAST(:due_at AS BIGINT) IS NOT NULL AND EXISTS (
        SELECT 1 FROM notices o WHERE o.task_id = notices.task_id AND o.id > notices.id
    ) THEN 'superseded' ELSE :state END,
    due_at = CASE WHEN EXISTS (
        SELECT 1 FROM notices o WHERE o.task_id = notices.task_id AND o.id > notices.id
    ) THEN NULL ELSE CAST(:due_at AS BIGINT) END
WHERE id = :id;

-- name: log_delivery
-- One try to deliver a notice, unless it was erased meanwhile.
INSERT INTO deliveries (notice_id, at, ms, status, error)
SELECT id, CAST(:at AS BIGINT), CAST(:ms AS BIGINT), CAST(:status AS BIGINT), CAST(:error AS TEXT) FROM notices WHERE id = :notice_id;

-- name: deliveries_of_task
-- The tries to deliver the notices of a task, in order.
SELECT d.* FROM deliveries d JOIN notices n ON n.id = d.notice_id WHERE n.task_id = :task_id ORDER BY d.at LIMIT :limit;

-- name: notices_of
-- The notices of a task.
SELECT * FROM notices WHERE task_id = :task_id ORDER BY id;

-- name: redeliver_notice
-- Send a notice again now, whatever became of it.
UPDATE notices SET state = 'due', due_at = :now, tries = 0, lease_until = 0 WHERE id = :id AND lease_until <= :now;

-- name: notice_secret
-- Which signing secret of an account is in force, and since when.
SELECT notice_secret, notice_secret_at FROM accounts WHERE id = :id;

-- name: rotate_notice_secret
-- A new signing secret; the one before goes on signing beside it for a while.
UPDATE accounts SET notice_secret = notice_secret + 1, notice_secret_at = :now WHERE id = :id;
