DROP INDEX "file_server_id_seen_at_index";--> statement-breakpoint
CREATE INDEX "file_newest_key" ON "file" USING btree ("server_id","seen_at",("id" / 64));--> statement-breakpoint
CREATE INDEX "file_rewritten_key" ON "file" USING btree ("server_id","modified_at") WHERE "file"."modified_at" - "file"."seen_at" > interval '2 days';