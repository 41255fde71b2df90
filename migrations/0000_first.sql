CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS unaccent;--> statement-breakpoint
CREATE TABLE "announced_file" (
	"announcement_id" bigint NOT NULL,
	"file_id" bigint NOT NULL,
	"directory_id" bigint NOT NULL,
	CONSTRAINT "announced_file_announcement_id_file_id_pk" PRIMARY KEY("announcement_id","file_id")
);
--> statement-breakpoint
CREATE TABLE "announcement" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "announcement_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"share_id" bigint NOT NULL,
	"files" integer NOT NULL,
	"bytes" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "announcement_message" (
	"platform" text NOT NULL,
	"room_id" text NOT NULL,
	"message_id" text NOT NULL,
	"announcement_id" bigint NOT NULL,
	CONSTRAINT "announcement_message_platform_room_id_message_id_pk" PRIMARY KEY("platform","room_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "directory" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "directory_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"server_id" bigint NOT NULL,
	"parent_id" bigint,
	"path" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"modified_at" timestamp with time zone,
	"words" "tsvector" DEFAULT ''::tsvector NOT NULL
);
--> statement-breakpoint
CREATE TABLE "file" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "file_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"server_id" bigint NOT NULL,
	"directory_id" bigint NOT NULL,
	"name" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"modified_at" timestamp with time zone,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"words" "tsvector" DEFAULT ''::tsvector NOT NULL
);
--> statement-breakpoint
CREATE TABLE "last_list" (
	"person_id" bigint NOT NULL,
	"platform" text NOT NULL,
	"room_id" text NOT NULL,
	"refs" jsonb NOT NULL,
	"shown_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "last_list_person_id_platform_room_id_pk" PRIMARY KEY("person_id","platform","room_id")
);
--> statement-breakpoint
CREATE TABLE "scan" (
	"server_id" bigint PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"interval_ms" integer NOT NULL,
	"token" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"state" text DEFAULT 'never' NOT NULL,
	"problem" text,
	"files" integer DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"loss_accepted_at" timestamp with time zone,
	"full_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"scope" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"sessions" integer DEFAULT 3 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"held" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "word" (
	"word" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "share_group" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "share_group_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"policy" text DEFAULT 'fxp' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "member" (
	"group_id" bigint NOT NULL,
	"person_id" bigint NOT NULL,
	"role" text DEFAULT 'member' NOT NULL,
	"joined_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "member_group_id_person_id_pk" PRIMARY KEY("group_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "room" (
	"platform" text NOT NULL,
	"room_id" text NOT NULL,
	"group_id" bigint NOT NULL,
	"title" text NOT NULL,
	"bound_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "room_platform_room_id_pk" PRIMARY KEY("platform","room_id")
);
--> statement-breakpoint
CREATE TABLE "bot_cursor" (
	"bot" text PRIMARY KEY NOT NULL,
	"event_id" bigint NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "outbox_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"group_id" bigint,
	"person_id" bigint,
	"server_id" bigint,
	"telling" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "code" (
	"hash" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"person_id" bigint NOT NULL,
	"group_id" bigint,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity" (
	"platform" text NOT NULL,
	"user_id" text NOT NULL,
	"person_id" bigint NOT NULL,
	CONSTRAINT "identity_platform_user_id_pk" PRIMARY KEY("platform","user_id")
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "person_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"display_name" text NOT NULL,
	"language" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "enrolment" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" bigint NOT NULL,
	"server_id" bigint,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "server" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "server_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"owner_id" bigint NOT NULL,
	"label" text NOT NULL,
	"security" text NOT NULL,
	"state" text NOT NULL,
	"problem" text,
	"wrong_passwords" integer DEFAULT 0 NOT NULL,
	"software" text DEFAULT 'unknown' NOT NULL,
	"features" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"has_inbox" boolean DEFAULT false NOT NULL,
	"budget_bytes" bigint,
	"slots_out" integer DEFAULT 2 NOT NULL,
	"slots_in" integer DEFAULT 2 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"checked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "server_secret" (
	"server_id" bigint NOT NULL,
	"field" text NOT NULL,
	"version" integer NOT NULL,
	"key_id" text NOT NULL,
	"wrapped_key" "bytea" NOT NULL,
	"sealed" "bytea" NOT NULL,
	CONSTRAINT "server_secret_server_id_field_pk" PRIMARY KEY("server_id","field")
);
--> statement-breakpoint
CREATE TABLE "share" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "share_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"group_id" bigint NOT NULL,
	"server_id" bigint NOT NULL,
	"name" text NOT NULL,
	"path" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"introduced_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "leftover" (
	"transfer_id" bigint PRIMARY KEY NOT NULL,
	"server_id" bigint NOT NULL,
	"path" text NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pair" (
	"source_id" bigint NOT NULL,
	"destination_id" bigint NOT NULL,
	"arrangement" text NOT NULL,
	"bytes_per_second" bigint,
	"source_version" integer NOT NULL,
	"destination_version" integer NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pair_source_id_destination_id_pk" PRIMARY KEY("source_id","destination_id")
);
--> statement-breakpoint
CREATE TABLE "pull" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "pull_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"person_id" bigint NOT NULL,
	"group_id" bigint NOT NULL,
	"destination_id" bigint NOT NULL,
	"request_id" text NOT NULL,
	"title" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "transfer" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "transfer_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"pull_id" bigint NOT NULL,
	"person_id" bigint NOT NULL,
	"group_id" bigint NOT NULL,
	"source_id" bigint NOT NULL,
	"destination_id" bigint NOT NULL,
	"source_path" text NOT NULL,
	"destination_path" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"modified_at" timestamp with time zone,
	"state" text DEFAULT 'queued' NOT NULL,
	"reason" jsonb,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"token" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"owner" text,
	"waits_for_id" bigint,
	"bytes_done" bigint DEFAULT 0 NOT NULL,
	"bytes_per_second" bigint,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "announced_file" ADD CONSTRAINT "announced_file_announcement_id_announcement_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcement"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announced_file" ADD CONSTRAINT "announced_file_file_id_file_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."file"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announced_file" ADD CONSTRAINT "announced_file_directory_id_directory_id_fk" FOREIGN KEY ("directory_id") REFERENCES "public"."directory"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement" ADD CONSTRAINT "announcement_share_id_share_id_fk" FOREIGN KEY ("share_id") REFERENCES "public"."share"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcement_message" ADD CONSTRAINT "announcement_message_announcement_id_announcement_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcement"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "directory" ADD CONSTRAINT "directory_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "file" ADD CONSTRAINT "file_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "file" ADD CONSTRAINT "file_directory_id_directory_id_fk" FOREIGN KEY ("directory_id") REFERENCES "public"."directory"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "last_list" ADD CONSTRAINT "last_list_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scan" ADD CONSTRAINT "scan_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "room" ADD CONSTRAINT "room_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "code" ADD CONSTRAINT "code_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity" ADD CONSTRAINT "identity_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment" ADD CONSTRAINT "enrolment_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment" ADD CONSTRAINT "enrolment_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server" ADD CONSTRAINT "server_owner_id_person_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "server_secret" ADD CONSTRAINT "server_secret_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share" ADD CONSTRAINT "share_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "share" ADD CONSTRAINT "share_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leftover" ADD CONSTRAINT "leftover_server_id_server_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair" ADD CONSTRAINT "pair_source_id_server_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pair" ADD CONSTRAINT "pair_destination_id_server_id_fk" FOREIGN KEY ("destination_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pull" ADD CONSTRAINT "pull_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pull" ADD CONSTRAINT "pull_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pull" ADD CONSTRAINT "pull_destination_id_server_id_fk" FOREIGN KEY ("destination_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_pull_id_pull_id_fk" FOREIGN KEY ("pull_id") REFERENCES "public"."pull"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_person_id_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."person"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_group_id_share_group_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."share_group"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_source_id_server_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_destination_id_server_id_fk" FOREIGN KEY ("destination_id") REFERENCES "public"."server"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "announced_file_file_id_index" ON "announced_file" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "announced_file_directory_id_index" ON "announced_file" USING btree ("directory_id");--> statement-breakpoint
CREATE INDEX "announcement_share_id_index" ON "announcement" USING btree ("share_id");--> statement-breakpoint
CREATE UNIQUE INDEX "directory_server_id_path_index" ON "directory" USING btree ("server_id","path");--> statement-breakpoint
CREATE INDEX "directory_parent_id_index" ON "directory" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "directory_words_index" ON "directory" USING gin ("words");--> statement-breakpoint
CREATE UNIQUE INDEX "file_directory_id_name_index" ON "file" USING btree ("directory_id","name");--> statement-breakpoint
CREATE INDEX "file_server_id_seen_at_index" ON "file" USING btree ("server_id","seen_at");--> statement-breakpoint
CREATE INDEX "file_words_index" ON "file" USING gin ("words");--> statement-breakpoint
CREATE INDEX "file_size_bytes_name_index" ON "file" USING btree ("size_bytes","name");--> statement-breakpoint
CREATE INDEX "scan_due_at_index" ON "scan" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "word_trigrams" ON "word" USING gin ("word" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "member_person_id_index" ON "member" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "room_group_id_index" ON "room" USING btree ("group_id");--> statement-breakpoint
CREATE INDEX "outbox_created_at_index" ON "outbox" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "identity_person_id_index" ON "identity" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "enrolment_person_id_index" ON "enrolment" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "server_owner_id_label_index" ON "server" USING btree ("owner_id","label");--> statement-breakpoint
CREATE UNIQUE INDEX "share_group_id_name_index" ON "share" USING btree ("group_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "share_group_id_server_id_path_index" ON "share" USING btree ("group_id","server_id","path");--> statement-breakpoint
CREATE INDEX "leftover_due_at_index" ON "leftover" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "leftover_server_id_index" ON "leftover" USING btree ("server_id");--> statement-breakpoint
CREATE UNIQUE INDEX "pull_person_id_request_id_index" ON "pull" USING btree ("person_id","request_id");--> statement-breakpoint
CREATE INDEX "pull_person_id_created_at_index" ON "pull" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "transfer_state_due_at_index" ON "transfer" USING btree ("state","due_at");--> statement-breakpoint
CREATE INDEX "transfer_pull_id_index" ON "transfer" USING btree ("pull_id");--> statement-breakpoint
CREATE INDEX "transfer_source_id_index" ON "transfer" USING btree ("source_id");--> statement-breakpoint
CREATE INDEX "transfer_destination_id_index" ON "transfer" USING btree ("destination_id");--> statement-breakpoint
CREATE INDEX "transfer_person_id_started_at_index" ON "transfer" USING btree ("person_id","started_at");--> statement-breakpoint
CREATE INDEX "transfer_open" ON "transfer" USING btree ("person_id","source_id","destination_id","size_bytes","id") WHERE "transfer"."state" in ('queued', 'waiting');
