"""How PostgreSQL finds the newest of a million hits without looking at the million.

GIN gives all rows with a word, in no order of use. So each row also has tokens for the stretches of
time in which it lies, of four lengths, from twelve days to two years; what is frequent is looked
for in the newest stretches first, and in longer ones until there is enough. Used by storage.py.
"""

from .keys import ID_BITS, START_SECONDS

# A stretch has two to the power of so many seconds.
_LENGTHS = (20, 22, 24, 26)
# With fewer rows all hits are looked at: that costs less than asking several times.
_MANY = 50_000
# Beyond now so much is looked at first where no end is given: what is to be published.
_AHEAD = 366 * 86_400


def windows_with(key: int) -> list[str]:
    """Return the tokens of the stretches in which a row's time lies."""
    seconds = key >> ID_BITS
    return [f"_t{length}_{seconds >> length}" for length in _LENGTHS]


def windows_of(table: str) -> str:
    """Return the statement that gives its tokens of time to every row that has none."""
    tokens = ", ".join(f"'_t{length}_' || (key >> {ID_BITS + length})" for length in _LENGTHS)
    return (
        f"UPDATE {table} SET tokens = tokens || array_to_tsvector(ARRAY[{tokens}]) "  # noqa: S608 - our own table
        f"WHERE NOT tokens @@ ('''_t20_' || (key >> {ID_BITS + 20}) || '''')::tsquery"
    )


def function_of(table: str) -> str:
    """Return the statement that makes `<table>_newest`.

    Its arguments: what the index finds; the first key, and the one behind the last; how many; what
    the rows must also meet, word by word, or NULL. No sequential scan: rows look cheap to
    PostgreSQL while the tsvectors beside them are not.
    """
    found = f"FROM {table} WHERE tokens @@ {{query}} AND key >= {{first}} AND key < $3"
    plain = f"SELECT key {found} ORDER BY key DESC LIMIT $4"
    # One row after the other (OFFSET 0 keeps it so) until there are enough.
    phrase = (
        f"SELECT key FROM (SELECT key, tokens {found} ORDER BY key DESC OFFSET 0) AS found "  # noqa: S608 - our own table
        "WHERE tokens @@ $5 ORDER BY key DESC LIMIT $4"
    )
    whole = {"query": "$1", "first": "$2"}
    part = {"query": "($1 && newest)", "first": "greatest($2, beginning)"}
    return f"""
CREATE OR REPLACE FUNCTION {table}_newest(tsquery, bigint, bigint, integer, tsquery)
RETURNS SETOF bigint LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    keys bigint[];
    present bigint := extract(epoch FROM now())::bigint - ({START_SECONDS});
    ending bigint := least(($3 - 1) >> {ID_BITS}, present + {_AHEAD});
    beginning bigint;
    newest tsquery;
    size integer;
BEGIN
    IF (SELECT reltuples FROM pg_class WHERE oid = '{table}'::regclass) > {_MANY} THEN
        FOREACH size IN ARRAY ARRAY{list(_LENGTHS)} LOOP
            beginning := (least(ending, present) >> size) - 1;
            EXIT WHEN beginning << size <= $2 >> {ID_BITS};
            SELECT string_agg('''_t' || size || '_' || cell || '''', '|')::tsquery INTO newest
                FROM generate_series(beginning, ending >> size) AS cell;
            beginning := (beginning << size) << {ID_BITS};
            IF $5 IS NULL THEN
                keys := ARRAY({plain.format(**part)});
            ELSE
                keys := ARRAY({phrase.format(**part)});
            END IF;
            IF cardinality(keys) >= $4 THEN
                RETURN QUERY SELECT unnest(keys);
                RETURN;
            END IF;
        END LOOP;
    END IF;
    IF $5 IS NULL THEN
        RETURN QUERY {plain.format(**whole)};
    ELSE
        RETURN QUERY {phrase.format(**whole)};
    END IF;
END $$"""  # noqa: S608 - our own table
