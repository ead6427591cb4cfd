-- name: reserve_files
-- The same bytes are one file. Whoever is about to store some (JSON) says so first; returned are those that are not just
-- being removed.
-- sqlite:
INSERT INTO files (sha256, size, media_type, created_at, loose_at)
SELECT json_extract(value, '$.sha256'), json_extract(value, '$.size'), json_extract(value, '$.media_type'), :at, :at
FROM json_each(:files) WHERE TRUE
ON CONFLICT (sha256) DO UPDATE SET loose_at = excluded.loose_at WHERE files.going_at IS NULL
RETURNING sha256;
-- postgres:
INSERT INTO files (sha256, size, media_type, created_at, loose_at)
SELECT sha256, size, media_type, CAST(:at AS BIGINT), CAST(:at AS BIGINT)
FROM jsonb_to_recordset(CAST(:files AS JSONB)) AS f (sha256 TEXT, size BIGINT, media_type TEXT) ORDER BY sha256
ON CONFLICT (sha256) DO UPDATE SET loose_at = excluded.loose_at WHERE files.going_at IS NULL
RETURNING sha256;

-- name: confirm_files
-- Stored files (their SHA-256 sums, with spaces between) are referred to from now on; none that is being removed.
-- sqlite:
UPDATE files SET loose_at = NULL WHERE going_at IS NULL
AND sha256 IN (SELECT value FROM json_each('["' || replace(:sha256s, ' ', '","') || '"]'));
-- postgres:
UPDATE files SET loose_at = NULL WHERE going_at IS NULL AND sha256 IN (
    SELECT sha256 FROM files AS f WHERE sha256 = ANY(string_to_array(:sha256s, ' ')) ORDER BY sha256 FOR UPDATE);

-- name: keep_files
-- The same, with small files (JSON) that are kept here: each begins at its `start` of all their bytes.
-- sqlite:
INSERT INTO files (sha256, size, media_type, created_at, content)
SELECT sha256, size, media_type, created_at, content FROM files
WHERE sha256 IN (SELECT value FROM json_each('["' || replace(:sha256s, ' ', '","') || '"]'))
UNION ALL
SELECT json_extract(value, '$.sha256'), json_extract(value, '$.size'), json_extract(value, '$.media_type'), :at,
    substr(:content, json_extract(value, '$.start') + 1, json_extract(value, '$.size'))
FROM json_each(:files) WHERE TRUE
ON CONFLICT (sha256) DO UPDATE SET loose_at = NULL, content = excluded.content WHERE files.going_at IS NULL;
-- postgres:
INSERT INTO files (sha256, size, media_type, created_at, content)
SELECT * FROM (
    SELECT sha256, size, media_type, created_at, content FROM files
    WHERE sha256 = ANY(string_to_array(:sha256s, ' ')) ORDER BY sha256 FOR UPDATE) AS known
UNION ALL
SELECT sha256, size, media_type, CAST(:at AS BIGINT), substring(CAST(:content AS BYTEA) FROM start + 1 FOR size)
FROM jsonb_to_recordset(CAST(:files AS JSONB)) AS f (sha256 TEXT, size INTEGER, media_type TEXT, start INTEGER)
ON CONFLICT (sha256) DO UPDATE SET loose_at = NULL, content = excluded.content WHERE files.going_at IS NULL;

-- name: file_content
-- The bytes of a small file; none of one that is on the shelf.
SELECT content FROM files WHERE sha256 = :sha256 AND content IS NOT NULL;

-- name: refer
-- Who refers to them.
-- sqlite:
INSERT INTO file_refs (owner, sha256)
SELECT :owner, value FROM json_each('["' || replace(:sha256s, ' ', '","') || '"]') WHERE TRUE
ON CONFLICT (owner, sha256) DO NOTHING;
-- postgres:
INSERT INTO file_refs (owner, sha256)
SELECT CAST(:owner AS TEXT), sha256 FROM unnest(string_to_array(:sha256s, ' ')) AS sha256
ON CONFLICT (owner, sha256) DO NOTHING;

-- name: loosen_files
-- What an owner is about to refer to no more, to be looked at by the sweeper.
UPDATE files SET loose_at = :at WHERE sha256 IN (SELECT sha256 FROM file_refs WHERE owner = :owner);

-- name: unrefer
-- An owner refers to nothing any more.
DELETE FROM file_refs WHERE owner = :owner;

-- name: unrefer_gone
-- The same for an input medium that is gone.
DELETE FROM file_refs WHERE owner = :owner AND NOT EXISTS (SELECT 1 FROM media m WHERE m.id = :owner);

-- name: refs_of
-- What an owner refers to.
SELECT r.sha256, f.size FROM file_refs r JOIN files f ON f.sha256 = r.sha256 WHERE r.owner = :owner ORDER BY r.sha256;

-- name: fasten_files
-- Of the files that have been loose for long, those that somebody refers to all the same.
-- sqlite:
UPDATE files SET loose_at = NULL WHERE sha256 IN (
    SELECT sha256 FROM files WHERE loose_at <= :before AND going_at IS NULL ORDER BY loose_at LIMIT :limit)
AND loose_at <= :before AND EXISTS (SELECT 1 FROM file_refs r WHERE r.sha256 = files.sha256)
RETURNING sha256;
-- postgres:
UPDATE files SET loose_at = NULL WHERE sha256 = ANY(ARRAY(
    SELECT sha256 FROM files WHERE loose_at <= :before AND going_at IS NULL ORDER BY loose_at LIMIT :limit))
AND loose_at <= :before AND EXISTS (SELECT 1 FROM file_refs r WHERE r.sha256 = files.sha256)
RETURNING sha256;

-- name: doom_files
-- Those that nobody refers to: nobody can from now on. With those whose removal was begun and not ended by `stale`.
-- sqlite:
UPDATE files SET going_at = :now WHERE sha256 IN (
    SELECT sha256 FROM files WHERE loose_at <= :before AND (going_at IS NULL OR going_at <= :stale)
    ORDER BY loose_at LIMIT :limit)
AND loose_at <= :before AND NOT EXISTS (SELECT 1 FROM file_refs r WHERE r.sha256 = files.sha256)
RETURNING sha256, size;
-- postgres:
UPDATE files SET going_at = :now WHERE sha256 = ANY(ARRAY(
    SELECT sha256 FROM files WHERE loose_at <= :before AND (going_at IS NULL OR going_at <= :stale)
    ORDER BY loose_at LIMIT :limit))
AND loose_at <= :before AND NOT EXISTS (SELECT 1 FROM file_refs r WHERE r.sha256 = files.sha256)
RETURNING sha256, size;

-- name: spare_files
-- Of the files just marked, those that were referred to while they were being marked. Looked at afterwards, since
-- PostgreSQL decides on the references it saw when the marking began; nobody can refer to a marked file.
UPDATE files SET going_at = NULL, loose_at = NULL WHERE going_at = :now
AND EXISTS (SELECT 1 FROM file_refs r WHERE r.sha256 = files.sha256)
RETURNING sha256;

-- name: drop_file
-- A file that was removed from the shelf is no longer known.
DELETE FROM files WHERE sha256 = :sha256 AND going_at = :going_at;

-- name: referred_files
-- The next files of the shelf that somebody refers to, after one by its sum.
SELECT sha256, size FROM files WHERE sha256 > :after AND content IS NULL AND EXISTS (
    SELECT 1 FROM file_refs r WHERE r.sha256 = files.sha256) ORDER BY sha256 LIMIT :limit;

-- name: known_files
-- The next files that the shelf has, after one by its sum, with those that nobody refers to any more, or does not yet.
SELECT sha256, size FROM files WHERE sha256 > :after AND content IS NULL ORDER BY sha256 LIMIT :limit;
