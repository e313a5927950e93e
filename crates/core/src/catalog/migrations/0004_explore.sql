-- Fingerprints of contents, by which near-duplicates are found. `version` is that of the way they are made.
CREATE TABLE signatures (
    hash      BLOB PRIMARY KEY,                -- BLAKE3 of the content, as in photos
    version   INTEGER NOT NULL,
    bits      INTEGER NOT NULL,
    sharpness REAL NOT NULL,
    is_grey   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Names that the user gave to themes. Themes are computed; the examples say which of them is meant when they are computed anew.
CREATE TABLE theme_names (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    theme INTEGER NOT NULL,
    name  TEXT NOT NULL,
    UNIQUE (space, theme)
) STRICT;

CREATE TABLE theme_examples (
    name_id  INTEGER NOT NULL REFERENCES theme_names (id) ON DELETE CASCADE,
    photo_id INTEGER NOT NULL REFERENCES photos (id) ON DELETE CASCADE,
    PRIMARY KEY (name_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX theme_examples_photo ON theme_examples (photo_id);
