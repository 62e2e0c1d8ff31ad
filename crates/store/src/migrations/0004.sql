-- Sittings of examinations: when each began and ends, and what has been answered so far. Not a
-- view: the result is an entry of the case, the answers on the way to it are not.
create table sitting (
    county {text} not null,
    case_id {text} not null,
    person {text} not null,
    serial bigint not null,
    started {text} not null,
    ends {text} not null,
    bank {text} not null,
    answers {text} not null,
    entered bigint not null,
    primary key (county, case_id, person, serial)
);
create index sitting_open on sitting (county, entered, ends);
