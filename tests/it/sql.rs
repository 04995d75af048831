//! `riverrun sql` against a served broker.

use tempfile::TempDir;

use crate::binary::{Serve, fail, riverrun, run_with, succeed};

fn broker_with_words(folder: &TempDir) -> Serve {
    let serve = Serve::start(&folder.path().join("data"), &[]);
    let at = ["--bootstrap-server", serve.address.as_str()];
    succeed(&[&["topic", "create", "words", "--partitions", "2"], &at[..]].concat(), b"");
    let lines = b"a:1\nb:2\na:3\n";
    succeed(&[&["produce", "words", "--key-separator", ":"], &at[..]].concat(), lines);
    serve
}

#[test]
fn statements_come_from_flags_files_and_pipes() {
    let folder = TempDir::new().unwrap();
    let serve = broker_with_words(&folder);
    let sql = |arguments: &[&str], input: &str| {
        let all = [&["sql", "--bootstrap-server", &serve.address], arguments].concat();
        succeed(&all, input.as_bytes())
    };
    let query = "SELECT _key, count(*) AS n FROM words GROUP BY _key ORDER BY _key";
    assert_eq!(sql(&["-e", query], ""), "_key  n\na     2\nb     1\n");
    assert_eq!(
        sql(&["-e", query, "--output", "json"], ""),
        "{\"_key\":\"a\",\"n\":2}\n{\"_key\":\"b\",\"n\":1}\n"
    );
    assert_eq!(sql(&[], &format!("{query};\nSELECT 1 AS one;")), "_key  n\na     2\nb     1\none\n  1\n");
    let file = folder.path().join("query.sql");
    std::fs::write(&file, query).unwrap();
    assert_eq!(sql(&["-f", file.to_str().unwrap(), "--output", "json"], "").lines().count(), 2);
    let tables = sql(&["-e", "SHOW TABLES", "--output", "json"], "");
    assert!(tables.contains("\"name\":\"words\""), "{tables}");
}

#[test]
fn a_wrong_statement_says_where_and_what_is_near() {
    let folder = TempDir::new().unwrap();
    let serve = broker_with_words(&folder);
    let at = ["--bootstrap-server", serve.address.as_str()];
    let errors = fail(&[&["sql", "-e", "SELECT 1;\nSELEC 2"], &at[..]].concat(), 2);
    assert!(errors.contains("line 2"), "{errors}");
    let errors = fail(&[&["sql", "-e", "SELECT * FROM wrods"], &at[..]].concat(), 3);
    assert!(errors.contains("did you mean 'words'?"), "{errors}");
    let file = folder.path().join("broken.sql");
    std::fs::write(&file, "SELECT 1 +;").unwrap();
    let errors = fail(&[&["sql", "-f", file.to_str().unwrap()], &at[..]].concat(), 2);
    assert!(errors.contains("broken.sql"), "{errors}");
}

#[test]
fn nobody_there_is_said_before_anything_is_read() {
    let mut command = riverrun();
    command.args(["sql", "--bootstrap-server", "127.0.0.1:1"]);
    let output = run_with(command, b"SELECT 1;");
    assert_eq!(output.status.code(), Some(4));
}
