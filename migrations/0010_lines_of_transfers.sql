-- Made first: as long as that takes, transfers can be read.
CREATE INDEX "transfer_pull_id_state_index" ON "transfer" USING btree ("pull_id","state");--> statement-breakpoint
CREATE INDEX "transfer_line" ON "transfer" USING btree ("source_id","person_id","group_id","destination_id","due_at") WHERE "transfer"."state" in ('queued', 'waiting');--> statement-breakpoint
DROP INDEX "transfer_pull_id_index";
