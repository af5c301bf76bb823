import { CUSTOMERS } from './customer-tables.ts'
import type { Migrations } from './migrate.ts'

// A plain table with indexes: WITHOUT ROWID is slower for rows as long as these (https://www.sqlite.org/withoutrowid.html).
const ARTIFACTS = `
  CREATE TABLE artifacts (
    model TEXT NOT NULL,
    id TEXT NOT NULL,
    payload TEXT NOT NULL,
    expires_at REAL NOT NULL,
    consumed_at INTEGER,
    grant_id TEXT,
    uid TEXT,
    user_code TEXT,
    UNIQUE (model, id)
  ) STRICT;
  CREATE INDEX artifacts_by_expiry ON artifacts (expires_at);
  CREATE INDEX artifacts_by_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX artifacts_by_uid ON artifacts (uid) WHERE uid IS NOT NULL;
  CREATE INDEX artifacts_by_user_code ON artifacts (user_code) WHERE user_code IS NOT NULL;`

const ACCOUNTS = `
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    claims TEXT NOT NULL,
    data_key TEXT,
    subjects TEXT,
    blocked INTEGER NOT NULL DEFAULT 0,
    logins_not_before INTEGER,
    merged_into TEXT,
    merged_apps TEXT
  ) STRICT;
  CREATE INDEX accounts_by_merger ON accounts (merged_into) WHERE merged_into IS NOT NULL;
  CREATE TABLE identities (
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (issuer, client_id, subject),
    UNIQUE (account_id, issuer, client_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE customer_links (
    service_line TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    role TEXT,
    method TEXT NOT NULL,
    rule_version TEXT NOT NULL,
    evidence TEXT NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (service_line, customer_id)
  ) STRICT;
  CREATE INDEX customer_links_by_account ON customer_links (account_id, service_line, customer_id);
  CREATE TABLE audit_events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    account_id TEXT,
    client_id TEXT,
    data TEXT NOT NULL,
    block INTEGER
  ) STRICT;
  CREATE INDEX audit_events_by_account ON audit_events (account_id) WHERE account_id IS NOT NULL;
  CREATE INDEX audit_events_by_time ON audit_events (at);
  CREATE INDEX audit_events_by_type ON audit_events (type, at);
  CREATE INDEX audit_events_by_client ON audit_events (client_id, at) WHERE client_id IS NOT NULL;
  CREATE INDEX audit_events_unsealed ON audit_events (sequence) WHERE block IS NULL;
  CREATE INDEX audit_events_by_block ON audit_events (block) WHERE block IS NOT NULL;
  CREATE TABLE audit_event_records (
    record TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    event INTEGER NOT NULL REFERENCES audit_events (sequence) ON DELETE CASCADE,
    PRIMARY KEY (record, happened_at, event)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_event_records_by_event ON audit_event_records (event);
  CREATE TABLE audit_blocks (
    number INTEGER PRIMARY KEY,
    sealed_at INTEGER NOT NULL,
    events INTEGER NOT NULL,
    mac TEXT NOT NULL
  ) STRICT;
  CREATE TABLE keys (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE data_keys (name TEXT PRIMARY KEY, wrapped TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE erasures (account_id TEXT PRIMARY KEY, erased_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE erasure_requests (account_id TEXT PRIMARY KEY, due_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX erasure_requests_by_due ON erasure_requests (due_at);`

const ATTEMPTS_AND_LIMITS = `
  CREATE TABLE attempts (
    uid TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    data TEXT NOT NULL,
    expires_at REAL NOT NULL
  ) STRICT;
  CREATE INDEX attempts_by_expiry ON attempts (expires_at);
  CREATE TABLE limits (key TEXT PRIMARY KEY, hits INTEGER NOT NULL, expires_at REAL NOT NULL) STRICT;
  CREATE INDEX limits_by_expiry ON limits (expires_at);`

const CONSENTS = `
  CREATE TABLE consents (
    account_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (account_id, client_id)
  ) STRICT, WITHOUT ROWID;`

const LINK_CHANGES = `
  CREATE TABLE link_changes (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    undoes TEXT,
    undone_by TEXT,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX link_changes_proposed ON link_changes (at, id) WHERE state = 'proposed';
  CREATE TABLE link_change_accounts (
    account_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (account_id, at, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE contested_records (
    service_line TEXT NOT NULL, customer_id TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (service_line, customer_id)
  ) STRICT, WITHOUT ROWID;`

// `names` are what an account is found by and no other has: in the system it comes from, to the person, at an app.
const CREDENTIALS = `
  CREATE TABLE credentials (
    account_id TEXT PRIMARY KEY REFERENCES accounts (id),
    legacy_id TEXT NOT NULL,
    username TEXT,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    retires_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE names (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (scope, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX names_by_account ON names (account_id);
  CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    document TEXT NOT NULL,
    counter INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX passkeys_by_account ON passkeys (account_id, created_at);`

// `due_at` is when an app is told at the latest; `released` that its session was ended.
const LOGOUTS = `
  CREATE TABLE logouts (
    sid TEXT PRIMARY KEY,
    session_uid TEXT NOT NULL,
    client_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    subject_of TEXT,
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    released INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX logouts_by_due ON logouts (due_at);
  CREATE INDEX logouts_by_session ON logouts (session_uid, client_id);
  CREATE INDEX logouts_by_account ON logouts (account_id);`

// Without content a message is over; `due_at` is then how long its id is remembered.
const MESSAGES = `
  CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    content TEXT,
    expires_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX messages_by_due ON messages (due_at);`

// `change` is the place of a client's last change in the order of all.
const CLIENTS = `
  CREATE TABLE clients (
    client_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    change INTEGER NOT NULL UNIQUE,
    state TEXT NOT NULL,
    managed_by TEXT NOT NULL,
    owner TEXT,
    metadata TEXT NOT NULL,
    secrets TEXT NOT NULL,
    secrets_end INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX clients_by_end ON clients (secrets_end) WHERE secrets_end IS NOT NULL;
  CREATE TABLE client_secret_uses (
    client_id TEXT NOT NULL,
    secret_id TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (client_id, secret_id)
  ) STRICT, WITHOUT ROWID;`

const ROLLOUTS = `
  CREATE TABLE rollouts (
    client_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    policy TEXT NOT NULL,
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (client_id, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE funnel (
    client_id TEXT NOT NULL,
    day TEXT NOT NULL,
    method TEXT NOT NULL,
    step TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (client_id, day, method, step)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX funnel_started ON funnel (day, count) WHERE step = 'started';
  CREATE INDEX funnel_day ON funnel (day);`

const REVIEWS = `
  CREATE TABLE reviews (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    account_id TEXT NOT NULL,
    service_line TEXT,
    customer_id TEXT,
    raised_at INTEGER NOT NULL,
    data TEXT NOT NULL,
    closed_at INTEGER,
    closed_by TEXT,
    outcome TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX reviews_by_time ON reviews (raised_at, id);
  CREATE INDEX open_reviews ON reviews (raised_at, id) WHERE closed_at IS NULL;
  CREATE INDEX reviews_by_account ON reviews (account_id);`

// Written by `ping`, to learn whether a write succeeds.
const HEALTH = `
  CREATE TABLE health (pings INTEGER NOT NULL) STRICT;
  INSERT INTO health VALUES (0);`

/** What must last. */
export const DURABLE_MIGRATIONS: Migrations = [
  [
    ACCOUNTS,
    LINK_CHANGES,
    CREDENTIALS,
    CUSTOMERS,
    CONSENTS,
    LOGOUTS,
    MESSAGES,
    CLIENTS,
    ROLLOUTS,
    REVIEWS,
    ARTIFACTS,
    HEALTH,
  ].join(''),
]

/** What may be redone by a click. */
export const EXPIRING_MIGRATIONS: Migrations = [ARTIFACTS + ATTEMPTS_AND_LIMITS + HEALTH]
