//! Names that the user gave to themes.

use rusqlite::params;

use crate::catalog::Catalog;
use crate::error::Result;

/// A name, and which theme has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ThemeName {
    /// The number of the theme when it was named.
    pub theme: i64,
    pub name: String,
    /// Photos that were in it then and are still known.
    pub examples: Vec<i64>,
}

impl Catalog {
    /// The names in a space, in the order in which they were given.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn theme_names(&self, space: &str) -> Result<Vec<ThemeName>> {
        self.read(|conn| {
            let mut named =
                conn.prepare_cached("SELECT id, theme, name FROM theme_names WHERE space = ?1 ORDER BY id")?;
            let mut of = conn
                .prepare_cached("SELECT photo_id FROM theme_examples WHERE name_id = ?1 ORDER BY photo_id")?;
            let rows =
                named.query_map([space], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?)))?;
            let mut names = Vec::new();
            for row in rows {
                let (id, theme, name) = row?;
                let examples = of.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
                names.push(ThemeName { theme, name, examples });
            }
            Ok(names)
        })
    }

    /// Names a theme, in place of the names of the themes `instead`. Without a name these are only taken away.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn name_theme(&self, space: &str, instead: &[i64], named: Option<&ThemeName>) -> Result<()> {
        self.write(|conn| {
            let gone = named.map(|named| named.theme);
            for theme in instead.iter().copied().chain(gone) {
                conn.prepare_cached("DELETE FROM theme_names WHERE space = ?1 AND theme = ?2")?
                    .execute(params![space, theme])?;
            }
            let Some(ThemeName { theme, name, examples }) = named else { return Ok(()) };
            conn.prepare_cached("INSERT INTO theme_names (space, theme, name) VALUES (?1, ?2, ?3)")?
                .execute(params![space, theme, name])?;
            let id = conn.last_insert_rowid();
            // A photo that was forgotten meanwhile is no example.
            let sql =
                "INSERT INTO theme_examples (name_id, photo_id) SELECT ?1, id FROM photos WHERE id = ?2";
            let mut statement = conn.prepare_cached(sql)?;
            for photo in examples {
                statement.execute(params![id, photo])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::TestCatalog;

    #[test]
    fn names_are_kept_replaced_and_taken_away_and_belong_to_a_space() {
        let test = TestCatalog::new();
        let (folder, p) = test.with_photos("/p", &["a", "b", "c"]);
        let named = |theme, name: &str, examples: &[i64]| ThemeName {
            theme,
            name: name.to_owned(),
            examples: examples.to_vec(),
        };
        let (a, b) = (p[0].0, p[1].0);
        test.name_theme("meaning", &[], Some(&named(7, "바다", &[a, b, 999]))).unwrap();
        test.name_theme("look", &[], Some(&named(7, "blue", &[a]))).unwrap();
        test.name_theme("meaning", &[], Some(&named(8, "dogs", &[b]))).unwrap();
        let names = |space| test.reopened().theme_names(space).unwrap();
        assert_eq!(names("meaning"), [named(7, "바다", &[a, b]), named(8, "dogs", &[b])]);
        test.name_theme("meaning", &[8], Some(&named(7, "sea", &[b]))).unwrap();
        assert_eq!(names("meaning"), [named(7, "sea", &[b])]);
        test.name_theme("meaning", &[7], None).unwrap();
        assert_eq!((names("meaning").len(), names("look").len()), (0, 1));
        test.remove_folder(folder).unwrap();
        assert_eq!(names("look"), [named(7, "blue", &[])]);
        assert_eq!(test.integrity().unwrap(), Vec::<String>::new());
    }
}
