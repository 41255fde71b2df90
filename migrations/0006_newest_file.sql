ALTER TABLE "scan" ADD COLUMN "newest_at" timestamp with time zone;--> statement-breakpoint
UPDATE "scan" SET ("files", "bytes", "newest_at") = (
  SELECT count(*), least(coalesce(sum("size_bytes"), 0), 9007199254740991), max("modified_at")
  FROM "file" WHERE "file"."server_id" = "scan"."server_id"
) WHERE EXISTS (SELECT FROM "directory" WHERE "directory"."server_id" = "scan"."server_id");