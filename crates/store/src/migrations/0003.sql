-- Exchanges with other platforms: which case their number stands for, and what was sent and came
-- back. Not views: no entry says what the other side calls a case.
create table exchange_item (
    county {text} not null,
    exchange {text} not null,
    number {text} not null,
    case_id {text} not null,
    run {text} not null,
    primary key (county, exchange, number)
);
create index exchange_item_case on exchange_item (county, case_id);

create table exchange_run (
    county {text} not null,
    run {text} not null,
    exchange {text} not null,
    way {text} not null,
    at {text} not null,
    person {text} not null,
    file {text} not null,
    digest {text} not null,
    lines bigint not null,
    done bigint not null,
    again bigint not null,
    refused bigint not null,
    result {text} not null,
    primary key (county, run)
);
create index exchange_run_at on exchange_run (county, exchange, at);
