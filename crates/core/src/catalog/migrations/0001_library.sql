-- Paths are BLOBs: the file system's own bytes, which need not be UTF-8. Times are Unix milliseconds,
-- file times nanoseconds.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE folders (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    path       BLOB NOT NULL UNIQUE,
    added_at   INTEGER NOT NULL,
    scanned_at INTEGER,
    online     INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE photos (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id     INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    rel_path      BLOB NOT NULL,               -- below the folder, '/' between names
    size          INTEGER NOT NULL,
    mtime_ns      INTEGER NOT NULL,
    volume        INTEGER NOT NULL,            -- the mounted file system it was last seen on
    hash          BLOB,                        -- BLAKE3 of the content that was last decoded
    state         INTEGER NOT NULL DEFAULT 0,  -- 0 pending, 1 ready, 2 failed
    offline       INTEGER NOT NULL DEFAULT 0,
    missing_since INTEGER,                     -- set while the file is gone; the photo is then hidden
    width         INTEGER,
    height        INTEGER,
    taken_at      INTEGER,                     -- local time as if it were UTC
    camera        TEXT,
    lens          TEXT,
    latitude      REAL,
    longitude     REAL,
    added_at      INTEGER NOT NULL
) STRICT;

-- A file belongs to one photo; photos that are gone may have had the same place.
CREATE UNIQUE INDEX photos_place ON photos (folder_id, rel_path) WHERE missing_since IS NULL;
CREATE INDEX photos_size ON photos (size) WHERE hash IS NOT NULL;
CREATE INDEX photos_hash ON photos (hash) WHERE hash IS NOT NULL;
CREATE INDEX photos_missing ON photos (missing_since) WHERE missing_since IS NOT NULL;

CREATE TABLE failures (
    photo_id INTEGER PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
    code     TEXT NOT NULL,
    reason   TEXT NOT NULL
) STRICT;

-- What the last scan of a folder met and could not read: folders, broken links.
CREATE TABLE unreadable (
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    rel_path  BLOB NOT NULL,
    code      TEXT NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (folder_id, rel_path)
) STRICT, WITHOUT ROWID;

-- Files that are no photos, though their name does not tell. They are not opened again until they change.
CREATE TABLE other_files (
    folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
    rel_path  BLOB NOT NULL,
    size      INTEGER NOT NULL,
    mtime_ns  INTEGER NOT NULL,
    PRIMARY KEY (folder_id, rel_path)
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    model_id         TEXT NOT NULL,
    pipeline_version INTEGER NOT NULL,
    dim              INTEGER NOT NULL,
    UNIQUE (model_id, pipeline_version, dim)
) STRICT;

-- One row for each photo and model. The id is `models.id << 40 | photos.id`, so that the rows of one model lie
-- together and are found without a second index.
CREATE TABLE vectors (
    id     INTEGER PRIMARY KEY,
    vector BLOB NOT NULL                       -- f16, little-endian
) STRICT;

-- The log of `vectors`, kept by triggers so that it cannot disagree: the last change of each row, `present` 0
-- when it was a removal. It also answers "is there a vector?" without touching the large table.
CREATE TABLE vector_changes (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    vector_id INTEGER NOT NULL UNIQUE,
    present   INTEGER NOT NULL
) STRICT;
CREATE INDEX vector_changes_removed ON vector_changes (seq) WHERE present = 0;

CREATE TRIGGER vectors_insert AFTER INSERT ON vectors BEGIN
    DELETE FROM vector_changes WHERE vector_id = new.id;
    INSERT INTO vector_changes (vector_id, present) VALUES (new.id, 1);
END;
CREATE TRIGGER vectors_update AFTER UPDATE ON vectors BEGIN
    DELETE FROM vector_changes WHERE vector_id = new.id;
    INSERT INTO vector_changes (vector_id, present) VALUES (new.id, 1);
END;
CREATE TRIGGER vectors_delete AFTER DELETE ON vectors BEGIN
    DELETE FROM vector_changes WHERE vector_id = old.id;
    INSERT INTO vector_changes (vector_id, present) VALUES (old.id, 0);
END;

CREATE TRIGGER photos_delete AFTER DELETE ON photos BEGIN
    DELETE FROM vectors WHERE id IN (SELECT id << 40 | old.id FROM models);
END;

-- A photo that goes missing leaves the results at once, and enters them again when its file is back.
CREATE TRIGGER photos_hide AFTER UPDATE OF missing_since ON photos
WHEN (old.missing_since IS NULL) <> (new.missing_since IS NULL) BEGIN
    DELETE FROM vector_changes
        WHERE present = 1 AND vector_id IN (SELECT id << 40 | new.id FROM models);
    INSERT INTO vector_changes (vector_id, present)
        SELECT v.id, 1 FROM models m JOIN vectors v ON v.id = (m.id << 40 | new.id);
END;

INSERT INTO settings VALUES ('catalog.origin', abs(random() >> 1));
