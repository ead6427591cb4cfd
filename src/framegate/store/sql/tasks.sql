-- name: insert_task
-- A new task, with its price and its candidates frozen.
INSERT INTO tasks (
    id, public_id, dialect, account_id, key_id, model, state, spec, quote, candidates, terms, attempt, upstream, handle,
    held, charged, cost, progress, outputs, artifacts, failure, usage, due_at, lease_until, fence, polls, misses,
    cancel_at, unknown_since, sent_at, deadline_at, created_at, updated_at, finished_at, sandbox, late, callback_url,
    family, external_id
) VALUES (
    :id, :public_id, :dialect, :account_id, :key_id, :model, :state, :spec, :quote, :candidates, :terms, :attempt,
    :upstream, :handle, :held, :charged, :cost, :progress, :outputs, :artifacts, :failure, :usage, :due_at, :lease_until,
    :fence, :polls, :misses, :cancel_at, :unknown_since, :sent_at, :deadline_at, :created_at, :updated_at, :finished_at,
    :sandbox, :late, :callback_url, :family, :external_id
);

-- name: save_task
-- Everything of a task that may change, by the holder of its lease alone. A cancel asked meanwhile is not lost: it ends
-- a lease that would be kept until the next look.
UPDATE tasks SET
    state = :state, attempt = :attempt, upstream = :upstream, handle = :handle, charged = :charged, cost = :cost,
    progress = :progress, outputs = :outputs, artifacts = :artifacts, failure = :failure, usage = :usage,
    due_at = CASE WHEN cancel_at IS NOT NULL AND CAST(:cancel_at AS BIGINT) IS NULL AND CAST(:due_at AS BIGINT) IS NOT NULL
                  THEN CAST(:updated_at AS BIGINT) ELSE CAST(:due_at AS BIGINT) END,
    lease_until = CASE WHEN cancel_at IS NOT NULL AND CAST(:cancel_at AS BIGINT) IS NULL AND CAST(:state AS TEXT) = 'running'
                       THEN 0 ELSE CAST(:lease_until AS BIGINT) END, polls = :polls, misses = :misses, cancel_at = COALESCE(:cancel_at, cancel_at),
    unknown_since = :unknown_since, sent_at = :sent_at, updated_at = :updated_at, finished_at = :finished_at, late = :late
WHERE id = :id AND fence = :fence;

-- name: claim_due
-- Lease the tasks of one upstream that are due. What is leased is due again when its lease ends.
-- sqlite:
UPDATE tasks SET lease_until = :lease_until, due_at = :lease_until, fence = fence + 1
WHERE id IN (SELECT id FROM tasks WHERE upstream = :upstream AND due_at <= :now AND lease_until <= :now
             ORDER BY due_at LIMIT :limit)
RETURNING *;
-- postgres:
UPDATE tasks SET lease_until = :lease_until, due_at = :lease_until, fence = fence + 1
WHERE id = ANY(ARRAY(SELECT id FROM tasks WHERE upstream = :upstream AND due_at <= :now AND lease_until <= :now
                     ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED))
RETURNING *;

-- name: claim_due_polls
-- The same without tasks that would be sent: the upstream is full or paused.
-- sqlite:
UPDATE tasks SET lease_until = :lease_until, due_at = :lease_until, fence = fence + 1
WHERE id IN (SELECT id FROM tasks WHERE upstream = :upstream AND due_at <= :now AND lease_until <= :now
             AND (state <> 'queued' OR cancel_at IS NOT NULL OR deadline_at <= :now) ORDER BY due_at LIMIT :limit)
RETURNING *;
-- postgres:
UPDATE tasks SET lease_until = :lease_until, due_at = :lease_until, fence = fence + 1
WHERE id = ANY(ARRAY(SELECT id FROM tasks WHERE upstream = :upstream AND due_at <= :now AND lease_until <= :now
                     AND (state <> 'queued' OR cancel_at IS NOT NULL OR deadline_at <= :now)
                     ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED))
RETURNING *;

-- name: claim_due_ends
-- The same for a sick upstream: what needs nothing of its API, such as deadlines, and results that lie elsewhere.
-- sqlite:
UPDATE tasks SET lease_until = :lease_until, due_at = :lease_until, fence = fence + 1
WHERE id IN (SELECT id FROM tasks WHERE upstream = :upstream AND due_at <= :now AND lease_until <= :now
             AND (state = 'storing' OR deadline_at <= :now OR (state = 'queued' AND cancel_at IS NOT NULL))
             ORDER BY due_at LIMIT :limit)
RETURNING *;
-- postgres:
UPDATE tasks SET lease_until = :lease_until, due_at = :lease_until, fence = fence + 1
WHERE id = ANY(ARRAY(SELECT id FROM tasks WHERE upstream = :upstream AND due_at <= :now AND lease_until <= :now
                     AND (state = 'storing' OR deadline_at <= :now OR (state = 'queued' AND cancel_at IS NOT NULL))
                     ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED))
RETURNING *;

-- name: next_due
-- When the next task of an upstream is due.
SELECT MIN(due_at) AS due_at FROM tasks WHERE upstream = :upstream AND due_at IS NOT NULL;

-- name: upstreams_with_tasks
-- Upstreams that still have tasks to look at, configured or not: from one to the next by the index, past all their tasks.
WITH RECURSIVE found (upstream) AS (
    SELECT MIN(upstream) FROM tasks WHERE due_at IS NOT NULL AND upstream >= ''
    UNION ALL
    SELECT (SELECT MIN(t.upstream) FROM tasks t WHERE t.due_at IS NOT NULL AND t.upstream > found.upstream)
    FROM found WHERE found.upstream IS NOT NULL
)
SELECT upstream FROM found WHERE upstream IS NOT NULL;

-- name: in_flight
-- How many orders an upstream has in hand.
SELECT COUNT(*) AS n FROM tasks WHERE upstream = :upstream AND state IN ('sending', 'running');

-- name: renew_lease
-- Hold a lease on; none if another worker has taken the task since.
UPDATE tasks SET lease_until = :lease_until, due_at = :lease_until WHERE id = :id AND fence = :fence;

-- name: rest_tasks
-- Tasks (JSON) that were held between two looks are given back: due when their holder would have looked.
-- sqlite:
UPDATE tasks SET lease_until = 0, due_at = json_extract(value, '$.due_at'), polls = json_extract(value, '$.polls')
FROM json_each(:tasks) WHERE tasks.id = json_extract(value, '$.id') AND tasks.fence = json_extract(value, '$.fence');
-- postgres:
UPDATE tasks SET lease_until = 0, due_at = j.due_at, polls = j.polls
FROM jsonb_to_recordset(CAST(:tasks AS JSONB)) AS j (id TEXT, fence BIGINT, due_at BIGINT, polls INTEGER)
WHERE tasks.id = j.id AND tasks.fence = j.fence
AND tasks.id = ANY(ARRAY(SELECT given ->> 'id' FROM jsonb_array_elements(CAST(:tasks AS JSONB)) AS given));

-- name: reclaim_leases
-- Whoever takes the lock of an SQLite database reclaims all leases: no other worker can be alive.
UPDATE tasks SET lease_until = 0, fence = fence + 1, due_at = updated_at WHERE lease_until > 0 AND due_at IS NOT NULL;

-- name: ask_cancel
-- Remember that the client wants the end, and have the task looked at now: whoever waits to send it, or holds it between
-- two looks, loses it by that.
UPDATE tasks SET cancel_at = :at,
    due_at = CASE WHEN state IN ('queued', 'running') OR lease_until <= :at THEN CAST(:at AS BIGINT) ELSE due_at END,
    lease_until = CASE WHEN state IN ('queued', 'running') THEN 0 ELSE lease_until END,
    fence = CASE WHEN state IN ('queued', 'running') THEN fence + 1 ELSE fence END
WHERE id = :id AND account_id = :account_id AND finished_at IS NULL AND cancel_at IS NULL;

-- name: nudge_task
-- Have a task looked at now; whoever holds it between two looks loses it by that.
UPDATE tasks SET
    due_at = CASE WHEN state = 'running' OR lease_until <= :at THEN CAST(:at AS BIGINT) ELSE due_at END,
    lease_until = CASE WHEN state = 'running' THEN 0 ELSE lease_until END,
    fence = CASE WHEN state = 'running' THEN fence + 1 ELSE fence END
WHERE id = :id AND finished_at IS NULL;

-- name: task_by_id
-- A task by our id.
SELECT * FROM tasks WHERE id = :id;

-- name: task_any
-- A task by any id of ours, whoever owns it: for the operator.
SELECT * FROM tasks WHERE id = :any_id OR public_id = :any_id;

-- name: task_of_owner
-- A task by any id of ours, for its owner alone.
SELECT * FROM tasks WHERE (id = :any_id OR public_id = :any_id) AND account_id = :account_id AND erased_at IS NULL;

-- name: task_by_external_id
-- A task by the client's own name for it, within the dialect it was made in.
SELECT * FROM tasks WHERE account_id = :account_id AND dialect = :dialect AND external_id = :external_id
AND erased_at IS NULL;

-- name: list_tasks
-- A page of an account's tasks, newest first.
SELECT * FROM tasks
WHERE account_id = :account_id AND erased_at IS NULL AND (:dialect = '' OR dialect = :dialect)
  AND (:state = '' OR state = :state) AND (:model = '' OR model = :model) AND (:family = '' OR family = :family)
  AND (:after = '' OR id < :after)
ORDER BY id DESC LIMIT :limit OFFSET :offset;

-- name: list_tasks_ascending
-- A page of an account's tasks, oldest first.
SELECT * FROM tasks
WHERE account_id = :account_id AND erased_at IS NULL AND (:dialect = '' OR dialect = :dialect)
  AND (:state = '' OR state = :state) AND (:model = '' OR model = :model) AND (:family = '' OR family = :family)
  AND (:after = '' OR id > :after)
ORDER BY id LIMIT :limit OFFSET :offset;

-- name: count_tasks
-- How many tasks such a list has in all.
SELECT COUNT(*) AS n FROM tasks
WHERE account_id = :account_id AND erased_at IS NULL AND (:dialect = '' OR dialect = :dialect)
  AND (:state = '' OR state = :state) AND (:model = '' OR model = :model) AND (:family = '' OR family = :family);

-- name: running_of_account
-- How many tasks of an account are under way.
SELECT COUNT(*) AS n FROM tasks WHERE account_id = :account_id AND finished_at IS NULL;

-- name: spent_of_account
-- What an account's tasks came to, by the day (UTC) on which they were made and by model; ids sort by time.
SELECT created_at / 86400000 AS day, model, CAST(SUM(charged) AS BIGINT) AS amount FROM tasks
WHERE account_id = :account_id AND id >= :first AND id < :last
GROUP BY created_at / 86400000, model HAVING SUM(charged) <> 0 ORDER BY 1, 2;

-- name: erase_task
-- Forget what a finished task was about; its money stays on the books. A worker that still holds it loses its lease.
UPDATE tasks SET fence = fence + 1, spec = :spec, candidates = :candidates, artifacts = '[]', outputs = NULL,
    external_id = NULL, failure = :failure, callback_url = NULL, erased_at = :at, due_at = NULL, updated_at = :at
WHERE id = :id AND account_id = :account_id AND finished_at IS NOT NULL AND erased_at IS NULL;

-- name: unknown_tasks
-- Sends whose outcome is not known, oldest first.
SELECT * FROM tasks WHERE unknown_since IS NOT NULL ORDER BY unknown_since LIMIT :limit;

-- name: insert_attempt
-- One try of a task at one upstream begins. A send again under the same id is the same attempt.
INSERT INTO attempts (task_id, n, upstream, model, order_doc, sent_at)
VALUES (:task_id, :n, :upstream, :model, :order_doc, :sent_at) ON CONFLICT (task_id, n) DO NOTHING;

-- name: end_attempt
-- What became of a try.
UPDATE attempts SET outcome = :outcome, handle = COALESCE(:handle, handle), detail = :detail, ended_at = :ended_at
WHERE task_id = :task_id AND n = :n;

-- name: attempts_of
-- A task's tries, in order.
SELECT * FROM attempts WHERE task_id = :task_id ORDER BY n;

-- name: add_event
-- A line of a task's story: what it came to, if that is new, and the calls to upstreams (JSON) that led there.
INSERT INTO events (task_id, at, kind, detail, calls) VALUES (:task_id, :at, :kind, :detail, :calls);

-- name: events_of
-- A task's story, in the order it was written.
SELECT id, at, kind, detail FROM events WHERE task_id = :task_id AND kind IS NOT NULL ORDER BY id LIMIT :limit;

-- name: calls_of
-- The newest calls about a task.
SELECT calls FROM events WHERE task_id = :task_id AND calls IS NOT NULL ORDER BY id DESC LIMIT :limit;

-- name: seize_task
-- Take a task whose outcome is unknown out of the workers' hands, for a decision; none if one is at work on it.
UPDATE tasks SET fence = fence + 1, lease_until = :lease_until
WHERE id = :id AND fence = :fence AND lease_until <= :now AND unknown_since IS NOT NULL;

-- name: paces
-- How long tasks take, by upstream and model.
SELECT * FROM paces;

-- name: keep_pace
-- What was learned of how long a model takes.
INSERT INTO paces (upstream, model, n, mean, variance, updated_at)
VALUES (:upstream, :model, :n, :mean, :variance, :updated_at)
ON CONFLICT (upstream, model) DO UPDATE SET n = excluded.n, mean = excluded.mean, variance = excluded.variance,
    updated_at = excluded.updated_at;

-- name: remember
-- The first use of an idempotency key.
INSERT INTO idempotency (account_id, key, digest, task_id, created_at)
VALUES (:account_id, :key, :digest, :task_id, :created_at);

-- name: remember_last
-- The last task that a request without a key made: an SDK's own retry finds it.
INSERT INTO idempotency (account_id, key, digest, task_id, created_at)
VALUES (:account_id, :key, :digest, :task_id, :created_at)
ON CONFLICT (account_id, key) DO UPDATE SET task_id = excluded.task_id, created_at = excluded.created_at;

-- name: recall
-- The task that an idempotency key made.
SELECT * FROM idempotency WHERE account_id = :account_id AND key = :key;

-- name: forget_before
-- Forget old keys.
DELETE FROM idempotency WHERE created_at < :at;
