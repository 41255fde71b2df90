ALTER TABLE "directory" ADD COLUMN "bytes" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "directory" ADD COLUMN "newest_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "directory" ADD COLUMN "files" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
UPDATE "directory" SET "bytes" = "own"."bytes", "newest_at" = "own"."newest_at", "files" = "own"."files"
FROM (
  SELECT "directory_id", count(*) AS "files", least(sum("size_bytes"), 9007199254740991) AS "bytes", max("modified_at") AS "newest_at"
  FROM "file" GROUP BY "directory_id"
) "own" WHERE "own"."directory_id" = "directory"."id";--> statement-breakpoint
ANALYZE "directory";
