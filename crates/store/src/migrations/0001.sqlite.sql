-- What only SQLite says this way: the refusal to change the ledger, and full-text search.
create trigger entry_no_update before update on entry
begin select raise(abort, 'immutable: entry'); end;
create trigger entry_no_delete before delete on entry
begin select raise(abort, 'immutable: entry'); end;
create trigger seal_no_update before update on seal
begin select raise(abort, 'immutable: seal'); end;
create trigger seal_no_delete before delete on seal
begin select raise(abort, 'immutable: seal'); end;
create trigger leaf_no_update before update on leaf
begin select raise(abort, 'immutable: leaf'); end;
create trigger leaf_no_delete before delete on leaf
begin select raise(abort, 'immutable: leaf'); end;
create trigger attempt_no_update before update on attempt
begin select raise(abort, 'immutable: attempt'); end;
create trigger attempt_no_delete before delete on attempt when old.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-184 days')
begin select raise(abort, 'immutable: attempt'); end;
create trigger access_no_update before update on access
begin select raise(abort, 'immutable: access'); end;
create trigger access_no_delete before delete on access when old.at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-184 days')
begin select raise(abort, 'immutable: access'); end;

-- `id` ties a text to its place in the index and survives a vacuum.
create table search (
    id integer primary key,
    county text not null,
    case_id text not null,
    words text not null,
    unique (county, case_id)
);
create virtual table search_index using fts5(words, content='search', content_rowid='id', detail='full');
create trigger search_added after insert on search begin
    insert into search_index (rowid, words) values (new.id, new.words);
end;
create trigger search_removed after delete on search begin
    insert into search_index (search_index, rowid, words) values ('delete', old.id, old.words);
end;
