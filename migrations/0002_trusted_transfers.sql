CREATE TABLE "relayed" (
	"group_id" bigint NOT NULL,
	"day" date NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "relayed_group_id_day_pk" PRIMARY KEY("group_id","day")
);
--> statement-breakpoint
CREATE TABLE "volume" (
	"server_id" bigint NOT NULL,
	"person_id" bigint NOT NULL,
	"group_id" bigint NOT NULL,
	"day" date NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "volume_server_id_person_id_group_id_day_pk" PRIMARY KEY("server_id","person_id","group_id","day")
);
--> statement-breakpoint
DROP INDEX "transfer_open";--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "bytes_per_second" bigint;--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "hours" jsonb;--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "member_day_bytes" bigint;--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "member_week_bytes" bigint;--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "group_day_bytes" bigint;--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "group_week_bytes" bigint;--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "allows_relay" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "server" ADD COLUMN "allows_clear" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "transfer" ADD COLUMN "rank" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "transfer" ADD COLUMN "arrangement" text;--> statement-breakpoint
ALTER TABLE "transfer" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "transfer" ADD COLUMN "verified" text;--> statement-breakpoint
ALTER TABLE "transfer" ADD COLUMN "tried" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "relayed" ADD CONSTRAINT "relayed_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "volume" ADD CONSTRAINT "volume_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "volume" ADD CONSTRAINT "volume_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "volume" ADD CONSTRAINT "volume_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "volume_day_index" ON "volume" USING btree ("day");--> statement-breakpoint
CREATE INDEX "transfer_open" ON "transfer" USING btree ("person_id","source_id","group_id","destination_id","rank","size_bytes","id","due_at") WHERE "transfer"."state" in ('queued', 'waiting');--> statement-breakpoint
-- Ways that were learned before protected data was known would go first for ever.
DELETE FROM "pair";
