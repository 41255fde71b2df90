// A big evening: many people with pulls from many servers, straight into the database. Nothing is run here.
import type { Sql } from "postgres";

export interface LoadSize {
  people: number;
  servers: number;
  files: number;
}

export const bigEvening: LoadSize = { people: 200, servers: 50, files: 20_000 };

/**
 * Everybody has an inbox, and the first `servers` people share what they have. Everybody has pulled from up to ten servers,
 * the busy ones fifty times as much as the idle ones; sizes go from a kilobyte to sixteen gigabytes.
 */
export async function seedLoad(sql: Sql, { people, servers, files }: LoadSize, queuedAt: Date): Promise<void> {
  const at = queuedAt.toISOString();
  await sql`insert into share_group (name) values ('load')`;
  await sql`insert into person (display_name, language) select 'Person ' || n, 'en' from generate_series(1, ${people}) n`;
  await sql`insert into member (group_id, person_id) select g.id, p.id from share_group g, person p`;
  await sql`
    insert into server (owner_id, label, security, state, has_inbox, slots_out, slots_in)
    select id, 'box', 'tls', 'online', true, 1 + id % 3, 1 + id % 4 from person`;
  await sql`
    insert into pull (person_id, group_id, destination_id, request_id, title, created_at)
    select p.id, g.id, s.id, p.id || '/' || n, 'evening', ${at}::timestamptz
    from person p join server s on s.owner_id = p.id, share_group g, generate_series(1, 10) n`;
  await sql`
    with spread as (
      select n, 1 + floor(${people} * power((n % 9973) / 9973.0, 0.35))::int as "personNo",
        1 + n % 10 as "pullNo", power(2, 10 + n * 31 % 25)::bigint as size
      from generate_series(1, ${files}) n),
    placed as (
      select spread.*, p.id as person_id, d.id as destination_id, s.id as source_id, q.id as pull_id, q.group_id
      from spread
      join (select id, row_number() over (order by id) as no from person) p on p.no = "personNo"
      join server d on d.owner_id = p.id
      join (select id, row_number() over (order by id) as no from server) s on s.no = 1 + ("personNo" * 7 + "pullNo" * 5) % ${servers}
      join pull q on q.person_id = p.id and q.request_id = p.id || '/' || "pullNo")
    insert into transfer (pull_id, person_id, group_id, source_id, destination_id, source_path, destination_path, size_bytes,
      rank, due_at)
    select pull_id, person_id, group_id, source_id, destination_id, 'f' || n, 'f' || n, size,
      round(extract(epoch from ${at}::timestamptz) + 600 * log(2, size + 1)), ${at}::timestamptz
    from placed`;
  await sql`analyze`;
}
