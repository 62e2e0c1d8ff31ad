-- What only PostgreSQL says this way: the refusal to change the ledger, and full-text search.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'immutable: %', tg_table_name;
end $$;
create trigger entry_immutable before update or delete or truncate on entry
    for each statement execute function refuse_change();
create trigger seal_immutable before update or delete or truncate on seal
    for each statement execute function refuse_change();
create trigger leaf_immutable before update or delete or truncate on leaf
    for each statement execute function refuse_change();

-- Logs may be cleared only after half a year (184 days: no six months are longer).
create function refuse_early() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        if old.at::timestamptz < now() - interval '184 days' then
            return old;
        end if;
    end if;
    raise exception 'immutable: %', tg_table_name;
end $$;
create trigger attempt_immutable before update or delete on attempt
    for each row execute function refuse_early();
create trigger access_immutable before update or delete on access
    for each row execute function refuse_early();
create trigger attempt_kept before truncate on attempt
    for each statement execute function refuse_change();
create trigger access_kept before truncate on access
    for each statement execute function refuse_change();

create table search (
    county text collate "C" not null,
    case_id text collate "C" not null,
    words text not null,
    primary key (county, case_id)
);
create index search_index on search using gin (to_tsvector('simple', words));
