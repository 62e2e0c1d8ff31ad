-- A digest made with the key file that belongs to this database: another key file is refused
-- before it can seal anything. Like the version of the schema it belongs to no county.
create table key_check (
    digest {text} not null,
    primary key (digest)
);
