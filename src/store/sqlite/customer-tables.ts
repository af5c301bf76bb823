/**
 * The tables of customer records. customer_totals spares counting all rows, which every decision about a match would
 * otherwise do. A record's keys stand in its row as well, as a list: an index of keys by record would cost an import as
 * much as the keys themselves.
 */
export const CUSTOMERS = `
  CREATE TABLE customers (
    record INTEGER PRIMARY KEY,
    service_line TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    keys TEXT NOT NULL,
    terms TEXT NOT NULL,
    UNIQUE (customer_id, service_line)
  ) STRICT;
  CREATE TABLE customer_keys (
    key TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (key, record)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE customer_terms (term TEXT PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE customer_totals (service_line TEXT PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE customer_changes (
    service_line TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    former TEXT NOT NULL,
    fresh INTEGER NOT NULL,
    PRIMARY KEY (customer_id, service_line)
  ) STRICT;
  CREATE INDEX customer_changes_by_time ON customer_changes (at, id);`
