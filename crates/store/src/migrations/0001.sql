-- One text for SQLite and PostgreSQL. `{text}` is text in byte order, `{bytes}` is binary.
-- Every key begins with the county, so that a distributed database can shard by it.

-- The ledger: only added to. (county, case_id, version) is the lock of a case.
create table entry (
    county {text} not null,
    case_id {text} not null,
    version bigint not null,
    at {text} not null,
    on_date {text} not null,
    actor {text} not null,
    act {text} not null,
    law {text} not null,
    action_id {text} not null,
    body {text} not null,
    prev {text} not null,
    digest {text} not null,
    primary key (county, case_id, version)
);
create unique index entry_action on entry (county, action_id);
create index entry_at on entry (county, at);

-- Daily seals and the heads each of them covers: only added to.
create table seal (
    county {text} not null,
    day {text} not null,
    at {text} not null,
    size bigint not null,
    root {text} not null,
    prev {text} not null,
    digest {text} not null,
    primary key (county, day)
);
create table leaf (
    county {text} not null,
    case_id {text} not null,
    version bigint not null,
    day {text} not null,
    place bigint not null,
    digest {text} not null,
    primary key (county, case_id, version)
);
create index leaf_day on leaf (county, day, place);

-- Refused acts with their grounds, and who looked at what: only added to.
create table attempt (
    county {text} not null,
    at {text} not null,
    id {text} not null,
    person {text} not null,
    case_id {text},
    procedure {text} not null,
    act {text} not null,
    grounds {text} not null,
    primary key (county, at, id)
);
create table access (
    county {text} not null,
    at {text} not null,
    id {text} not null,
    person {text} not null,
    kind {text} not null,
    case_id {text},
    detail {text} not null,
    source {text} not null,
    primary key (county, at, id)
);
create index access_person on access (county, person, at);
create index access_case on access (county, case_id, at);

-- Numbers given out, without gaps.
create table series (
    county {text} not null,
    organ {text} not null,
    kind {text} not null,
    year bigint not null,
    last bigint not null,
    primary key (county, organ, kind, year)
);

-- Keys of people. Without its wrapped key a subject is erased for good.
create table subject (
    county {text} not null,
    subject {text} not null,
    handle {text},
    wrapped {bytes},
    made {text} not null,
    erased {text},
    primary key (county, subject)
);
create unique index subject_handle on subject (county, handle);

-- Files by content, and the text of issued documents (encrypted under the case's subject).
create table file (
    county {text} not null,
    digest {text} not null,
    size bigint not null,
    kind {text} not null,
    at {text} not null,
    content {bytes},
    primary key (county, digest)
);
create table issued (
    county {text} not null,
    case_id {text} not null,
    version bigint not null,
    document {text} not null,
    subject {text} not null,
    content {bytes} not null,
    primary key (county, case_id, version, document)
);

-- Accounts.
create table organ (
    county {text} not null,
    path {text} not null,
    name {text} not null,
    short {text} not null,
    kind {text} not null,
    from_date {text} not null,
    to_date {text},
    primary key (county, path)
);
create table person (
    county {text} not null,
    person {text} not null,
    name {text} not null,
    login {text},
    password {text} not null,
    secret {bytes},
    must_change bigint not null,
    closed {text},
    failures bigint not null,
    locked_until {text},
    primary key (county, person)
);
create unique index person_login on person (county, login);
create table post (
    county {text} not null,
    person {text} not null,
    role {text} not null,
    organ {text} not null,
    from_date {text} not null,
    to_date {text},
    substitute_for {text},
    primary key (county, person, role, organ, from_date)
);
create index post_organ on post (county, organ, role);
create table session (
    county {text} not null,
    token {text} not null,
    person {text} not null,
    created {text} not null,
    seen {text} not null,
    acting {text},
    primary key (county, token)
);
create index session_person on session (county, person);

-- Views: written with the entry they come from, dropped and rebuilt at will.
create table case_now (
    county {text} not null,
    case_id {text} not null,
    procedure {text} not null,
    edition {text} not null,
    law {text} not null,
    organ {text} not null,
    origin {text} not null,
    stage {text} not null,
    title {text} not null,
    number {text},
    opened {text} not null,
    last_on {text} not null,
    last_at {text} not null,
    ended {text},
    version bigint not null,
    digest {text} not null,
    void bigint not null,
    parent {text},
    due_warn {text},
    due_nominal {text},
    due_legal {text},
    primary key (county, case_id)
);
create index case_opened on case_now (county, procedure, opened, case_id);
create index case_stage on case_now (county, procedure, stage, opened, case_id);
create index case_due on case_now (county, procedure, due_legal);
create index case_number on case_now (county, number);
create index case_parent on case_now (county, parent);
create index case_moved on case_now (county, last_at);

-- Who may know of a case: an organ above the handling organ or the organ of origin, or a person.
create table reach (
    county {text} not null,
    who {text} not null,
    procedure {text} not null,
    opened {text} not null,
    case_id {text} not null,
    handling bigint not null,
    primary key (county, who, procedure, opened, case_id)
);
create index reach_case on reach (county, case_id, who);

-- People of a case. `role` is empty for whoever acted in it.
create table participant (
    county {text} not null,
    case_id {text} not null,
    role {text} not null,
    person {text} not null,
    place bigint not null,
    primary key (county, case_id, role, person)
);
create index participant_person on participant (county, person, role);

create table due (
    county {text} not null,
    case_id {text} not null,
    place bigint not null,
    deadline {text} not null,
    name {text} not null,
    statutory bigint not null,
    whose {text},
    started {text} not null,
    warn {text},
    nominal {text} not null,
    legal {text} not null,
    moment {text},
    provisional bigint not null,
    state {text} not null,
    met_on {text},
    derivation {text} not null,
    primary key (county, case_id, place)
);
create index due_open on due (county, state, legal);

-- Open work, one row for each key it can be found by: a role in an organ, or a person.
create table turn (
    county {text} not null,
    who {text} not null,
    case_id {text} not null,
    act {text} not null,
    role {text} not null,
    organ {text} not null,
    ready bigint not null,
    except_who {text} not null,
    due_warn {text},
    due_nominal {text},
    due_legal {text} not null,
    primary key (county, who, due_legal, case_id, act)
);
create index turn_case on turn (county, case_id);
create index turn_ready on turn (county, ready, case_id);

create table observation (
    county {text} not null,
    case_id {text} not null,
    place bigint not null,
    indicator {text} not null,
    organ {text} not null,
    on_date {text} not null,
    until_date {text},
    value bigint not null,
    good bigint not null,
    split {text} not null,
    version bigint not null,
    primary key (county, case_id, place)
);
create index observation_indicator
    on observation (county, indicator, on_date, organ, split, value, good, until_date);

create table notice (
    county {text} not null,
    case_id {text} not null,
    notice {text} not null,
    procedure {text} not null,
    organ {text} not null,
    name {text} not null,
    published {text} not null,
    version bigint not null,
    taken_down {text},
    shown {text} not null,
    primary key (county, case_id, notice)
);
create index notice_published on notice (county, published, case_id);

create table document (
    county {text} not null,
    case_id {text} not null,
    version bigint not null,
    document {text} not null,
    number {text},
    on_date {text} not null,
    digest {text} not null,
    struck bigint not null,
    primary key (county, case_id, version, document)
);
create index document_number on document (county, number);

create table credential (
    county {text} not null,
    person {text} not null,
    case_id {text} not null,
    name {text} not null,
    number {text} not null,
    from_date {text} not null,
    until_date {text},
    primary key (county, person, case_id)
);
create index credential_case on credential (county, case_id);
create index credential_number on credential (county, name, number);

-- Which acts somebody has ever done.
create table experience (
    county {text} not null,
    person {text} not null,
    procedure {text} not null,
    act {text} not null,
    primary key (county, person, procedure, act)
);

-- Parties by keyed digests of name, number and phone.
create table party (
    county {text} not null,
    blind {text} not null,
    case_id {text} not null,
    subject {text} not null,
    primary key (county, blind, case_id, subject)
);
create index party_case on party (county, case_id);
create index party_subject on party (county, subject);
