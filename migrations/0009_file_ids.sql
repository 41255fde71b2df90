DROP INDEX "file_id_key";--> statement-breakpoint
CREATE INDEX "file_id_key" ON "file" USING btree (("id" / 32));