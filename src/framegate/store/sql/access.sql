-- name: insert_account
-- A new wallet.
INSERT INTO accounts (id, name, plan, balance, held, floor, paused, created_at, updated_at)
VALUES (:id, :name, :plan, :balance, :held, :floor, :paused, :created_at, :updated_at);

-- name: account_by_id
-- A wallet by id.
SELECT * FROM accounts WHERE id = :id;

-- name: account_by_name
-- A wallet by name.
SELECT * FROM accounts WHERE name = :name;

-- name: list_accounts
-- All wallets by name.
SELECT * FROM accounts ORDER BY name;

-- name: update_account
-- A wallet's terms; its money moves by entries alone.
UPDATE accounts SET name = :name, plan = :plan, floor = :floor, paused = :paused, updated_at = :updated_at WHERE id = :id;

-- name: insert_key
-- A new key, as a digest.
INSERT INTO keys (id, account_id, name, hash, hint, scopes, expires_at, paused, created_at, used_at)
VALUES (:id, :account_id, :name, :hash, :hint, :scopes, :expires_at, :paused, :created_at, :used_at);

-- name: key_by_hash
-- The key and the account behind it.
SELECT k.*, a.name AS account_name, a.plan, a.balance, a.held, a.floor, a.paused AS account_paused
FROM keys k JOIN accounts a ON a.id = k.account_id WHERE k.hash = :name;

-- name: key_by_id
-- The key and the account behind it, by the key's public id.
SELECT k.*, a.name AS account_name, a.plan, a.balance, a.held, a.floor, a.paused AS account_paused
FROM keys k JOIN accounts a ON a.id = k.account_id WHERE k.id = :name;

-- name: list_keys
-- Keys of an account, or all.
SELECT * FROM keys WHERE :account_id = '' OR account_id = :account_id ORDER BY created_at, id;

-- name: update_key
-- A key's name, scopes and state.
UPDATE keys SET name = :name, scopes = :scopes, expires_at = :expires_at, paused = :paused WHERE id = :id;

-- name: note_use_of_key
-- When a key was last used, unless that was noted lately.
UPDATE keys SET used_at = :at WHERE id = :id AND (used_at IS NULL OR used_at <= :before);

-- name: delete_key
-- A key ends for good.
DELETE FROM keys WHERE id = :id;
