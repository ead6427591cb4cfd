-- name: spend
-- The only way to spend: move an amount from the balance to what is held, if the balance allows.
UPDATE accounts SET balance = balance - :amount, held = held + :amount
WHERE id = :account_id AND paused = 0 AND balance - :amount >= floor;

-- name: settle
-- End a hold: `held` leaves, `refund` goes back to the balance.
UPDATE accounts SET held = held - :held, balance = balance + :refund WHERE id = :account_id AND held >= :held;

-- name: credit
-- Add to a balance, or take from it down to its floor.
UPDATE accounts SET balance = balance + :amount WHERE id = :account_id AND (CAST(:amount AS BIGINT) >= 0 OR balance + :amount >= floor);

-- name: enter
-- One movement, for ever. Its five columns add up to zero.
INSERT INTO entries (account_id, task_id, kind, customer, held, revenue, topup, writeoff, at, note)
VALUES (:account_id, :task_id, :kind, :customer, :held, :revenue, :topup, :writeoff, :at, :note);

-- name: account_entries
-- An account's movements, newest first.
SELECT * FROM entries WHERE account_id = :account_id AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: still_gifted
-- Accounts whose first movement was a gift with this note, with something left of it, and from which nothing was taken
-- back.
SELECT a.name, CASE WHEN a.balance < e.customer THEN a.balance ELSE e.customer END AS remaining FROM accounts a
JOIN entries e ON e.id = (SELECT f.id FROM entries f WHERE f.account_id = a.id ORDER BY f.id LIMIT 1)
WHERE e.note = :note AND a.balance > 0 AND NOT EXISTS (
    SELECT 1 FROM entries t WHERE t.account_id = a.id AND t.kind = 'topup' AND t.customer < 0);

-- name: entries_of_task
-- The movements of one task, in order.
SELECT id, kind, customer, held, revenue, writeoff, at, note FROM entries WHERE task_id = :task_id ORDER BY id;

-- name: check_sums
-- Accounts whose balance or held amount is not what their entries say.
SELECT a.id, a.balance, a.held, CAST(COALESCE(SUM(e.customer), 0) AS BIGINT) AS entered,
    CAST(COALESCE(SUM(e.held), 0) AS BIGINT) AS entered_held
FROM accounts a LEFT JOIN entries e ON e.account_id = a.id
GROUP BY a.id, a.balance, a.held
HAVING a.balance <> COALESCE(SUM(e.customer), 0) OR a.held <> COALESCE(SUM(e.held), 0);

-- name: open_holds_without_task
-- Holds that a final task left open, that belong to no task, or tasks at work without a hold.
SELECT h.task_id, t.state, h.held
FROM entries h
LEFT JOIN tasks t ON t.id = h.task_id
LEFT JOIN entries e ON e.task_id = h.task_id AND e.kind IN ('settle', 'release')
WHERE h.kind = 'hold' AND (t.id IS NULL OR (e.id IS NULL) = (t.state IN ('succeeded', 'failed', 'cancelled', 'expired')))
UNION ALL
SELECT t.id, t.state, t.held FROM tasks t
WHERE NOT EXISTS (SELECT 1 FROM entries h WHERE h.task_id = t.id AND h.kind = 'hold');
