-- Faces and people. Personal data: there is some only while the user wants it, and turning it off empties every table here.

-- The contents that were looked at for faces, and the networks and versions that did it.
CREATE TABLE face_scans (
    hash     BLOB PRIMARY KEY,
    pipeline TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A person is a number that is never given again. Everything that a user says of one is a decision.
CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT
) STRICT;

-- Faces belong to a content: copies of a photo share them. `person`, `bond` and `removed` follow from the decisions and the
-- grouping.
CREATE TABLE faces (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    hash      BLOB NOT NULL,
    x         REAL NOT NULL,                   -- shares of the upright picture
    y         REAL NOT NULL,
    width     REAL NOT NULL,
    height    REAL NOT NULL,
    score     REAL NOT NULL,
    quality   REAL NOT NULL,
    landmarks BLOB NOT NULL,                   -- ten f32, little-endian, shares of the upright picture
    person    INTEGER REFERENCES people (id) ON DELETE SET NULL,
    cluster   INTEGER,                         -- which look of the person; a number of the last grouping
    bond      INTEGER NOT NULL DEFAULT 0,      -- to that person: 0 by likeness, 1 held, 2 stands for it, 3 the user said so
    removed   INTEGER NOT NULL DEFAULT 0       -- the user said that it is no face
) STRICT;
CREATE INDEX faces_hash ON faces (hash);
CREATE INDEX faces_person ON faces (person) WHERE person IS NOT NULL;

-- The number of a vector is never given again, so that a list of neighbours cannot mean another one.
CREATE TABLE face_vectors (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    face       INTEGER NOT NULL UNIQUE REFERENCES faces (id) ON DELETE CASCADE,
    vector     BLOB NOT NULL,                  -- f16, little-endian
    neighbours BLOB                            -- pairs of a number of a vector and a cosine; NULL until they are looked for
) STRICT;

-- What the user said, in order. One step is what one undo takes back.
CREATE TABLE decisions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    step       INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    person     INTEGER,
    other      INTEGER,                        -- the person that went into another
    name       TEXT,
    hidden     INTEGER,
    decided_at INTEGER NOT NULL
) STRICT;

-- The faces of a decision, by content and place: they hold whatever becomes of the rows of `faces`.
CREATE TABLE decision_faces (
    decision INTEGER NOT NULL REFERENCES decisions (id) ON DELETE CASCADE,
    hash     BLOB NOT NULL,
    x        REAL NOT NULL,
    y        REAL NOT NULL,
    width    REAL NOT NULL,
    height   REAL NOT NULL,
    PRIMARY KEY (decision, hash, x, y)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_faces_hash ON decision_faces (hash);

-- Who the faces were before a step, for its undo.
CREATE TABLE decision_before (
    step   INTEGER NOT NULL,
    face   INTEGER NOT NULL,
    person INTEGER,
    PRIMARY KEY (step, face)
) STRICT, WITHOUT ROWID;

-- Faces go with the last photo of their content.
CREATE TRIGGER faces_photo_deleted AFTER DELETE ON photos
WHEN old.hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM photos WHERE hash = old.hash) BEGIN
    DELETE FROM faces WHERE hash = old.hash;
    DELETE FROM face_scans WHERE hash = old.hash;
END;
CREATE TRIGGER faces_photo_changed AFTER UPDATE OF hash ON photos
WHEN old.hash IS NOT NULL AND old.hash IS NOT new.hash AND NOT EXISTS (SELECT 1 FROM photos WHERE hash = old.hash) BEGIN
    DELETE FROM faces WHERE hash = old.hash;
    DELETE FROM face_scans WHERE hash = old.hash;
END;
