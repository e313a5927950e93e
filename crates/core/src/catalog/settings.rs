//! Settings of this library: small texts by key.

use rusqlite::OptionalExtension;

use super::Catalog;
use crate::error::Result;

impl Catalog {
    /// The value stored under `key`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn setting(&self, key: &str) -> Result<Option<String>> {
        self.ask(|conn| {
            let mut statement = conn.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
            Ok(statement.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// Stores `value` under `key`, in place of what was there.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_setting(&self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO settings (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.ask(|conn| {
            conn.prepare_cached(sql)?.execute([key, value])?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::TestCatalog;

    #[test]
    fn a_setting_is_kept_and_replaced() {
        let test = TestCatalog::new();
        assert_eq!(test.setting("model.look").unwrap(), None);
        test.set_setting("model.look", "resnet50").unwrap();
        test.set_setting("model.look", "resnet50-v1").unwrap();
        assert_eq!(test.reopened().setting("model.look").unwrap().as_deref(), Some("resnet50-v1"));
    }
}
