-- Whom rosters list, with what a case can be compared with, and whose hands open cases are in: for
-- suggestions where somebody is named. Views.
create table pool (
    county {text} not null,
    procedure {text} not null,
    person {text} not null,
    case_id {text} not null,
    field {text} not null,
    value {text} not null,
    until_date {text},
    primary key (county, procedure, person, case_id, field, value)
);
create index pool_case on pool (county, case_id);

create table held (
    county {text} not null,
    person {text} not null,
    case_id {text} not null,
    primary key (county, person, case_id)
);
create index held_case on held (county, case_id);

insert into held (county, person, case_id)
    select distinct p.county, p.person, p.case_id
    from participant p join case_now c on c.county = p.county and c.case_id = p.case_id
    where p.role <> '' and c.ended is null and c.void = 0;
