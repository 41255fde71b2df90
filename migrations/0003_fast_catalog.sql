-- Words get numbers; rows hold these instead of the words, and files lie in partitions by server.
CREATE EXTENSION IF NOT EXISTS btree_gin;--> statement-breakpoint
ALTER TABLE "word" DROP CONSTRAINT "word_pkey";--> statement-breakpoint
ALTER TABLE "word" ALTER COLUMN "word" SET DATA TYPE text collate "C";--> statement-breakpoint
ALTER INDEX "word_trigrams" SET (fastupdate=true,gin_pending_list_limit=256);--> statement-breakpoint
ALTER TABLE "word" ADD COLUMN "id" integer PRIMARY KEY NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "word_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1);--> statement-breakpoint
CREATE UNIQUE INDEX "word_word_index" ON "word" USING btree ("word");--> statement-breakpoint
INSERT INTO "word" ("word")
SELECT DISTINCT ltrim(w.lexeme, '/') FROM (SELECT "words" FROM "file" UNION ALL SELECT "words" FROM "directory") n, unnest(n."words") w
WHERE ltrim(w.lexeme, '/') <> '' ON CONFLICT DO NOTHING;--> statement-breakpoint
ANALYZE "word";--> statement-breakpoint
-- Numbers of a name's words, and negated those of the folders above; what is both is told once. In ascending order.
CREATE FUNCTION pg_temp.word_numbers(words tsvector) RETURNS integer[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(CASE WHEN l.is_above THEN -k."id" ELSE k."id" END ORDER BY CASE WHEN l.is_above THEN -k."id" ELSE k."id" END), '{}')
  FROM (
    SELECT ltrim(w.lexeme, '/') AS word, bool_and(starts_with(w.lexeme, '/')) AS is_above FROM unnest(words) w GROUP BY 1
  ) l JOIN "public"."word" k ON k."word" = l.word
$$;--> statement-breakpoint
ALTER TABLE "announced_file" DROP CONSTRAINT "announced_file_file_id_file_id_fk";--> statement-breakpoint
ALTER TABLE "announced_file" DROP CONSTRAINT "announced_file_directory_id_directory_id_fk";--> statement-breakpoint
ALTER TABLE "file" DROP CONSTRAINT "file_server_id_server_id_fk";--> statement-breakpoint
ALTER TABLE "file" DROP CONSTRAINT "file_directory_id_directory_id_fk";--> statement-breakpoint
ALTER TABLE "announced_file" ALTER COLUMN "directory_id" SET DATA TYPE integer;--> statement-breakpoint
DROP INDEX "directory_words_index";--> statement-breakpoint
ALTER TABLE "directory" ALTER COLUMN "words" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "directory" ALTER COLUMN "id" SET DATA TYPE integer, ALTER COLUMN "server_id" SET DATA TYPE integer, ALTER COLUMN "parent_id" SET DATA TYPE integer, ALTER COLUMN "words" SET DATA TYPE integer[] USING pg_temp.word_numbers("words");--> statement-breakpoint
ALTER TABLE "directory" ALTER COLUMN "id" SET MAXVALUE 2147483647;--> statement-breakpoint
ALTER TABLE "directory" ALTER COLUMN "words" SET DEFAULT '{}';--> statement-breakpoint
CREATE INDEX "directory_words_index" ON "directory" USING gin ("server_id","words") WITH (fastupdate=true,gin_pending_list_limit=256);--> statement-breakpoint
ALTER TABLE "announced_file" ADD CONSTRAINT "announced_file_directory_id_directory_id_fk" FOREIGN KEY ("directory_id") REFERENCES "public"."directory"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "file" RENAME TO "file_before";--> statement-breakpoint
ALTER TABLE "file_before" DROP CONSTRAINT "file_pkey";--> statement-breakpoint
ALTER SEQUENCE "file_id_seq" RENAME TO "file_before_id_seq";--> statement-breakpoint
DROP INDEX "file_directory_id_name_index";--> statement-breakpoint
DROP INDEX "file_server_id_seen_at_index";--> statement-breakpoint
DROP INDEX "file_words_index";--> statement-breakpoint
DROP INDEX "file_size_bytes_name_index";--> statement-breakpoint
CREATE TABLE "file" (
	"id" bigserial NOT NULL,
	"size_bytes" bigint NOT NULL,
	"modified_at" timestamp with time zone,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"server_id" integer NOT NULL,
	"directory_id" integer NOT NULL,
	"name" text NOT NULL,
	"words" integer[] DEFAULT '{}' NOT NULL
) PARTITION BY HASH ("server_id");--> statement-breakpoint
DO $$
BEGIN
  FOR part IN 0..31 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF "file" FOR VALUES WITH (MODULUS 32, REMAINDER %s)', 'file_' || part, part);
  END LOOP;
END
$$;--> statement-breakpoint
INSERT INTO "file" ("id", "size_bytes", "modified_at", "seen_at", "server_id", "directory_id", "name", "words")
SELECT "id", "size_bytes", "modified_at", "seen_at", "server_id", "directory_id", "name", pg_temp.word_numbers("words")
FROM "file_before" ORDER BY "server_id", "directory_id", "id";--> statement-breakpoint
SELECT setval('"file_id_seq"', "last_value", "is_called") FROM "file_before_id_seq";--> statement-breakpoint
DROP TABLE "file_before";--> statement-breakpoint
DROP FUNCTION pg_temp.word_numbers(tsvector);--> statement-breakpoint
-- Of ids and sizes a key that several rows share: such an index takes a third of the room.
CREATE INDEX "file_id_key" ON "file" USING btree (("id" / 16));--> statement-breakpoint
CREATE INDEX "file_directory_id_index" ON "file" USING btree ("directory_id");--> statement-breakpoint
CREATE INDEX "file_server_id_seen_at_index" ON "file" USING btree ("server_id","seen_at");--> statement-breakpoint
CREATE INDEX "file_size_key" ON "file" USING btree (("size_bytes" % 4093));--> statement-breakpoint
CREATE INDEX "file_words_index" ON "file" USING gin ("server_id","words");--> statement-breakpoint
-- Instead of foreign keys, which would ask for every inserted file: what goes takes its files and what tells of them along.
CREATE FUNCTION "delete_files_of_directories"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "gone_server" integer;
BEGIN
  FOR "gone_server" IN SELECT DISTINCT "server_id" FROM "gone" LOOP
    DELETE FROM "file" USING "gone"
    WHERE "file"."server_id" = "gone_server" AND "gone"."server_id" = "gone_server" AND "file"."directory_id" = "gone"."id";
  END LOOP;
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE TRIGGER "directory_deletes_files" AFTER DELETE ON "directory" REFERENCING OLD TABLE AS "gone"
FOR EACH STATEMENT EXECUTE FUNCTION "delete_files_of_directories"();--> statement-breakpoint
CREATE FUNCTION "delete_announced_files"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "announced_file" USING "gone" WHERE "announced_file"."file_id" = "gone"."id";
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE TRIGGER "file_deletes_announced" AFTER DELETE ON "file" REFERENCING OLD TABLE AS "gone"
FOR EACH STATEMENT EXECUTE FUNCTION "delete_announced_files"();--> statement-breakpoint
ANALYZE "file";--> statement-breakpoint
ANALYZE "directory";--> statement-breakpoint
ALTER TABLE "scan" ALTER COLUMN "sessions" SET DEFAULT 4;
